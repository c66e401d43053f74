using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ShTP.Library.V1;
using ShTP.Notifications.V1;
using ShTP.Protos;

namespace ShTP.Gateway.Tests.EndToEnd;

/// <summary>What Notifications is told of the responses that consume what they show.</summary>
public sealed class ReceiptTests
{
    private const string Poll = "/shtp.library.v1.LibraryService/WhoAmI";
    private const string Settle = "/shtp.notifications.v1.NotificationsInternal/SettleDelivery";
    private const int FrameHeader = 5;

    // As many as a poll takes; about 20 kB when they are compressed.
    private static readonly byte[] Long = Frame(new WhoAmIResponse { Metadata = { Enumerable.Range(0, 200).Select(_ => RandomNumberGenerator.GetHexString(200)) } });

    // Less than an answer of that length, so that its end stays with the gateway as long as the client does not read.
    private const int SmallBuffer = 4 * 1024;

    [Fact]
    public async Task Answer_ThatIsShown_HasArrived() => Assert.True(await SettledAsync(HttpStatusCode.OK, async context =>
    {
        await context.Response.Body.WriteAsync(new byte[FrameHeader]);
        context.Response.AppendTrailer("grpc-status", "0");
    }));

    /// <summary>The service was killed, or stopped for too long, after the headers of its response.</summary>
    [Fact]
    public async Task Answer_OfWhichOnlyTheHeadersCame_HasNotArrived() => Assert.False(await SettledAsync(HttpStatusCode.ServiceUnavailable, context =>
    {
        context.Abort();
        return Task.CompletedTask;
    }));

    [Fact]
    public async Task Answer_ThatEndsWithAnError_HasNotArrived() => Assert.False(await SettledAsync(HttpStatusCode.ServiceUnavailable, context =>
    {
        context.Response.AppendTrailer("grpc-status", "14");
        return Task.CompletedTask;
    }));

