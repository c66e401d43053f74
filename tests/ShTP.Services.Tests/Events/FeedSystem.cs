using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ShTP.Events;
using ShTP.Events.Feed;
using ShTP.Events.V1;
using ShTP.ServiceDefaults;
using ShTP.Testing;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using FeedService = ShTP.Events.V1.FeedService;

namespace ShTP.Services.Tests.Events;

/// <summary>The real service beside a source that answers what a test wants. Time stands still: looks happen when they are asked for.</summary>
public sealed class FeedSystem : IAsyncDisposable
{
    public const string Token = "secret-token";

    private readonly WireMockServer _source = WireMockServer.Start();
    private readonly MeterListener _meters = new();
    private readonly ConcurrentQueue<string> _outcomes = new();
    private readonly LogMemory _log = new();
    private readonly HttpClient _http = new();

    private TestDatabase _database = null!;
    private ServiceHost<EventsDb> _host = null!;

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    /// <summary>Warnings and what is above them, and news of the feed.</summary>
    public IEnumerable<string> Log => _log.Lines;

    /// <summary>good and bad, one for each look.</summary>
    public IEnumerable<string> Outcomes => _outcomes;

    public int Requests => _source.LogEntries.Count;

    public FeedService.FeedServiceClient Client => _host.Anonymous<FeedService.FeedServiceClient>();

    /// <summary>Starts the service with a source that has answered once, with <paramref name="events"/>.</summary>
    public static async Task<FeedSystem> StartAsync(params object[] events)
    {
        var system = new FeedSystem();
        system.Answer(Document(events));
        system._database = await PostgresServer.CreateDatabaseAsync<EventsDb>();
        system._host = await ServiceHost<EventsDb>.StartAsync(ResourceNames.Events,
        [
            new($"ConnectionStrings:{ResourceNames.EventsDb}", system._database.ConnectionString),
            new("Events:CalendarKey", EventsSystem.CalendarKey),
            new("Events:Feed:Url", $"{system._source.Url}/graphql"),
            new("Events:Feed:Token", Token),
            new("Logging:LogLevel:ShTP.Events.Feed", "Information"),
        ], services =>
        {
            services.AddSingleton<TimeProvider>(system.Clock);
            services.AddSingleton<ILoggerProvider>(system._log);
        });
        system.Listen();
        await Eventually.HoldsAsync(async () => (await system.StateAsync()) is { FetchedAt: not null }, "the first look");
        return system;
    }

    public async ValueTask DisposeAsync()
    {
        await Disposing.AllAsync(_host, _database);
        _meters.Dispose();
        _http.Dispose();
        _source.Dispose();
        _log.Dispose();
    }

    public static object Event(int id, string title = "Событие", string audience = "Все", string date = "2026-09-01T10:00:00.000Z") => new
    {
        id,
        title,
        organizer = "Профиль",
        audience,
        seatsPropotion = "10/20",
        date,
        startTime = "2026-09-01T10:00:00.000Z",
        finishTime = "2026-09-01T12:00:00+03:00",
    };

    public static string Document(params object[] events) => JsonSerializer.Serialize(new { data = new { events } });

    /// <summary>From now on the source answers no more than the beginning, and neither goes on nor ends.</summary>
    public void Stall(string beginning) => Serve(Response.Create().WithHeader("Content-Type", "application/json").WithSseBody((_, parts) =>
    {
        parts.Write(beginning);
        return Task.CompletedTask;
    }));

    /// <summary>What the source answers from now on.</summary>
    public void Answer(string body, HttpStatusCode status = HttpStatusCode.OK, string type = "application/json", TimeSpan? delay = null, string? location = null)
    {
        var answer = Response.Create().WithStatusCode(status).WithHeader("Content-Type", type).WithBody(body);
        if (delay is { } time)
            answer = answer.WithDelay(time);
        if (location is not null)
            answer = answer.WithHeader("Location", _source.Url + location);
        Serve(answer);
    }

    /// <summary>The body of the last request.</summary>
    public string? LastQuestion => _source.LogEntries[^1].RequestMessage?.Body;

    /// <summary>A look that is due.</summary>
    public async Task LookAsync()
    {
        await MakeDueAsync();
        await LookIfDueAsync();
    }

    public Task MakeDueAsync() => WithDbAsync(db => db.FeedState.ExecuteUpdateAsync(set => set.SetProperty(s => s.NextFetchAt, DateTimeOffset.UnixEpoch)));

    public async Task LookIfDueAsync()
    {
        await using var scope = _host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<FeedRefresh>().RunAsync(CancellationToken.None);
    }

    internal Task<FeedState> StateAsync() => WithDbAsync(db => db.FeedState.AsNoTracking().SingleAsync());

    /// <summary>Of what is served.</summary>
    public async Task<string> IdsAsync() => string.Join(", ", (await Client.ListProfilEventsAsync(new ListProfilEventsRequest())).Events.Select(e => e.Id));

    /// <summary>Status and body of /health, as the database is reachable and nothing else is asked.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Feed)> HealthAsync()
    {
        var answer = await _http.GetAsync(new Uri(_host.HttpAddress, "/health"));
        var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return (answer.StatusCode, document.RootElement.GetProperty("checks").GetProperty("feed"));
    }

    private void Serve(IResponseBuilder answer)
    {
        _source.ResetMappings();
        _source.Given(Request.Create().WithPath("/graphql").UsingPost().WithHeader("Authorization", $"Bearer {Token}")).RespondWith(answer);
        _source.Given(Request.Create().WithPath("/elsewhere")).RespondWith(
            Response.Create().WithHeader("Content-Type", "application/json").WithBody(Document(Event(666))));
    }

    private void Listen()
    {
        var own = _host.Services.GetRequiredService<IMeterFactory>();
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == FeedTelemetry.Name && instrument.Meter.Scope == own)
                listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>((_, _, tags, _) => _outcomes.Enqueue((string)tags[0].Value!));
        _meters.Start();
    }

    private async Task<T> WithDbAsync<T>(Func<EventsDb, Task<T>> use)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<EventsDb>());
    }

    private sealed class LogMemory : ILoggerProvider
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Memory(Lines, categoryName.StartsWith("ShTP.Events.Feed", StringComparison.Ordinal));

        public void Dispose()
        {
        }

        private sealed class Memory(ConcurrentQueue<string> lines, bool isKept) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => isKept;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (isKept)
                    lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
            }
        }
    }
}
