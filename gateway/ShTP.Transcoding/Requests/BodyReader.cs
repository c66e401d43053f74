using System.IO.Pipelines;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.Requests;

/// <summary>Reads a whole body within a bound.</summary>
internal static class BodyReader
{
    /// <summary>Appends the body to <paramref name="output"/>.</summary>
    /// <exception cref="ProblemException">413, or 400 when the body's framing is broken.</exception>
    public static async ValueTask ReadAsync(HttpRequest request, long maxBytes, PooledBuffer output, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
            throw TooLarge(maxBytes);
        var start = output.WrittenCount;
        var reader = request.BodyReader;
        while (true)
        {
            var result = await ReadAsync(reader, cancellationToken);
            foreach (var segment in result.Buffer)
                output.WriteBytes(segment.Span);
            reader.AdvanceTo(result.Buffer.End);
            if (output.WrittenCount - start > maxBytes)
                throw TooLarge(maxBytes);
            if (result.IsCompleted)
                return;
        }
    }

    private static async ValueTask<ReadResult> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (IOException broken) when (broken is not BadHttpRequestException)
        {
            // Kestrel reports some malformed chunks and closed connections in this way.
            throw new ProblemException(Problem.Malformed("The request body is broken or incomplete"));
        }
    }

    public static ProblemException TooLarge(long maxBytes) => new(Problem.TooLarge($"The request body is larger than {maxBytes} bytes"));
}
