using Google.Rpc;
using Microsoft.AspNetCore.Http.Timeouts;
using ShTP.Gateway.Edge;
using ShTP.Gateway.Limits;
using ShTP.Localization;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Codecs;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Requests;
using ShTP.Transcoding.Responses;
using Yarp.ReverseProxy.Forwarder;

namespace ShTP.Gateway.Proxy;

/// <summary>
/// The last step of YARP's pipeline for the routes of the contract: request to frame, call, answer. Nothing of a body is
/// read before the route's policies have let the caller through.
/// </summary>
internal sealed class Transcoder(RequestReader requests, ServiceCaller services, Receipts receipts, UnaryAnswer unary, StreamAnswer streams, OpenStreams open, LoginCalls logins)
{
    /// <summary>Handles one request; the result is how the call ended.</summary>
    public async Task<Code> InvokeAsync(HttpContext context, ApiMethod method)
    {
        try
        {
            var problem = logins.Settle(context, method, await AnswerAsync(context, method));
            if (problem is not null)
                ProblemWriter.Write(context, NotUnderstood.Explain(context, problem), Negotiation.WantsProtobufErrors(context.Request));
            return problem?.Code ?? Code.Ok;
        }
        catch (OperationCanceledException) when (IsTimedOut(context))
        {
            // Answered by the middleware of request timeouts.
            Note(context, ForwarderError.RequestTimedOut, null);
            throw;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            Note(context, ForwarderError.RequestCanceled, null);
            return Code.Cancelled;
        }
    }

    private async Task<Problem?> AnswerAsync(HttpContext context, ApiMethod method)
    {
        using var frame = new PooledBuffer();
        try
        {
            var format = method.ReturnsHttpBody ? AnswerFormat.Protobuf : Negotiation.ReadAccept(context.Request, method.IsServerStreaming);
            if (method.IsRepeatable)
                IdempotencyKeys.Read(context.Request); // a wrong one is refused before the body is read
            await requests.ReadAsync(context, method, frame);
            return await CallAsync(context, method, frame, format);
        }
        catch (Exception fault) when (Describe(fault) is { } problem)
        {
            return problem;
        }
    }

    private static Problem? Describe(Exception fault) => fault switch
    {
        ProblemException told => told.Problem,
        RequestFormatException { IsSyntax: false, Field: { } field } format => Problem.InvalidField(field, LocalizedText.Verbatim(format.Detail)),
        RequestFormatException format => new(format.IsSyntax ? 400 : 422, Code.InvalidArgument, LocalizedText.Verbatim(format.Message)),
        BadHttpRequestException bad => BadRequests.Describe(bad),
        _ => null,
    };

    private async Task<Problem?> CallAsync(HttpContext context, ApiMethod method, PooledBuffer frame, AnswerFormat format)
    {
        if (context.GetReverseProxyFeature().AvailableDestinations.Count == 0)
        {
            Note(context, ForwarderError.NoAvailableDestinations, null);
            return Unavailable(method);
        }

        using var place = method.IsServerStreaming ? open.Enter(context) : null;
        try
        {
            await receipts.SettleLostAsync(context);
            using var response = await services.SendAsync(context, method, frame.WrittenMemory, context.RequestAborted);
            receipts.Expect(context, response);
            return method.IsServerStreaming
                ? await streams.WriteAsync(context, method, format, response)
                : await unary.WriteAsync(context, method, format, response, context.RequestAborted);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException and not BadHttpRequestException)
        {
            context.RequestAborted.ThrowIfCancellationRequested();
            Note(context, ForwarderError.Request, failure);
            return Unavailable(method);
        }
    }

    private static Problem Unavailable(ApiMethod method) => Problem.Unavailable($"The service '{method.Area}' is not available, try again later");

    private static bool IsTimedOut(HttpContext context) => context.Features.Get<IHttpRequestTimeoutFeature>() is { RequestTimeoutToken.IsCancellationRequested: true };

    // What passive health checks look at.
    private static void Note(HttpContext context, ForwarderError error, Exception? exception) =>
        context.Features.Set<IForwarderErrorFeature>(new Failure(error, exception));

    private sealed record Failure(ForwarderError Error, Exception? Exception) : IForwarderErrorFeature;
}
