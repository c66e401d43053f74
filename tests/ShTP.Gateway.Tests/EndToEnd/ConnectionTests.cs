using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using ShTP.Gateway.Limits;
using ShTP.Gateway.Tests.Hostile;

namespace ShTP.Gateway.Tests.EndToEnd;

/// <summary>The bounds of connections and streams, over real sockets. On Linux each address of 127.0.0.0/8 is a client of its own.</summary>
public sealed class ConnectionTests
{
    private const string Get = "GET /api/v1/books/1 HTTP/1.1\r\nHost: x\r\n\r\n";
    private const string HalfOfABook = "PUT /api/v1/books HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 13\r\nExpect: 100-continue\r\n\r\n{\"id\":";
    private const string RestOfABook = "\"one\"} ";

    // Without the time limit of a second that one book has, which is short for a whole school at once.
    private const string GetAll = "GET /api/v1/books HTTP/1.1\r\nHost: x\r\n\r\n";

    private static readonly IPAddress School = IPAddress.Parse("127.0.0.2");
    private static readonly IPAddress Elsewhere = IPAddress.Parse("127.0.0.3");

    [Fact]
    public async Task Connections_OfOneAddressAllInUse_RefusesFurtherOnesThereAndNobodyElse()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs several addresses of this machine");
        using var refused = new Counter("shtp.gateway.connections.refused");
        await using var gateway = await StartAsync(("PerAddress", "20"), ("Total", "40"), ("Streams", "40"), ("StreamsPerUser", "40"));
        var busy = new List<RawConnection>();
        for (var i = 0; i < 20; i++)
        {
            busy.Add(await SendAsync(gateway, School, HalfOfABook));
            // Kestrel does not hand connections on in the order in which they came: this one is being served from here on.
            Assert.Equal(100, await busy[^1].ReadInterimAsync());
        }

        for (var i = 0; i < 30; i++)
        {
            using var further = await SendAsync(gateway, School, Get);
            var answer = await further.ReadAsync();
            Assert.Equal((503, "application/problem+json", "1"), (answer?.Status, answer?.ContentType, answer?.Headers.GetValueOrDefault("Retry-After")));
            Assert.Contains("Too many connections are open", answer!.Text, StringComparison.Ordinal);
        }

        using var other = await SendAsync(gateway, Elsewhere, Get);
        Assert.Equal(200, (await other.ReadAsync())?.Status);
        // None of those in use was cut.
        foreach (var connection in busy)
        {
            Assert.True(await connection.SendAsync(Encoding.ASCII.GetBytes(RestOfABook)));
            Assert.Equal(200, (await connection.ReadAsync())?.Status);
        }

