using Google.Rpc;
using ShTP.Gateway.Authorization;
using ShTP.Gateway.Limits;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Codecs;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Requests;
using ShTP.Transcoding.Responses;
using Yarp.ReverseProxy.Forwarder;

namespace ShTP.Gateway.Proxy;

/// <summary>
/// The last step of YARP's pipeline for the routes of the contract: limits, access, request to frame, call,
/// answer. Nothing of a body is read before the caller may make the call.
/// </summary>
internal sealed class Transcoder(
    RateLimits limits, AccessPolicy access, RequestReader requests, ServiceCaller services, StreamAnswer streams, UnaryAnswer unary, GatewayMetrics metrics, IHostApplicationLifetime lifetime)
{
    // The service ends the call at its deadline and says so; the gateway ends it only when even that does not come.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    /// <summary>Handles one request.</summary>
    public async Task InvokeAsync(HttpContext context, ApiMethod method)
    {
        var call = metrics.Start(method);
        var code = Code.Unknown;
        try
        {
            var problem = await AnswerAsync(context, method);
            code = problem?.Code ?? Code.Ok;
            if (problem is not null)
                ProblemWriter.Write(context, NotUnderstood.Explain(context, problem), Negotiation.WantsProtobufErrors(context.Request));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            code = Code.Cancelled;
            Note(context, ForwarderError.RequestCanceled, null);
        }
        finally
        {
            call.Stop(code);
        }
    }

    private async Task<Problem?> AnswerAsync(HttpContext context, ApiMethod method)
    {
        if (limits.CheckAddress(context, method.RateClass) is { } tooMany)
            return tooMany;
        var (caller, refusal) = await access.CheckAsync(context, method);
        if (refusal is not null)
            return refusal;
        context.SetCaller(caller);
        if (caller.User is { } user && limits.CheckUser(user, method.RateClass) is { } tooManyOfUser)
            return tooManyOfUser;

        using var frame = new PooledBuffer();
        try
        {
            var format = method.ReturnsHttpBody ? AnswerFormat.Protobuf : Negotiation.ReadAccept(context.Request, method.IsServerStreaming);
            await requests.ReadAsync(context, method, frame);
            return await CallAsync(context, method, caller, frame, format);
        }
        catch (ProblemException fault)
        {
            return fault.Problem;
        }
        catch (RequestFormatException fault)
        {
            return fault.IsSyntax || fault.Field is null ? new Problem(fault.IsSyntax ? 400 : 422, Code.InvalidArgument, fault.Message)
                : Problem.InvalidField(fault.Field, fault.Detail);
        }
        catch (BadHttpRequestException fault)
        {
            return new Problem(fault.StatusCode, Code.InvalidArgument, fault.Message);
        }
    }

    private async Task<Problem?> CallAsync(HttpContext context, ApiMethod method, Caller caller, PooledBuffer frame, AnswerFormat format)
    {
        if (context.GetReverseProxyFeature().AvailableDestinations.Count == 0)
        {
            Note(context, ForwarderError.NoAvailableDestinations, null);
            return Problem.Unavailable($"The service '{method.Area}' is not available, try again later");
        }

        var isStream = method.IsServerStreaming;
        using var end = isStream
            ? CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping)
            : CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        if (!isStream)
            end.CancelAfter(method.Timeout + Grace);
        try
        {
            using var response = await services.SendAsync(context, method, frame.WrittenMemory, caller, end.Token);
            return isStream
                ? await streams.WriteAsync(context, method, format, response, () => access.FindEnd(caller), end.Token)
                : await unary.WriteAsync(context, method, format, response, end.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            if (isStream)
                return Problem.Unavailable("The gateway is restarting");
            Note(context, ForwarderError.RequestTimedOut, null);
            return new Problem(StatusCodes.Status504GatewayTimeout, Code.DeadlineExceeded, "The service did not answer in time");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException and not BadHttpRequestException)
        {
            if (context.RequestAborted.IsCancellationRequested)
                return null;
            Note(context, ForwarderError.Request, failure);
            return Problem.Unavailable($"The service '{method.Area}' is not available, try again later");
        }
    }

    // What passive health checks look at.
    private static void Note(HttpContext context, ForwarderError error, Exception? exception) =>
        context.Features.Set<IForwarderErrorFeature>(new Failure(error, exception));

    private sealed record Failure(ForwarderError Error, Exception? Exception) : IForwarderErrorFeature;
}
