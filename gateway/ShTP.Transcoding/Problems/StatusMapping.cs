using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using ShTP.Localization;
using ShTP.Protos;
using ShTP.Transcoding.Grpc;
using Status = Google.Rpc.Status;

namespace ShTP.Transcoding.Problems;

/// <summary>Maps gRPC statuses to HTTP.</summary>
public static class StatusMapping
{
    private const string ExpiredChallenge = "Bearer error=\"invalid_token\", error_description=\"Signature has expired\"";

    /// <summary>Maps the final status of an RPC to a problem.</summary>
    public static Problem ToProblem(GrpcStatus status)
    {
        var code = Enum.IsDefined(typeof(Code), status.Code) ? (Code)status.Code : Code.Unknown;
        var isParsed = TryParse(status.Details, out var details);
        var problem = new Problem(ToHttp(code), code, TextOf(status, code, isOurs: isParsed));
        if (details is not null)
            problem = Apply(details, problem with { ServiceStatus = status.Details });
        return problem.Status switch
        {
            StatusCodes.Status503ServiceUnavailable => problem with { RetryAfter = problem.RetryAfter ?? Problem.RetryWhenUnavailable },
            StatusCodes.Status401Unauthorized => problem with { Challenge = problem.Challenge ?? "Bearer" },
            _ => problem,
        };
    }

    /// <summary>Maps the exception of a typed client to a problem.</summary>
    public static Problem ToProblem(RpcException failure) =>
        ToProblem(new GrpcStatus((int)failure.StatusCode, failure.Status.Detail, failure.Trailers.GetValueBytes(GrpcStatus.DetailsHeader)));

    /// <summary>The HTTP status of a code without details.</summary>
    public static int ToHttp(Code code) => code switch
    {
        Code.Ok => StatusCodes.Status200OK,
        Code.Cancelled => StatusCodes.Status499ClientClosedRequest,
        Code.InvalidArgument or Code.OutOfRange => StatusCodes.Status400BadRequest,
        Code.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        Code.NotFound => StatusCodes.Status404NotFound,
        Code.AlreadyExists or Code.FailedPrecondition or Code.Aborted => StatusCodes.Status409Conflict,
        Code.PermissionDenied => StatusCodes.Status403Forbidden,
        Code.Unauthenticated => StatusCodes.Status401Unauthorized,
        Code.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        Code.Unimplemented => StatusCodes.Status501NotImplemented,
        Code.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static Problem Apply(Status status, Problem problem)
    {
        foreach (var detail in status.Details)
        {
            if (detail.TryUnpack<BadRequest>(out var bad))
                problem = WithFaults(problem, bad);
            else if (detail.TryUnpack<RetryInfo>(out var retry) && retry.RetryDelay is { } delay)
                problem = problem with { RetryAfter = (int)Math.Clamp(delay.Seconds + (delay.Nanos > 0 ? 1 : 0), 1, int.MaxValue) };
            else if (detail.TryUnpack<ErrorInfo>(out var info) && info.Domain == ErrorReasons.Domain)
                problem = WithReason(problem, info.Reason);
        }

        return problem;
    }

    private static Problem WithFaults(Problem problem, BadRequest bad) => problem with
    {
        Status = problem.Code == Code.InvalidArgument ? StatusCodes.Status422UnprocessableEntity : problem.Status,
        Faults = [.. bad.FieldViolations.Select(violation => new FieldFault(violation.Field, LocalizedText.Verbatim(violation.Description)))],
    };

    private static Problem WithReason(Problem problem, string reason) => reason switch
    {
        ErrorReasons.PayloadTooLarge or ErrorReasons.QuotaExceeded => problem with { Status = StatusCodes.Status413PayloadTooLarge },
        ErrorReasons.UnsupportedMediaType => problem with { Status = StatusCodes.Status415UnsupportedMediaType },
        ErrorReasons.TokenExpired => problem with { Status = StatusCodes.Status403Forbidden, Challenge = ExpiredChallenge },
        ErrorReasons.SessionEnded => problem with { Challenge = "Bearer error=\"invalid_token\"" },
        ErrorReasons.TokenMalformed => problem with { Status = StatusCodes.Status422UnprocessableEntity, Challenge = "Bearer error=\"invalid_token\"" },
        _ => problem,
    };

    private static bool TryParse(byte[]? bytes, [NotNullWhen(true)] out Status? status)
    {
        status = null;
        if (bytes is null)
            return false;
        try
        {
            status = Status.Parser.ParseFrom(bytes);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            // Details only refine the code, which is sufficient without them.
            return false;
        }
    }

    // Errors of services have details and the language of the reader; those of gRPC itself have neither, and what it says of
    // a connection has addresses of the inside.
    private static LocalizedText TextOf(GrpcStatus status, Code code, bool isOurs) =>
        status.Text
        ?? (status.Message.Length > 0 && isOurs ? LocalizedText.Verbatim(status.Message)
            : status.Message.Length > 0 && IsAboutTheRequest(code) ? LocalizedText.OfLibrary(status.Message, Describe(code))
            : Describe(code));

    private static bool IsAboutTheRequest(Code code) =>
        code is Code.InvalidArgument or Code.OutOfRange or Code.ResourceExhausted or Code.Unimplemented or Code.NotFound or Code.AlreadyExists or Code.FailedPrecondition or Code.Aborted
            or Code.PermissionDenied or Code.Unauthenticated;

    private static LocalizedText Describe(Code code) => code switch
    {
        Code.Cancelled => "The call was cancelled",
        Code.DeadlineExceeded => "The service did not answer in time",
        Code.Unimplemented => "The service does not implement this call",
        Code.Unavailable => "The service is not available, try again later",
        Code.NotFound => "Not Found",
        _ => (LocalizedText)$"The call failed ({code})",
    };
}