        Assert.True(refused.Value >= 30, $"{refused.Value} refusals were counted");
        busy.ForEach(connection => connection.Dispose());
    }

    /// <summary>A laptop that takes connections and does nothing with them, or next to nothing, keeps nobody out: also not at its own address.</summary>
    [Theory]
    [InlineData("PerAddress", "")]
    [InlineData("PerAddress", "GET /api/v1/books/1 HTTP/1.1\r\nHo")]
    [InlineData("PerAddress", Get)]
    [InlineData("Total", "GET /api/v1/books/1 HTTP/1.1\r\nHo")]
    public async Task Connections_Idle_GiveWayToNewOnes(string bound, string sent)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs several addresses of this machine");
        using var displaced = new Counter("shtp.gateway.connections.displaced");
        await using var gateway = await StartAsync((bound, "5"), ("StreamsPerUser", "1"), ("Streams", "1"), bound == "Total" ? ("PerAddress", "5") : ("Total", "100"));
        var idle = new List<RawConnection>();
        for (var i = 0; i < 10; i++)
            idle.Add(await SendAsync(gateway, School, sent));

        await Eventually.IsAsync(async () =>
        {
            using var pupil = await SendAsync(gateway, School, Get);
            return (await pupil.ReadAsync())?.Status == 200;
        }, "a pupil at the same address is served");

        Assert.True(displaced.Value >= 1);
        idle.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task Connections_OfATrustedProxy_HaveNoBoundOfOneAddress()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs several addresses of this machine");
        await using var gateway = await new GatewayFixture().With("Gateway:Connections:PerAddress", "1").With("Gateway:TrustedProxies:0", School.ToString())
            .With("Gateway:Connections:StreamsPerUser", "1").StartAsync();
        using var one = await SendAsync(gateway, School, HalfOfABook);
        Assert.Equal(100, await one.ReadInterimAsync());
        using var other = await SendAsync(gateway, School, Get);

        Assert.Equal(200, (await other.ReadAsync())?.Status);
    }

    /// <summary>300 pupils with six connections each, as their browsers have them, and an attacker beside them who has as many as he can.</summary>
    [Fact]
    public async Task Connections_OfAWholeSchool_AreServedBesideAnAttacker()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs several addresses of this machine");
        await using var gateway = await new GatewayFixture().With("Gateway:Connections:PerAddress", "2000").StartAsync();
        var attack = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => SendAsync(gateway, School, "GET / HTTP/1.1\r\nHo")));

        var pupils = await Task.WhenAll(Enumerable.Range(0, 1800).Select(async _ =>
        {
            var connection = await SendAsync(gateway, School, GetAll);
            return (Connection: connection, Answer: await connection.ReadAsync());
        }));

        Assert.All(pupils, pupil => Assert.Equal(200, pupil.Answer?.Status));
        foreach (var connection in attack.Concat(pupils.Select(pupil => pupil.Connection)))
            connection.Dispose();
    }

    [Theory]
    [InlineData("IdleTimeout", "", null)]
    [InlineData("IdleTimeout", Get, 200)]
    [InlineData("HeadersTimeout", "GET / HTTP/1.1\r\nHo", 408)]
    public async Task Connection_ThatDoesNothing_IsClosedInTime(string limit, string sent, int? status)
    {
        await using var gateway = await StartAsync((limit, "00:00:01"));
        using var slow = await SendAsync(gateway, IPAddress.Loopback, sent);

        if (status is not null)
            Assert.Equal(status, (await slow.ReadAsync())?.Status);
        Assert.Null(await slow.ReadAsync()); // closed; otherwise the read runs into its own limit
    }

    [Fact]
    public async Task Streams_TooManyOfOneUserOrOfAll_AreRefusedAndCountedUntilTheyEnd()
    {
        using var refused = new Counter("shtp.gateway.streams.refused");
        await using var gateway = await StartAsync(("Streams", "3"), ("StreamsPerUser", "2"));
        var (eager, other) = (gateway.Keys.Mint(), gateway.Keys.Mint());
        var streams = new List<HttpResponseMessage> { await OpenAsync(eager), await OpenAsync(eager), await OpenAsync(other) };
        Assert.All(streams, stream => Assert.Equal(HttpStatusCode.OK, stream.StatusCode));

        using var tooManyOwn = await OpenAsync(eager);
        using var tooMany = await OpenAsync(other);

        Assert.Equal("2 streams of yours are open already", await tooManyOwn.ProblemAsync(429));
        Assert.Equal("Too many streams are open at the moment, try again later", await tooMany.ProblemAsync(503));
        Assert.All([tooManyOwn, tooMany], answer => Assert.NotNull(answer.Headers.RetryAfter));
        Assert.True(refused.Value >= 2);
        // Calls are not streams.
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/api/v1/me", token: eager)).StatusCode);
        streams.ForEach(stream => stream.Dispose());
        await Eventually.IsAsync(async () =>
        {
            using var again = await OpenAsync(eager);
            return again.StatusCode == HttpStatusCode.OK;
        }, "a stream that ended leaves its place to another");

        Task<HttpResponseMessage> OpenAsync(string token) => gateway.Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, "/api/v1/books/watch/1?code=-1") { Headers = { { "X-Request-ID", Guid.NewGuid().ToString() }, { "Authorization", $"Bearer {token}" } } },
            HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1024)]
    [InlineData("Max open files            unlimited            unlimited            files     ", null)]
    [InlineData("Max processes             95                   95                   processes ", null)]
    public void OpenFiles_AsTheSystemTells_AreRead(string line, int? limit) => Assert.Equal(limit, OpenFiles.Read(["Limit                     Soft Limit           Hard Limit           Units     ", line]));

    private static Task<GatewayFixture> StartAsync(params (string Key, string Value)[] settings) =>
        settings.Aggregate(new GatewayFixture(), (gateway, setting) => gateway.With($"Gateway:Connections:{setting.Key}", setting.Value)).StartAsync();

    private static async Task<RawConnection> SendAsync(GatewayFixture gateway, IPAddress from, string text)
    {
        var connection = await RawConnection.OpenAsync(gateway.Address, from);
        await connection.SendAsync(Encoding.ASCII.GetBytes(text));
        return connection;
    }

    /// <summary>The sum of a counter while it is listened to.</summary>
    private sealed class Counter : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _value;

        public Counter(string name)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == name)
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _value, value));
            _listener.Start();
        }

        public long Value => Interlocked.Read(ref _value);

        public void Dispose() => _listener.Dispose();
    }
}
