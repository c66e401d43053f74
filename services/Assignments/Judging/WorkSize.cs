using Grpc.AspNetCore.Server;

namespace ShTP.Assignments.Judging;

/// <summary>Largest messages between Assignments and checkers.</summary>
internal static class WorkSize
{
    // Fifty tasks with a mebibyte of tests each.
    private const int MaxWork = 64 * 1024 * 1024;

    // Fifty sources with the error texts of a hundred tests.
    private const int MaxResults = 16 * 1024 * 1024;

    public static void Allow(GrpcServiceOptions options) => (options.MaxSendMessageSize, options.MaxReceiveMessageSize) = (MaxWork, MaxResults);
}
