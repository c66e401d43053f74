using System.Collections.Frozen;
using System.Globalization;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;
using ShTP.Localization;
using ShTP.Protos;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;

namespace ShTP.Rpc.Clients;

/// <summary>
/// What every outgoing call has beside the deadline and the cancellation of the call being served: a service token
/// where the RPC is internal, a deadline in any case, and errors that name the service which could not be reached.
/// </summary>
internal sealed class ServiceCallInterceptor(string service, ServiceTokens tokens, ILogger<ServiceCallInterceptor> logger) : Interceptor
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(10);

    private static readonly FrozenSet<string> Internal = Contract.ShTP.Methods
        .Where(method => AccessRule.Read(method, out _) is { IsInternal: true })
        .Select(Contract.PathOf)
        .ToFrozenSet();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, Prepare(context, isUnary: true));
        return new(ExplainAsync(call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(Prepare(context, isUnary: false));
        return new(new ExplainedWriter<TRequest>(call.RequestStream, Explain), ExplainAsync(call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, Prepare(context, isUnary: false));
        return new(new ExplainedStream<TResponse>(call.ResponseStream, Explain), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(Prepare(context, isUnary: false));
        return new(new ExplainedWriter<TRequest>(call.RequestStream, Explain), new ExplainedStream<TResponse>(call.ResponseStream, Explain), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    private ClientInterceptorContext<TRequest, TResponse> Prepare<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context, bool isUnary)
        where TRequest : class
        where TResponse : class
    {
        var options = context.Options;
        if (Internal.Contains(context.Method.FullName))
            options = options.WithHeaders(With(options.Headers, "authorization", tokens.HeaderFor(service)));
        // Errors of the called service are for the same reader.
        if (CultureInfo.CurrentUICulture is var language && !language.Equals(Languages.English))
            options = options.WithHeaders(With(options.Headers, "accept-language", language.Name));
        if (isUnary && (options.Deadline is null || options.Deadline == DateTime.MaxValue))
            options = options.WithDeadline(DateTime.UtcNow + DefaultLimit);
        return new(context.Method, context.Host, options);
    }

    // A copy: a caller may use its metadata for several calls.
    private static Metadata With(Metadata? headers, string name, string value)
    {
        var all = new Metadata();
        foreach (var entry in headers ?? [])
            all.Add(entry);
        all.Add(name, value);
        return all;
    }

    private async Task<TResponse> ExplainAsync<TResponse>(Task<TResponse> response)
    {
        try
        {
            return await response;
        }
        catch (RpcException fault) when (Explain(fault) is { } explained)
        {
            throw explained;
        }
    }

    private RpcException? Explain(RpcException fault) => fault.StatusCode switch
    {
        // It came from the transport and not from the service, whose own words are better.
        StatusCode.Unavailable when fault.Status.DebugException is { } cause => Unreachable(cause),
        StatusCode.DeadlineExceeded when fault.Trailers.Count == 0 => RpcErrors.DeadlineExceeded($"{service} did not answer in time"),
        // The user who waits is signed in well; it is this service that is not.
        StatusCode.Unauthenticated => RpcErrors.Internal($"{service} does not accept this service's identity: {fault.Status.Detail}"),
        _ => null,
    };

    private RpcException Unreachable(Exception cause)
    {
        // Without its stack: an outage would fill the log with the same one.
        logger.LogWarning("{Service} cannot be reached: {Cause}", service, cause.Message);
        return RpcErrors.Unavailable($"{service} is not available");
    }
}
