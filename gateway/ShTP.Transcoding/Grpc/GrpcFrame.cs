using System.Buffers.Binary;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.Grpc;

/// <summary>gRPC's length-prefixed message: one byte of flags, four of length, big-endian.</summary>
internal static class GrpcFrame
{
    public const int HeaderSize = 5;

    /// <summary>Reserves the header.</summary>
    public static void Begin(PooledBuffer frame)
    {
        frame.Reserve(HeaderSize)[..HeaderSize].Clear();
        frame.Commit(HeaderSize);
    }

    /// <summary>Writes the header.</summary>
    public static void Complete(PooledBuffer frame)
    {
        var written = frame.Written;
        BinaryPrimitives.WriteUInt32BigEndian(written[1..], (uint)(written.Length - HeaderSize));
    }

    /// <summary>Reads the length of a header; null when the message is compressed, which the gateway never requests.</summary>
    public static uint? ReadLength(ReadOnlySpan<byte> header) => header[0] == 0 ? BinaryPrimitives.ReadUInt32BigEndian(header[1..]) : null;
}
