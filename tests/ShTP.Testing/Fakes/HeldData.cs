using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Rpc.Errors;

namespace ShTP.Testing.Fakes;

/// <summary>What a service holds about users, and deletes and exports when Users says so.</summary>
public sealed class HeldData(string service)
{
    /// <summary>Users whose data it was told to delete.</summary>
    public Heard<string> Forgotten { get; } = new();

    /// <summary>Whose export breaks off in the middle.</summary>
    public ConcurrentDictionary<string, bool> Broken { get; } = new();

    internal static async Task ExportAsync(string service, ExportUserRequest request, IServerStreamWriter<ExportUserResponse> answer, bool isBroken = false)
    {
        await answer.WriteAsync(new() { Path = "one.json", Content = ByteString.CopyFromUtf8($"[\"{service} ") });
        if (isBroken)
            throw RpcErrors.Unavailable("it broke off");
        await answer.WriteAsync(new() { Path = "one.json", Content = ByteString.CopyFromUtf8($"{request.UserId}\"]") });
        await answer.WriteAsync(new() { Path = "two/big.bin", Content = ByteString.CopyFrom(new byte[50_000]) });
    }

    internal Task ExportAsync(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> answer) =>
        ExportAsync(service, request, answer, Broken.ContainsKey(request.UserId));

    internal Task<Empty> ForgetAsync(string user, ServerCallContext context)
    {
        Forgotten.Add(context, user);
        return Task.FromResult(new Empty());
    }
}
