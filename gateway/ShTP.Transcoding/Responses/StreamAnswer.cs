using System.Net;
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
internal sealed class StreamAnswer(TranscodingOptions options, TimeProvider time)
{
    // Revocations arrive within a second, so open streams are checked every second, too.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>Relays until the stream ends; returns the problem when the response has not started.</summary>
    /// <param name="context">The request.</param>
    /// <param name="method">What was called.</param>
    /// <param name="format">How messages are written.</param>
    /// <param name="response">The response of the service.</param>
    /// <param name="findEnd">Called before each message and every second of an idle stream. Returns the reason why the caller may not receive more, or null.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async Task<Problem?> WriteAsync(HttpContext context, ApiMethod method, AnswerFormat format, HttpResponseMessage response, Func<Problem?> findEnd, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK)
            return StatusMapping.ToProblem(GrpcStatus.FromHttp(response.StatusCode));
        var early = GrpcStatus.Read(response.Headers);
        if (early is { IsOk: false } failed)
            return StatusMapping.ToProblem(failed);

        using var relay = new StreamRelay(context, method, format, response, options);
        Problem? problem;
        try
        {
            problem = await RunAsync(relay, findEnd, response, early, cancellationToken);
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

    private async Task<Problem?> RunAsync(StreamRelay relay, Func<Problem?> findEnd, HttpResponseMessage response, GrpcStatus? early, CancellationToken cancellationToken)
    {
        using var frames = new FrameReader(await response.Content.ReadAsStreamAsync(cancellationToken), options.MaxResponseBytes);
        while (true)
        {
            var next = frames.ReadAsync(cancellationToken);
            var (isNext, end) = next.IsCompletedSuccessfully ? (next.Result, null) : await WaitAsync(next.AsTask(), relay, findEnd, cancellationToken);
            if (!isNext && end is null)
                break;
            if ((end ?? findEnd()) is { } problem)
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
    private async Task<(bool IsNext, Problem? End)> WaitAsync(Task<bool> next, StreamRelay relay, Func<Problem?> findEnd, CancellationToken cancellationToken)
    {
        var quiet = TimeSpan.Zero;
        while (await Task.WhenAny(next, Task.Delay(Tick, time, cancellationToken)) != next)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (findEnd() is { } end)
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
