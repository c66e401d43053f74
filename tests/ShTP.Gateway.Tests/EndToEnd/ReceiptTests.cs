using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ShTP.Notifications.V1;
using ShTP.Protos;

namespace ShTP.Gateway.Tests.EndToEnd;

/// <summary>What Notifications is told of the responses that consume what they show.</summary>
public sealed class ReceiptTests
{
    private const string Settle = "/shtp.notifications.v1.NotificationsInternal/SettleDelivery";
    private const int FrameHeader = 5;

    private static readonly string Delivery = Guid.NewGuid().ToString();

    [Fact]
    public async Task Answer_ThatIsShown_HasArrived() => Assert.True((await SettledAsync(HttpStatusCode.OK, async context =>
    {
        await context.Response.Body.WriteAsync(new byte[FrameHeader]);
        context.Response.AppendTrailer("grpc-status", "0");
    })).Arrived);

    /// <summary>The service was killed, or stopped for too long, after the headers of its response.</summary>
    [Fact]
    public async Task Answer_OfWhichOnlyTheHeadersCame_HasNotArrived() => Assert.False((await SettledAsync(HttpStatusCode.ServiceUnavailable, context =>
    {
        context.Abort();
        return Task.CompletedTask;
    })).Arrived);

    [Fact]
    public async Task Answer_ThatEndsWithAnError_HasNotArrived() => Assert.False((await SettledAsync(HttpStatusCode.ServiceUnavailable, context =>
    {
        context.Response.AppendTrailer("grpc-status", "14");
        return Task.CompletedTask;
    })).Arrived);

    private static async Task<SettleDeliveryRequest> SettledAsync(HttpStatusCode expected, Func<HttpContext, Task> end)
    {
        var settled = new ConcurrentQueue<SettleDeliveryRequest>();
        await using var gateway = new GatewayFixture();
        await using var service = await Backend.StartAsync(gateway.Keys, app => app.Use(async (context, next) =>
        {
            if (context.Request.Path != "/shtp.library.v1.LibraryService/WhoAmI" && context.Request.Path != Settle)
            {
                await next(context);
                return;
            }

            context.Response.ContentType = "application/grpc";
            if (context.Request.Path == Settle)
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                settled.Enqueue(SettleDeliveryRequest.Parser.ParseFrom(body.ToArray().AsSpan(FrameHeader)));
                await context.Response.Body.WriteAsync(new byte[FrameHeader]);
                context.Response.AppendTrailer("grpc-status", "0");
                return;
            }

            context.Response.Headers[CallMetadata.Delivery] = Delivery;
            await context.Response.Body.FlushAsync();
            await end(context);
        }));
        await gateway.With("services:library:grpc:0", service.Grpc).With("services:notifications:grpc:0", service.Grpc).StartAsync();

        using var response = await gateway.SendAsync("GET", "/api/v1/me", token: gateway.Keys.Mint());

        Assert.Equal(expected, response.StatusCode);
        await Eventually.IsAsync(() => Task.FromResult(!settled.IsEmpty), "Notifications is told");
        var told = Assert.Single(settled);
        Assert.Equal(Delivery, told.Delivery);
        return told;
    }
}
