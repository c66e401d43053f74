using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using ShTP.Localization;
using ShTP.Protos;
using Status = Google.Rpc.Status;

namespace ShTP.Rpc.Errors;

/// <summary>
/// The errors of services. Only the gateway maps them to HTTP. The reasons of <see cref="ErrorReasons"/> distinguish
/// HTTP statuses that share one gRPC code.
/// </summary>
public static class RpcErrors
{
    /// <summary>NOT_FOUND; 404.</summary>
    public static RpcException NotFound(LocalizedText detail) => Error(Code.NotFound, detail);

    /// <summary>PERMISSION_DENIED; 403.</summary>
    public static RpcException Denied(LocalizedText detail) => Error(Code.PermissionDenied, detail);

    /// <summary>UNAUTHENTICATED; 401.</summary>
    public static RpcException Unauthenticated(LocalizedText detail) => Error(Code.Unauthenticated, detail);

    /// <summary>ALREADY_EXISTS, for something that is taken; 409.</summary>
    public static RpcException Conflict(LocalizedText detail) => Error(Code.AlreadyExists, detail);

    /// <summary>FAILED_PRECONDITION, for an operation that the current state does not allow; 409.</summary>
    public static RpcException WrongState(LocalizedText detail) => Error(Code.FailedPrecondition, detail);

    /// <summary>INVALID_ARGUMENT about the request as a whole; 400.</summary>
    public static RpcException Invalid(LocalizedText detail) => Error(Code.InvalidArgument, detail);

    /// <summary>INVALID_ARGUMENT about one field, named as JSON spells it; 422.</summary>
    public static RpcException InvalidField(string field, LocalizedText detail) => InvalidFields([(field, detail)]);

    /// <summary>INVALID_ARGUMENT about several fields; 422.</summary>
    public static RpcException InvalidFields(IReadOnlyCollection<(string Field, LocalizedText Detail)> violations) =>
        Error(Code.InvalidArgument, LocalizedText.Verbatim(Describe(violations)), FieldsOf(violations));

    /// <summary>RESOURCE_EXHAUSTED for a body or file that is too large; 413.</summary>
    public static RpcException TooLarge(LocalizedText detail) => Reason(Code.ResourceExhausted, detail, ErrorReasons.PayloadTooLarge);

    /// <summary>RESOURCE_EXHAUSTED for an owner whose quota is used up; 413.</summary>
    public static RpcException QuotaExceeded(LocalizedText detail) => Reason(Code.ResourceExhausted, detail, ErrorReasons.QuotaExceeded);

    /// <summary>INVALID_ARGUMENT for content whose type is not accepted; 415.</summary>
    public static RpcException UnsupportedMediaType(LocalizedText detail) => Reason(Code.InvalidArgument, detail, ErrorReasons.UnsupportedMediaType);

    /// <summary>RESOURCE_EXHAUSTED for too many attempts, with the time to wait; 429 with Retry-After.</summary>
    public static RpcException TooMany(LocalizedText detail, TimeSpan retryAfter) =>
        Error(Code.ResourceExhausted, detail, new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryAfter) });

    /// <summary>ABORTED, for a change that lost against a concurrent one: the same call may succeed now; 409.</summary>
    public static RpcException Aborted(LocalizedText detail) => Error(Code.Aborted, detail);

    /// <summary>ABORTED, for a call that is running already: repeated after the time it gets that one's answer; 409 with Retry-After.</summary>
    public static RpcException Running(LocalizedText detail, TimeSpan retryAfter) =>
        Error(Code.Aborted, detail, new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryAfter) });

    /// <summary>ABORTED, for a decision on something that was changed after the caller saw it, with what is new in each field; 409.</summary>
    public static RpcException Changed(LocalizedText detail, IReadOnlyCollection<(string Field, LocalizedText Detail)> changes) =>
        Error(Code.Aborted, LocalizedText.Verbatim($"{detail}: {string.Join(", ", changes.Select(change => change.Detail))}"), FieldsOf(changes));

    /// <summary>CANCELLED, when the client no longer waits.</summary>
    public static RpcException Cancelled(LocalizedText detail) => Error(Code.Cancelled, detail);

    /// <summary>DEADLINE_EXCEEDED; 504.</summary>
    public static RpcException DeadlineExceeded(LocalizedText detail) => Error(Code.DeadlineExceeded, detail);

    /// <summary>INTERNAL, for a fault of the code; 500.</summary>
    public static RpcException Internal(LocalizedText detail) => Error(Code.Internal, detail);

    /// <summary>UNAVAILABLE, for a dependency that is down: the caller may try again; 503 with Retry-After.</summary>
    public static RpcException Unavailable(LocalizedText detail) => Error(Code.Unavailable, detail);

    /// <summary>UNAVAILABLE, for longer than a restart takes; 503 with the time as Retry-After.</summary>
    public static RpcException Unavailable(LocalizedText detail, TimeSpan retryAfter) =>
        Error(Code.Unavailable, detail, new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryAfter) });

    /// <summary>An error whose HTTP status depends on a reason of <see cref="ErrorReasons"/>.</summary>
    public static RpcException Reason(Code code, LocalizedText detail, string reason) =>
        Error(code, detail, new ErrorInfo { Reason = reason, Domain = ErrorReasons.Domain });

    internal static string Describe(IEnumerable<(string Field, LocalizedText Detail)> violations) => string.Join("; ", violations.Select(v => $"{v.Field}: {v.Detail}"));

    private static BadRequest FieldsOf(IEnumerable<(string Field, LocalizedText Detail)> violations) => new()
    {
        FieldViolations = { violations.Select(v => new BadRequest.Types.FieldViolation { Field = v.Field, Description = v.Detail.ToString() }) },
    };

    private static RpcException Error(Code code, LocalizedText detail, params Google.Protobuf.IMessage[] details)
    {
        var status = new Status { Code = (int)code, Message = detail.ToString() };
        status.Details.AddRange(details.Select(Any.Pack));
        return status.ToRpcException();
    }
}
