using System.Net;
using Microsoft.Extensions.Hosting;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Grpc;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Requests;

namespace ShTP.Transcoding.Responses;

/// <summary>
/// Relays a server stream as events, JSON lines, delimited protobuf or a plain body. An error before the first message,
/// or within the first second, is an HTTP status. Later it is an event, a line, or an aborted connection where the
/// format has no errors.
/// </summary>
internal sealed class StreamAnswer(TranscodingOptions options, IStreamGuard guard, TimeProvider time, IHostApplicationLifetime lifetime)
{
    // Revocations arrive within a second, so open streams are checked every second, too.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>Relays until the stream ends; returns the problem when the response has not started.</summary>
    public async Task<Problem?> WriteAsync(HttpContext context, ApiMethod method, AnswerFormat format, HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
            return StatusMapping.ToProblem(GrpcStatus.FromHttp(response.StatusCode));
        var early = GrpcStatus.Read(response.Headers);
        if (early is { IsOk: false } failed)
            return StatusMapping.ToProblem(failed);

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        using var relay = new StreamRelay(context, method, format, response, options);
        Problem? problem;
        try
        {
            problem = await RunAsync(context, relay, response, early, end.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            problem = Problem.Unavailable("The gateway is restarting");
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException && !context.RequestAborted.IsCancellationRequested)
        {
            problem = Problem.Unavailable("The service's stream broke off");
        }

        if (problem is null || !relay.HasStarted)
            return problem;
        await relay.EndAsync(problem, context.RequestAborted);
        return null;
    }

    private async Task<Problem?> RunAsync(HttpContext context, StreamRelay relay, HttpResponseMessage response, GrpcStatus? early, CancellationToken cancellationToken)
    {
        using var frames = new FrameReader(await response.Content.ReadAsStreamAsync(cancellationToken), options.MaxResponseBytes);
        while (true)
        {
            var next = frames.ReadAsync(cancellationToken);
            var (isNext, end) = next.IsCompletedSuccessfully ? (next.Result, null) : await WaitAsync(context, next.AsTask(), relay, cancellationToken);
            if (!isNext && end is null)
                break;
            if ((end ?? guard.FindEnd(context)) is { } problem)
                return problem;
            await relay.WriteAsync(frames.Current, isMoreReady: frames.HasNext, cancellationToken);
        }

        var status = GrpcStatus.Read(response.TrailingHeaders) ?? early ?? GrpcStatus.ProtocolError("The service's stream broke off");
        if (!status.IsOk)
            return StatusMapping.ToProblem(status);
        relay.EnsureStarted();
        return null;
    }

    /// <summary>Waits for the next message; or returns the reason why the caller may not receive it.</summary>
    private async Task<(bool IsNext, Problem? End)> WaitAsync(HttpContext context, Task<bool> next, StreamRelay relay, CancellationToken cancellationToken)
    {
        var quiet = TimeSpan.Zero;
        while (await Task.WhenAny(next, Task.Delay(Tick, time, cancellationToken)) != next)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (guard.FindEnd(context) is { } end)
                return (false, end);
            // The service has accepted the stream, so the client gets the headers before the first message.
            if (!relay.HasStarted)
                await relay.OpenAsync(cancellationToken);
            quiet += Tick;
            if (quiet < options.KeepAlive)
                continue;
            quiet = TimeSpan.Zero;
            await relay.KeepAliveAsync(cancellationToken);
        }

        return (await next, null);
    }
}
