using Google.Rpc;
using ShTP.Gateway.Callers;
using ShTP.Gateway.Errors;
using ShTP.Gateway.Limits;
using ShTP.Gateway.Routing;
using ShTP.Gateway.Transcoding.Codecs;
using ShTP.Gateway.Transcoding.Grpc;
using ShTP.Gateway.Transcoding.Requests;
using ShTP.Gateway.Transcoding.Responses;
using Yarp.ReverseProxy.Forwarder;

namespace ShTP.Gateway.Transcoding;

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
    public async Task InvokeAsync(HttpContext context, ApiRoute route)
    {
        var call = metrics.Start(route);
        var code = Code.Unknown;
        try
        {
            var problem = await AnswerAsync(context, route);
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

    private async Task<Problem?> AnswerAsync(HttpContext context, ApiRoute route)
    {
        if (limits.CheckAddress(context, route.Method.RateClass) is { } tooMany)
            return tooMany;
        var (caller, refusal) = await access.CheckAsync(context, route);
        if (refusal is not null)
            return refusal;
        if (caller.User is { } user && limits.CheckUser(user, route.Method.RateClass) is { } tooManyOfUser)
            return tooManyOfUser;

        using var frame = new PooledBuffer();
        try
        {
            var format = route.Method.ReturnsHttpBody ? AnswerFormat.Protobuf : Negotiation.ReadAccept(context.Request, route.Method.IsServerStreaming);
            await requests.ReadAsync(context, route, caller, frame);
            return await CallAsync(context, route, caller, frame, format);
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

    private async Task<Problem?> CallAsync(HttpContext context, ApiRoute route, Caller caller, PooledBuffer frame, AnswerFormat format)
    {
        if (context.GetReverseProxyFeature().AvailableDestinations.Count == 0)
        {
            Note(context, ForwarderError.NoAvailableDestinations, null);
            return Problem.Unavailable($"The service '{route.Method.Area}' is not available, try again later");
        }

        var isStream = route.Method.IsServerStreaming;
        using var end = isStream
            ? CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping)
            : CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        if (!isStream)
            end.CancelAfter(route.Timeout + Grace);
        try
        {
            using var response = await services.SendAsync(context, route, frame.WrittenMemory, caller, end.Token);
            return isStream
                ? await streams.WriteAsync(context, route, caller, format, response, end.Token)
                : await unary.WriteAsync(context, route, format, response, end.Token);
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
            return Problem.Unavailable($"The service '{route.Method.Area}' is not available, try again later");
        }
    }

    // What passive health checks look at.
    private static void Note(HttpContext context, ForwarderError error, Exception? exception) =>
        context.Features.Set<IForwarderErrorFeature>(new Failure(error, exception));

    private sealed record Failure(ForwarderError Error, Exception? Exception) : IForwarderErrorFeature;
}
