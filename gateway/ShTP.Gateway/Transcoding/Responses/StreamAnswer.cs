using System.Net;
using ShTP.Gateway.Callers;
using ShTP.Gateway.Errors;
using ShTP.Gateway.Routing;
using ShTP.Gateway.Transcoding.Grpc;

namespace ShTP.Gateway.Transcoding.Responses;

/// <summary>
/// Relays a server stream: as events, JSON lines, delimited protobuf or a plain body. Before the first message, or a
/// second without one, an error is a real status; later an event, a line, or a cut connection where nothing else can be
/// told apart.
/// </summary>
internal sealed class StreamAnswer(TranscodingOptions options, AccessPolicy access, TimeProvider time)
{
    // Revocations are known within a second, so an open stream is looked at every second too.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>Relays until the stream ends; returns the problem when nothing was sent before it.</summary>
    public async Task<Problem?> WriteAsync(HttpContext context, ApiRoute route, Caller caller, AnswerFormat format, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK)
            return StatusMapping.ToProblem(GrpcStatus.FromHttp(response.StatusCode));
        var early = GrpcStatus.Read(response.Headers);
        if (early is { IsOk: false } failed)
            return StatusMapping.ToProblem(failed);

        using var relay = new StreamRelay(context, route, format, response, options);
        Problem? problem;
        try
        {
            problem = await RunAsync(relay, caller, response, early, cancellationToken);
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

    private async Task<Problem?> RunAsync(StreamRelay relay, Caller caller, HttpResponseMessage response, GrpcStatus? early, CancellationToken cancellationToken)
    {
        using var frames = new FrameReader(await response.Content.ReadAsStreamAsync(cancellationToken), options.MaxResponseBytes);
        while (true)
        {
            var isNext = frames.HasNext
                ? await frames.ReadAsync(cancellationToken)
                : await WaitAsync(frames.ReadAsync(cancellationToken).AsTask(), relay, caller, cancellationToken);
            if (!isNext)
                break;
            if (caller.Token is { } token && !access.IsStillValid(token, time.GetUtcNow()))
                return new Problem(StatusCodes.Status401Unauthorized, Google.Rpc.Code.Unauthenticated, "The session has ended");
            await relay.WriteAsync(frames.Current, isMoreReady: frames.HasNext, cancellationToken);
        }

        var end = GrpcStatus.Read(response.TrailingHeaders) ?? early ?? GrpcStatus.ProtocolError("The service's stream broke off");
        if (!end.IsOk)
            return StatusMapping.ToProblem(end);
        relay.EnsureStarted();
        return null;
    }

    private async Task<bool> WaitAsync(Task<bool> next, StreamRelay relay, Caller caller, CancellationToken cancellationToken)
    {
        var quiet = TimeSpan.Zero;
        while (await Task.WhenAny(next, Task.Delay(Tick, time, cancellationToken)) != next)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (caller.Token is { } token && !access.IsStillValid(token, time.GetUtcNow()))
                throw new IOException("The session has ended.");
            // The service has taken the stream: the client shall know, though nothing has happened yet.
            if (!relay.HasStarted)
                await relay.OpenAsync(cancellationToken);
            quiet += Tick;
            if (quiet < options.KeepAlive)
                continue;
            quiet = TimeSpan.Zero;
            await relay.KeepAliveAsync(cancellationToken);
        }

        return await next;
    }
}