    [Theory]
    [InlineData("gzip")]
    [InlineData("identity")]
    public async Task Answer_ThatIsCutInItsBody_HasNotArrived(string encoding)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "TCP_INFO");
        await using var system = await PollSystem.StartAsync(Long);
        for (var i = 0; i < 10; i++)
        {
            using (var client = await system.PollAsync(encoding, SmallBuffer))
            {
                await ReadHeadAsync(client);
                client.LingerState = new LingerOption(true, 0);
            }

            await system.IsToldAsync(arrived: false);
        }
    }

    /// <summary>All of it has come to the operating system of a client that goes away in the middle of reading it.</summary>
    [Theory]
    [InlineData("gzip")]
    [InlineData("identity")]
    public async Task Answer_ThatWasNotReadToItsEnd_HasNotArrived(string encoding)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "TCP_INFO");
        await using var system = await PollSystem.StartAsync(Long);
        for (var i = 0; i < 10; i++)
        {
            // Closing resets the connection, since something is left to read.
            using (var client = await system.PollAsync(encoding))
                await ReadHeadAsync(client);
            await system.IsToldAsync(arrived: false);
        }
    }

    /// <summary>The client is gone without a word, as in a tunnel.</summary>
    [Theory]
    [InlineData("gzip")]
    [InlineData("identity")]
    public async Task Answer_WhoseEndIsNotAcknowledged_HasNotArrived(string encoding)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "TCP_INFO");
        await using var system = await PollSystem.StartAsync(Long);
        using var client = await system.PollAsync(encoding, SmallBuffer);
        await system.IsToldAsync(arrived: false);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("identity")]
    public async Task Answer_ThatWasReadToItsEnd_HasArrived(string encoding)
    {
        await using var system = await PollSystem.StartAsync(Long);
        using var waiting = await system.PollAsync(encoding);
        await ReadAsync(waiting);
        await system.IsToldAsync(arrived: true);
        for (var i = 0; i < 10; i++)
        {
            using (var closing = await system.PollAsync(encoding, i % 2 == 0 ? SmallBuffer : null))
                await ReadAsync(closing);
            await system.IsToldAsync(arrived: true);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("identity")]
    public async Task Answer_AfterWhichTheClientCallsAgain_IsSettledBefore(string encoding)
    {
        await using var system = await PollSystem.StartAsync(Long);
        using var client = await system.PollAsync(encoding);
        for (var i = 0; i < 10; i++)
        {
            await ReadAsync(client);
            await system.SendAsync(client, encoding);
        }

        await ReadAsync(client);
        await Eventually.IsAsync(() => Task.FromResult(system.Events.Count == 22), "all are settled");
        Assert.Equal(Enumerable.Repeat(new[] { "poll", "True" }, 11).SelectMany(pair => pair), system.Events);
    }

    /// <summary>The repetition comes over another connection, and must find what was lost.</summary>
    [Fact]
    public async Task Answer_ThatWasCut_IsSettledBeforeTheNextCall()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "TCP_INFO");
        await using var system = await PollSystem.StartAsync(Long);
        for (var i = 0; i < 20; i++)
        {
            using (var client = await system.PollAsync("gzip"))
                await ReadHeadAsync(client);
            using var next = await system.PollAsync("gzip");
            await ReadHeadAsync(next);
            Assert.Equal(["poll", "False", "poll"], system.Events.Take(3));
            next.Close();
            await Eventually.IsAsync(() => Task.FromResult(system.Events.Count == 4), "the second one is settled");
            system.Events.Clear();
        }
    }

    private static async Task<bool> SettledAsync(HttpStatusCode expected, Func<HttpContext, Task> end)
    {
        await using var system = await PollSystem.StartAsync(end);

        using var response = await system.Gateway.SendAsync("GET", "/api/v1/me", token: system.Token);

        Assert.Equal(expected, response.StatusCode);
        await Eventually.IsAsync(() => Task.FromResult(system.Events.Count == 2), "Notifications is told");
        return bool.Parse(system.Events.Last());
    }

    private static async Task<Dictionary<string, string>> ReadHeadAsync(Socket client)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            Assert.Equal(1, await client.ReceiveAsync(one, TestContext.Current.CancellationToken));
            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("HTTP/1.1 200 OK", lines[0]);
        return lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
    }

    private static async Task ReadAsync(Socket client)
    {
        var headers = await ReadHeadAsync(client);
        await using var stream = new NetworkStream(client);
        if (headers.TryGetValue("Content-Length", out var length))
        {
            await stream.ReadExactlyAsync(new byte[int.Parse(length, CultureInfo.InvariantCulture)], TestContext.Current.CancellationToken);
            return;
        }

        Assert.Equal("gzip", headers["Content-Encoding"]);
        for (var size = -1; size != 0;)
        {
            var line = new StringBuilder();
            while (!line.ToString().EndsWith("\r\n", StringComparison.Ordinal))
                line.Append((char)stream.ReadByte());
            size = int.Parse(line.ToString().Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            await stream.ReadExactlyAsync(new byte[size + 2], TestContext.Current.CancellationToken);
        }
    }

    private static byte[] Frame(WhoAmIResponse message)
    {
        var frame = new byte[FrameHeader + message.CalculateSize()];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - FrameHeader);
        message.WriteTo(frame.AsSpan(FrameHeader));
        return frame;
    }

    /// <summary>The gateway, and a service that is asked by one user and told of the deliveries.</summary>
    private sealed class PollSystem : IAsyncDisposable
    {
        private readonly ConcurrentQueue<string> _deliveries = new();
        private Backend _service = null!;

        public GatewayFixture Gateway { get; } = new();

        public string Token { get; private set; } = "";

        /// <summary>Polls, and whether their answers have arrived.</summary>
        public ConcurrentQueue<string> Events { get; } = new();

        public static Task<PollSystem> StartAsync(byte[] answer) => StartAsync(async context =>
        {
            await context.Response.Body.WriteAsync(answer);
            context.Response.AppendTrailer("grpc-status", "0");
        });

        public static async Task<PollSystem> StartAsync(Func<HttpContext, Task> end)
        {
            var system = new PollSystem();
            system.Token = system.Gateway.Keys.Mint();
            system._service = await Backend.StartAsync(system.Gateway.Keys, app => app.Use((context, next) => context.Request.Path.Value switch
            {
                Poll => system.AnswerAsync(context, end),
                Settle => system.SettleAsync(context),
                _ => next(context),
            }));
            await system.Gateway.With("services:library:grpc:0", system._service.Grpc).With("services:notifications:grpc:0", system._service.Grpc).StartAsync();
            return system;
        }

        /// <summary>Polls over a connection of its own.</summary>
        public async Task<Socket> PollAsync(string encoding, int? buffer = null)
        {
            var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            if (buffer is { } size)
                client.ReceiveBufferSize = size;
            await client.ConnectAsync(Gateway.Address.Host, Gateway.Address.Port, TestContext.Current.CancellationToken);
            await SendAsync(client, encoding);
            return client;
        }

        public async Task SendAsync(Socket client, string encoding) => await client.SendAsync(
            Encoding.ASCII.GetBytes($"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Token}\r\nAccept-Encoding: {encoding}\r\n\r\n"), TestContext.Current.CancellationToken);

        /// <summary>Waits for the next one.</summary>
        public async Task IsToldAsync(bool arrived)
        {
            await Eventually.IsAsync(() => Task.FromResult(Events.Count == 2), "Notifications is told");
            Assert.Equal(["poll", $"{arrived}"], Events);
            Events.Clear();
        }

        public async ValueTask DisposeAsync()
        {
            await Gateway.DisposeAsync();
            await _service.DisposeAsync();
        }

        private async Task AnswerAsync(HttpContext context, Func<HttpContext, Task> end)
        {
            var delivery = Guid.NewGuid().ToString();
            _deliveries.Enqueue(delivery);
            Events.Enqueue("poll");
            context.Response.ContentType = "application/grpc";
            context.Response.Headers[CallMetadata.Delivery] = delivery;
            await context.Response.Body.FlushAsync();
            await end(context);
        }

        private async Task SettleAsync(HttpContext context)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var told = SettleDeliveryRequest.Parser.ParseFrom(body.ToArray().AsSpan(FrameHeader));
            Assert.True(_deliveries.TryDequeue(out var delivery));
            Assert.Equal(delivery, told.Delivery);
            Events.Enqueue($"{told.Arrived}");
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[FrameHeader]);
            context.Response.AppendTrailer("grpc-status", "0");
        }
    }
}
