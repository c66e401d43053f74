using System.Diagnostics;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.ClientFactory;
using Microsoft.Extensions.Logging;
using ShTP.Api.V1;
using ShTP.Protos;
using ShTP.Rpc.Clients;

namespace ShTP.Data.Outbox;

/// <summary>One attempt to deliver one message, and its result.</summary>
internal sealed class OutboxDelivery(
    GrpcClientFactory clients, OutboxStore store, OutboxDeliveries deliveries, OutboxTelemetry telemetry, OutboxOptions options, ILogger<OutboxDelivery> logger)
{
    private const int MaxErrorLength = 1000;

    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(bytes => bytes, bytes => bytes);

    /// <summary>Whether the receiver responded; null when unknown.</summary>
    public async Task<bool?> AttemptAsync(ClaimedMessage message, CancellationToken stopping)
    {
        using var activity = OutboxTelemetry.StartDelivery(message);
        try
        {
            await CallAsync(message, stopping);
        }
        catch (RpcException) when (stopping.IsCancellationRequested)
        {
            return null; // The claim expires and another instance delivers it.
        }
        catch (RpcException fault)
        {
            activity?.SetStatus(ActivityStatusCode.Error, fault.Status.Detail);
            await FailAsync(message, fault, stopping);
            return fault.StatusCode is not (StatusCode.Unavailable or StatusCode.DeadlineExceeded);
        }

        await store.DeleteAsync(message.Id, CancellationToken.None);
        telemetry.CountDelivered();
        deliveries.Delivered(message.Id);
        return true;
    }

    private async Task CallAsync(ClaimedMessage message, CancellationToken stopping)
    {
        var slash = message.Path.LastIndexOf('/');
        var method = new Method<byte[], byte[]>(MethodType.Unary, message.Path[1..slash], message.Path[(slash + 1)..], Bytes, Bytes);
        var headers = new Metadata { { OutboxExtensions.MessageIdHeader, message.Id.ToString("D") } };
        var limit = LimitOf(message.Path);
        if (limit > options.AttemptLimit)
            await store.ExtendAsync(message.Id, OutboxOptions.ClaimFor(limit), stopping);
        var call = new CallOptions(headers, DateTime.UtcNow + limit, stopping);
        using var running = clients.CreateClient<ServiceInvoker>(Contract.AreaOf(message.Path)).Invoker.AsyncUnaryCall(method, null, call, message.Payload);
        await running.ResponseAsync;
    }

    private TimeSpan LimitOf(string path)
    {
        var seconds = OptionsOf(path)?.GetExtension(OptionsExtensions.TimeoutSeconds) ?? 0;
        return TimeSpan.FromSeconds(Math.Max(seconds, options.AttemptLimit.TotalSeconds));
    }

    private static MethodOptions? OptionsOf(string path) => Contract.ShTP.FindMethod(path)?.GetOptions();

    private async Task FailAsync(ClaimedMessage message, RpcException fault, CancellationToken stopping)
    {
        var error = $"{fault.StatusCode}: {fault.Status.Detail}";
        if (error.Length > MaxErrorLength)
            error = error[..MaxErrorLength];
        var isOver = WillPass(fault.StatusCode)
            ? message.Age >= options.ParkAfter.TotalSeconds
            : message.Attempts >= options.RefusedAttempts && (!MayPass(fault.StatusCode) || message.Age >= options.FaultParkAfter.TotalSeconds);
        if (isOver)
        {
            logger.LogError("Message {Id} for {Path} is parked after {Attempts} attempts: {Error}", message.Id, message.Path, message.Attempts, error);
            await store.ParkAsync(message.Id, error, OptionsOf(message.Path)?.GetExtension(OptionsExtensions.StandsAlone) == true, stopping);
            return;
        }

        logger.LogWarning("Attempt {Attempts} to deliver message {Id} to {Path} failed: {Error}", message.Attempts, message.Id, message.Path, error);
        await store.PostponeAsync(message.Id, DelayAfter(message.Attempts), error, stopping);
    }

    // Exponential, with jitter, so that messages that failed together are not retried together.
    private TimeSpan DelayAfter(int attempts)
    {
        var doubled = options.FirstRetryDelay.TotalSeconds * Math.Pow(2, Math.Min(attempts - 1, 30));
        return TimeSpan.FromSeconds(Math.Min(doubled, options.MaxRetryDelay.TotalSeconds) * (0.5 + Random.Shared.NextDouble() / 2));
    }

    private static bool WillPass(StatusCode status) => status is
        StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Aborted or StatusCode.ResourceExhausted or StatusCode.Cancelled;

    // Possible causes: an older replica, a running migration, a key change, or a permanent fault.
    private static bool MayPass(StatusCode status) => status is
        StatusCode.Internal or StatusCode.Unknown or StatusCode.Unimplemented or StatusCode.Unauthenticated or StatusCode.DataLoss;
}
