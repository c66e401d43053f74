using System.Net;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.Grpc;

/// <summary>Reads the response of a unary call.</summary>
internal static class UnaryReply
{
    private const int FirstChunk = 512;

    /// <summary>Fills <paramref name="frame"/> with the response's frame and returns the status of the call.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async ValueTask<GrpcStatus> ReadAsync(HttpResponseMessage response, PooledBuffer frame, int maxMessage, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK)
            return GrpcStatus.FromHttp(response.StatusCode);
        var early = GrpcStatus.Read(response.Headers);
        if (early is { IsOk: false } failed)
            return failed; // trailers only

        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        int count;
        while ((count = await stream.ReadAsync(frame.GetMemory(RoomFor(frame, maxMessage)), cancellationToken)) > 0)
        {
            frame.Advance(count);
            if (frame.WrittenCount > maxMessage)
                return GrpcStatus.ProtocolError("The service's answer is too large");
        }

        if ((GrpcStatus.Read(response.TrailingHeaders) ?? early) is not { } end)
            return GrpcStatus.ProtocolError("The service's answer broke off");
        if (!end.IsOk)
            return end;
        var isWhole = frame.WrittenCount >= GrpcFrame.HeaderSize
            && GrpcFrame.ReadLength(frame.WrittenSpan) == (uint)(frame.WrittenCount - GrpcFrame.HeaderSize);
        return isWhole ? end : GrpcStatus.ProtocolError("The service's answer is malformed");
    }

    private static int RoomFor(PooledBuffer frame, int maxMessage)
    {
        if (frame.WrittenCount < GrpcFrame.HeaderSize)
            return FirstChunk;
        var length = (int)Math.Min(GrpcFrame.ReadLength(frame.WrittenSpan) ?? 0, (uint)maxMessage);
        return Math.Max(1, GrpcFrame.HeaderSize + length - frame.WrittenCount);
    }
}
