using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using ShTP.Auth.V1;
using ShTP.Api.V1;
using ShTP.Data;
using ShTP.Data.Audit;
using ShTP.Data.Outbox;
using ShTP.Notifications.V1;
using ShTP.Rpc;
using ShTP.Rpc.Errors;
using ShTP.ServiceDefaults;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

public sealed class OutboxTests : IAsyncLifetime
{
    private TestDatabase _sending = null!;
    private TestDatabase _receiving = null!;
    private Receiver _receiver = null!;
    private FakeService _auth = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _sending = await PostgresServer.CreateDatabaseAsync<OutboxTestDb>();
        _receiving = await PostgresServer.CreateDatabaseAsync<OutboxTestDb>();
        _receiver = new Receiver(_receiving.ConnectionString);
        _auth = await FakeService.StartAsync(ResourceNames.Auth, _receiver);
    }

    public async ValueTask DisposeAsync()
    {
        await Disposing.AllAsync(_auth, _receiving, _sending);
    }

    [Fact]
    public async Task Enqueue_TwoDispatchersAndManyKeys_AppliesEachOnceInOrderOfItsKey()
    {
        using var first = await StartSenderAsync();
        using var second = await StartSenderAsync();

        await Parallel.ForEachAsync(Enumerable.Range(0, 20), Cancel, async (key, _) => await EnqueueAsync($"key{key}", 10));

        await DrainedAsync();
        await using var db = OutboxTestDb.Open(_receiving.ConnectionString);
        var effects = await db.Effects.OrderBy(effect => effect.Id).Select(effect => effect.Text).ToListAsync(Cancel);
        Assert.Equal(200, effects.Count);
        foreach (var key in effects.GroupBy(text => text.Split('/')[0]))
            Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{key.Key}/{i}"), key);
    }

    [Fact]
    public async Task Enqueue_ReceiverFailsAfterApplying_AppliesOnce()
    {
        _receiver.FailuresAfterEffect = 3;
        using var sender = await StartSenderAsync();
        await EnqueueAsync("a", 2);

        await DrainedAsync();

        Assert.Equal(["a/0", "a/1"], await AppliedAsync());
    }

    [Fact]
    public async Task Enqueue_ReceiverHasAFaultForAWhile_IsDeliveredAfterwards()
    {
        // More often than a refusal may come.
        (_receiver.FailuresAfterEffect, _receiver.Failure) = (6, new RpcException(new Status(StatusCode.Internal, "a replica of yesterday")));
        using var sender = await StartSenderAsync();
        await EnqueueAsync("a", 1);

        await DrainedAsync();

        Assert.Equal(["a/0"], await AppliedAsync());
        Assert.Equal(0, await CountAsync(parked: true));
    }

    [Fact]
    public async Task Enqueue_RolledBack_IsNotDelivered()
    {
        using var sender = await StartSenderAsync();
        await using (var db = OutboxTestDb.Open(_sending.ConnectionString))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Cancel);
            Enqueue(db, "lost", 0);
            await db.SaveChangesAsync(Cancel);
        }

        await EnqueueAsync("kept", 1);
        await DrainedAsync();

        Assert.Equal(["kept/0"], await AppliedAsync());
    }

    [Fact]
    public async Task Enqueue_NobodyRunsAtCommit_IsDeliveredByTheNextProcess()
    {
        using (var killed = await StartSenderAsync())
            await killed.StopAsync(Cancel);
        await EnqueueAsync("a", 3);

        using var next = await StartSenderAsync();
        await DrainedAsync();

        Assert.Equal(["a/0", "a/1", "a/2"], await AppliedAsync());
    }

    [Fact]
    public async Task Enqueue_ReceiverRefuses_ParksBlocksItsKeyAndIsRetriedOnDemand()
    {
        _receiver.Refuses = "bad/0";
        using var sender = await StartSenderAsync();
        await EnqueueAsync("bad", 2);
        await EnqueueAsync("good", 1);

        await Eventually.HoldsAsync(async () => await CountAsync(parked: true) == 1 && await CountAsync(parked: false) == 1, "one message parked, one held up");
        Assert.Equal(["good/0"], await AppliedAsync());
        var health = await sender.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel);
        Assert.Equal(HealthStatus.Degraded, health.Entries["outbox"].Status);

        _receiver.Refuses = null;
        Assert.Equal((0, "1 parked messages are due again", ""), await CommandAsync(sender, "retry"));
        await DrainedAsync();
        Assert.Equal(["good/0", "bad/0", "bad/1"], await AppliedAsync());
    }

    [Fact]
    public async Task Enqueue_RefusedMessageStandsAlone_HoldsNothingBack()
    {
        var notifications = new RefusingReceiver();
        await using var server = await FakeService.StartAsync(ResourceNames.Notifications, notifications);
        using var sender = await StartSenderAsync(ResourceNames.Events, server.Configuration);
        await using (var db = OutboxTestDb.Open(_sending.ConnectionString))
        {
            foreach (var type in new[] { RefusingReceiver.Refused, 4, 5 })
                db.Enqueue(NotificationsInternal.Descriptor, nameof(NotificationsInternal.NotificationsInternalBase.Notify), new NotifyRequest { Type = type }, "notify:student");
            await db.SaveChangesAsync(Cancel);
        }

        await Eventually.HoldsAsync(async () => await CountAsync(parked: true) == 1 && await CountAsync(parked: false) == 0, "one message parked, the others delivered");
        Assert.Equal([4, 5], notifications.Heard);
        notifications.RefusesNothing = true;
        Assert.Equal(0, (await CommandAsync(sender, "retry")).Code);
        await DrainedAsync();
        Assert.Equal([4, 5, RefusingReceiver.Refused], notifications.Heard);
    }

    [Fact]
    public async Task Commands_ParkedMessage_IsListedAndDropped()
    {
        _receiver.Refuses = "bad/0";
        using var sender = await StartSenderAsync();
        await EnqueueAsync("bad", 2);
        await Eventually.HoldsAsync(async () => await CountAsync(parked: true) == 1, "one message parked");

        var (_, listed, _) = await CommandAsync(sender, "list");
        Assert.Matches("^[0-9a-f-]{36} [0-9TZ:-]{20} /shtp.auth.v1.AuthInternal/DeleteUser bad after 2 attempts: InvalidArgument: no$", listed);
        var id = listed[..36];
        var other = Guid.NewGuid().ToString();
        Assert.Equal((1, "", "'x' is no id of a message; 'outbox list' shows them."), await CommandAsync(sender, "drop", id, "x"));
        Assert.Equal((1, "", "Unknown arguments; there are outbox list | outbox retry | outbox drop ID..."), await CommandAsync(sender, "drop"));
        Assert.Equal(1, await CountAsync(parked: true));
        Assert.Equal((1, "1 parked messages are dropped", "1 of the 2 are not parked."), await CommandAsync(sender, "drop", other, id));

        await DrainedAsync();
        Assert.Equal(["bad/1"], await AppliedAsync());
        Assert.Equal((0, "", ""), await CommandAsync(sender, "list"));
        await using var db = OutboxTestDb.Open(_sending.ConnectionString);
        var kept = Assert.Single(await db.Set<Data.Audit.AuditEntry>().ToListAsync(Cancel));
        Assert.Equal(("Outbox.Drop", "operator", "OutboxMessage", id), (kept.Action, kept.ActorService, kept.ObjectKind, kept.ObjectId));
        Assert.Equal("""{"path":"/shtp.auth.v1.AuthInternal/DeleteUser","key":"bad"}""", kept.After);
    }

    private static async Task<(int Code, string Output, string Error)> CommandAsync(WebApplication sender, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await OutboxCommands.RunAsync(sender.Services, arguments, OperatorAudit.Record, output, error);
        return (code, output.ToString().TrimEnd(), error.ToString().TrimEnd());
    }

    [Fact]
    public async Task Enqueue_OneReceiverHangs_OthersHearAtOnceAndItIsAskedByOneMessageAtATime()
    {
        var hanging = new HangingReceiver();
        await using var notifications = await FakeService.StartAsync(ResourceNames.Notifications, hanging);
        using var sender = await StartSenderAsync(notifications.Configuration, new("Outbox:AttemptLimit", "00:00:01"));
        await using (var db = OutboxTestDb.Open(_sending.ConnectionString))
        {
            for (var i = 0; i < 50; i++)
                db.Enqueue(NotificationsInternal.Descriptor, nameof(NotificationsInternal.NotificationsInternalBase.DeleteUser), new DeleteUserRequest { UserId = $"{i}" }, $"notifications:{i}");
            await db.SaveChangesAsync(Cancel);
        }

        await Eventually.HoldsAsync(() => Task.FromResult(hanging.Attempts > 0), "the receiver hangs");
        var deliveries = sender.Services.GetRequiredService<OutboxDeliveries>();
        // Less than one attempt for each message would take in the slots of one queue.
        Assert.True(await deliveries.WaitAsync(await EnqueueAsync("other", 1), TimeSpan.FromSeconds(4), Cancel));

        await Eventually.HoldsAsync(() => Task.FromResult(hanging.Attempts >= 6), "it is given up for a while, and asked again");
        var (before, clock) = (hanging.Attempts, Stopwatch.StartNew());
        await Eventually.HoldsAsync(() => Task.FromResult(hanging.Attempts >= before + 3), "it is asked again");
        // Between three attempts that come one after the other lie two whole ones.
        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(1.8), $"three attempts within {clock.Elapsed}");

        hanging.Release();
        await DrainedAsync();
        Assert.Equal(50, hanging.Heard.Count);
    }

    [Fact]
    public async Task Claim_PlanThatAsksForDueMessagesAgain_TakesNoMoreThanItWasAskedFor()
    {
        await using var db = OutboxTestDb.Open(_sending.ConnectionString);
        await db.Database.OpenConnectionAsync(Cancel);
        // What Postgres finds best while its statistics are from before an import.
        await db.Database.ExecuteSqlAsync($"SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_hashagg = off; SET enable_sort = off; SET enable_material = off", Cancel);
        foreach (var key in Enumerable.Range(0, 100))
            Enqueue(db, $"key{key}", 0);
        await db.SaveChangesAsync(Cancel);

        var claimed = await db.Database.SqlQueryRaw<ClaimedMessage>(OutboxSql.Claim, 5, 60.0, Array.Empty<string>(), Array.Empty<int>()).ToListAsync(Cancel);

        Assert.Equal(5, claimed.Count);
    }

    [Fact]
    public async Task WaitAsync_Delivered_IsTrueAndUnreachable_IsFalse()
    {
        using var sender = await StartSenderAsync();
        var deliveries = sender.Services.GetRequiredService<OutboxDeliveries>();

        var delivered = await EnqueueAsync("a", 1);
        Assert.True(await deliveries.WaitAsync(delivered, TimeSpan.FromSeconds(10), Cancel));

        await _auth.DisposeAsync();
        var waits = await EnqueueAsync("b", 1);
        Assert.False(await deliveries.WaitAsync(waits, TimeSpan.FromMilliseconds(300), Cancel));
    }

    [Fact]
    public async Task ApplyOnceAsync_FiftySimultaneousDeliveries_AppliesOnce()
    {
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(_auth.GrpcAddress);
        var client = new AuthInternal.AuthInternalClient(channel);
        var headers = new Metadata
        {
            { "authorization", $"Bearer {TestTokens.Service(ResourceNames.Users, ResourceNames.Auth)}" },
            { OutboxExtensions.MessageIdHeader, Guid.NewGuid().ToString("D") },
        };

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
            await client.DeleteUserAsync(new DeleteUserRequest { UserId = "x/0" }, headers, DateTime.UtcNow.AddSeconds(20), Cancel)));

        Assert.Equal(["x/0"], await AppliedAsync());
    }

    private static Guid Enqueue(OutboxTestDb db, string key, int number) => db.Enqueue(
        AuthInternal.Descriptor, nameof(AuthInternal.AuthInternalBase.DeleteUser), new DeleteUserRequest { UserId = $"{key}/{number}" }, key);

    private async Task<Guid> EnqueueAsync(string key, int count)
    {
        await using var db = OutboxTestDb.Open(_sending.ConnectionString);
        var last = Guid.Empty;
        for (var i = 0; i < count; i++)
            last = Enqueue(db, key, i);
        await db.SaveChangesAsync(Cancel);
        return last;
    }

    private Task DrainedAsync() => Eventually.HoldsAsync(async () => await CountAsync(parked: false) + await CountAsync(parked: true) == 0, "the outbox is empty");

    private async Task<int> CountAsync(bool parked)
    {
        await using var db = OutboxTestDb.Open(_sending.ConnectionString);
        return (await db.Database.SqlQuery<int>($"""SELECT count(*)::int AS "Value" FROM outbox WHERE (parked_at IS NOT NULL) = {parked}""").ToListAsync(Cancel))[0];
    }

    private async Task<List<string>> AppliedAsync()
    {
        await using var db = OutboxTestDb.Open(_receiving.ConnectionString);
        return await db.Effects.OrderBy(effect => effect.Id).Select(effect => effect.Text).ToListAsync(Cancel);
    }

    private Task<WebApplication> StartSenderAsync(params KeyValuePair<string, string?>[] settings) => StartSenderAsync(ResourceNames.Users, settings);

    private async Task<WebApplication> StartSenderAsync(string service, params KeyValuePair<string, string?>[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = Path.GetTempPath() });
        builder.Configuration.AddInMemoryCollection(TestKeys.ConfigurationOf(service));
        builder.Configuration.AddInMemoryCollection(
        [
            _auth.Configuration,
            new("ConnectionStrings:usersdb", _sending.ConnectionString),
            new("Outbox:FirstRetryDelay", "00:00:00.010"),
            new("Outbox:MaxRetryDelay", "00:00:00.100"),
            new("Outbox:RefusedAttempts", "2"),
            new("Outbox:MaxCut", "00:00:00.500"),
            .. settings,
        ]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.AddServiceDefaults(service);
        builder.AddUserAccess(service);
        builder.AddServiceDatabase<OutboxTestDb>(ResourceNames.UsersDb);
        builder.AddOutbox<OutboxTestDb>();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        await app.StartAsync(Cancel);
        return app;
    }

    private sealed class Receiver(string connectionString) : AuthInternal.AuthInternalBase
    {
        private int _failures;

        public int FailuresAfterEffect { set => _failures = value; }

        public RpcException Failure { get; set; } = RpcErrors.Unavailable("the answer is lost");

        public string? Refuses { get; set; }

        public override async Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context)
        {
            if (request.UserId == Refuses)
                throw RpcErrors.Invalid("no");
            await using var db = OutboxTestDb.Open(connectionString);
            await db.ApplyOnceAsync(context, _ =>
            {
                db.Effects.Add(new Effect { Text = request.UserId });
                return Task.CompletedTask;
            });
            return Interlocked.Decrement(ref _failures) >= 0 ? throw Failure : new Empty();
        }
    }
}

