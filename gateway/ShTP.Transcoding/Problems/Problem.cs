using Google.Rpc;
using ShTP.Localization;

namespace ShTP.Transcoding.Problems;

/// <summary>A fault of one field, named as JSON spells it.</summary>
public readonly record struct FieldFault(string Field, LocalizedText Detail);

/// <summary>An error for clients: problem+json (RFC 9457) or google.rpc.Status.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The gRPC code, for protobuf clients.</param>
/// <param name="Text">One readable text; the clients show it.</param>
public sealed record Problem(int Status, Code Code, LocalizedText Text)
{
    /// <summary>
    /// Seconds to wait for a service that is down. When it is back cannot be predicted, but the gateway tries one that failed again
    /// after this time, so earlier calls could not find out.
    /// </summary>
    internal const int RetryWhenUnavailable = 2;

    /// <summary>The text in the language of the request.</summary>
    public string Detail => Text.ToString();

    /// <summary>The faults per field.</summary>
    public IReadOnlyList<FieldFault> Faults { get; init; } = [];

    /// <summary>Seconds to wait before another try; null where that is unknown.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The WWW-Authenticate header.</summary>
    public string? Challenge { get; init; }

    /// <summary>google.rpc.Status as the service wrote it, details included.</summary>
    public byte[]? ServiceStatus { get; init; }

    /// <summary>The value of a field is wrong; 422.</summary>
    public static Problem InvalidField(string field, LocalizedText detail) =>
        new(StatusCodes.Status422UnprocessableEntity, Code.InvalidArgument, $"{field}: {detail}") { Faults = [new(field, detail)] };

    /// <summary>The request as a whole cannot be read; 400.</summary>
    public static Problem Malformed(LocalizedText detail) => new(StatusCodes.Status400BadRequest, Code.InvalidArgument, detail);

    /// <summary>The body or a file is larger than allowed; 413.</summary>
    public static Problem TooLarge(LocalizedText detail) => new(StatusCodes.Status413PayloadTooLarge, Code.ResourceExhausted, detail);

    /// <summary>The Content-Type is not accepted; 415.</summary>
    public static Problem UnsupportedMediaType(LocalizedText detail) => new(StatusCodes.Status415UnsupportedMediaType, Code.InvalidArgument, detail);

    /// <summary>A dependency of the call does not respond; 503.</summary>
    public static Problem Unavailable(LocalizedText detail) =>
        new(StatusCodes.Status503ServiceUnavailable, Code.Unavailable, detail) { RetryAfter = RetryWhenUnavailable };
}

/// <summary>Ends a request with a problem.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    /// <summary>The error text for the client.</summary>
    public Problem Problem { get; } = problem;
}