/// <summary>Refuses one type of notification for good.</summary>
internal sealed class RefusingReceiver : NotificationsInternal.NotificationsInternalBase
{
    public const int Refused = 1;

    public volatile bool RefusesNothing;

    public ConcurrentQueue<int> Heard { get; } = new();

    public override Task<Empty> Notify(NotifyRequest request, ServerCallContext context)
    {
        if (request.Type == Refused && !RefusesNothing)
            throw RpcErrors.Invalid("data: must be shorter");
        Heard.Enqueue(request.Type);
        return Task.FromResult(new Empty());
    }
}

/// <summary>Takes calls and answers none of them until it is released, as a stopped process does.</summary>
internal sealed class HangingReceiver : NotificationsInternal.NotificationsInternalBase
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _attempts;

    public int Attempts => Volatile.Read(ref _attempts);

    public ConcurrentDictionary<string, bool> Heard { get; } = new();

    public void Release() => _released.SetResult();

    public override async Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context)
    {
        Interlocked.Increment(ref _attempts);
        await _released.Task.WaitAsync(context.CancellationToken);
        Heard[request.UserId] = true;
        return new Empty();
    }
}

internal sealed class OutboxTestDb(DbContextOptions<OutboxTestDb> options) : DbContext(options)
{
    public DbSet<Effect> Effects => Set<Effect>();

    public static OutboxTestDb Open(string connectionString) =>
        new(new DbContextOptionsBuilder<OutboxTestDb>().UseNpgsql(connectionString).UseSnakeCaseNamingConvention().Options);

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddOutboxAndInbox().AddAudit();
}

internal sealed class Effect
{
    public long Id { get; init; }

    public required string Text { get; init; }
}
