using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using ShTP.AuditChain;
using ShTP.Data.Audit;
using ShTP.Invariants;
using ShTP.Services.Tests.Invariants;
using ShTP.Users;
using ShTP.Verify;
using Xunit;

namespace ShTP.Services.Tests.Audits;

/// <summary>Whoever can write to a database changes the audit: every change of 10,000 entries is found.</summary>
public sealed class ChainTests(TenThousandEntries entries, ITestOutputHelper output) : IClassFixture<TenThousandEntries>
{
    private const string Broken = "audit-is-unbroken-usersdb";
    private const string Anchored = "audit-anchor-holds";

    private static readonly int Last = TenThousandEntries.Count;

    /// <summary>What is done, and what the check finds.</summary>
    public static TheoryData<string, string, string> Changes => new()
    {
        { "UPDATE audit SET id = gen_random_uuid() WHERE number = 5000", Broken, "5000" },
        { "UPDATE audit SET at = at + interval '1 microsecond' WHERE number = 1", Broken, "1" },
        { "UPDATE audit SET action = 'SignOut' WHERE number = 10000", Broken, "10000" },
        { "UPDATE audit SET is_refused = NOT is_refused WHERE number = 2", Broken, "2" },
        { "UPDATE audit SET actor_id = gen_random_uuid() WHERE number = 77", Broken, "77" },
        { "UPDATE audit SET actor_id = null WHERE number = 77", Broken, "77" },
        { "UPDATE audit SET actor_role = 'student' WHERE number = 9999", Broken, "9999" },
        { "UPDATE audit SET actor_service = 'auth' WHERE number = 3", Broken, "3" },
        { "UPDATE audit SET subject_ids = '{}' WHERE number = 4", Broken, "4" },
        { "UPDATE audit SET subject_ids = subject_ids || gen_random_uuid() WHERE number = 4", Broken, "4" },
        { "UPDATE audit SET object_kind = object_kind || 's' WHERE number = 5", Broken, "5" },
        { "UPDATE audit SET object_id = null WHERE number = 6", Broken, "6" },
        { "UPDATE audit SET before = after, after = before WHERE number = 7", Broken, "7" },
        { "UPDATE audit SET before = '' WHERE number = 8 AND before IS NULL", Broken, "8" },
        { "UPDATE audit SET after = replace(after, '7', '8') WHERE number = 4567", Broken, "4567" },
        { "UPDATE audit SET address = '192.0.2.2' WHERE number = 9", Broken, "9" },
        { "UPDATE audit SET request_id = trace_id, trace_id = request_id WHERE number = 10", Broken, "10" },
        { "UPDATE audit SET trace_id = null WHERE number = 11", Broken, "11" },
        { "UPDATE audit SET hash = sha256(hash) WHERE number = 12", Broken, "12" },
        { "UPDATE audit SET hash = sha256(hash) WHERE number = 10000", Anchored, "usersdb 10000" },
        { "DELETE FROM audit WHERE number = 1", Broken, "2" },
        { "DELETE FROM audit WHERE number = 6000", Broken, "6001" },
        { "DELETE FROM audit WHERE number = 10000", Anchored, "usersdb 10000" },
        { "DELETE FROM audit WHERE number > 9000", Anchored, "usersdb 10000" },
        { "DELETE FROM audit", Anchored, "usersdb 10000" },
        { "UPDATE audit SET number = -number WHERE number IN (20, 21); UPDATE audit SET number = 41 + number WHERE number IN (-20, -21)", Broken, "20" },
        { "UPDATE audit SET number = -1 WHERE number = 30; UPDATE audit SET number = 30 WHERE number = 40; UPDATE audit SET number = 40 WHERE number = -1", Broken, "30" },
        { "UPDATE audit SET number = 10001 WHERE number = 500", Broken, "501" },
        { "UPDATE audit SET number = null, hash = null WHERE number = 500", Broken, "501" },
        { "INSERT INTO audit SELECT gen_random_uuid(), at, action, is_refused, actor_id, actor_role, actor_service, subject_ids, object_kind, object_id, before, after, address, request_id, trace_id, 10001, sha256('x') FROM audit WHERE number = 1", Broken, "10001" },
        { "INSERT INTO audit SELECT gen_random_uuid(), at, action, is_refused, actor_id, actor_role, actor_service, subject_ids, object_kind, object_id, before, after, address, request_id, trace_id, 0, sha256('x') FROM audit WHERE number = 1", Broken, "0" },
    };

    [Fact]
    public async Task Chain_AsItWasWritten_IsWhole()
    {
        var start = Stopwatch.GetTimestamp();
        var report = await entries.CheckAsync();
        var elapsed = Stopwatch.GetElapsedTime(start);

        Assert.Empty(report.Violations);
        Assert.Equal((Last, Last), (report.Audits[Database.Users].Entries, report.Audits[Database.Users].Number));
        output.WriteLine($"sealed {Last} entries in {entries.Sealing.TotalMilliseconds:F0} ms ({Last / entries.Sealing.TotalSeconds:F0}/s)");
        output.WriteLine($"checked {Last} entries, and all invariants of seven databases, in {elapsed.TotalMilliseconds:F0} ms ({Last / elapsed.TotalSeconds:F0}/s)");
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Change_OfAnything_IsFound(string sql, string invariant, string id)
    {
        await using var own = await entries.CopyAsync();
        await own.ForceAsync(sql);

        var found = (await own.CheckAsync()).Violations.Select(violation => (violation.Invariant, violation.Id)).ToList();

        Assert.Contains((invariant, id), found);
        Assert.All(found, violation => Assert.StartsWith("audit-", violation.Invariant, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Program_OnAWholeAndAChangedAudit_PrintsTheHeadAndTheFault()
    {
        await using var own = await entries.CopyAsync();
        var head = $"audit of usersdb: 10000 entries, the last one is 10000 with the hash {await own.HashOfAsync(Last)}\n";
        var (code, text) = await RunAsync();
        Assert.Equal(VerifyRun.Healthy, code);
        Assert.StartsWith(head, text, StringComparison.Ordinal);

        await own.ForceAsync("UPDATE audit SET actor_id = null WHERE number = 4242");

        (code, text) = await RunAsync();
        Assert.Equal(VerifyRun.Violated, code);
        Assert.StartsWith($"{Broken}: 4242: does not have the hash", text, StringComparison.Ordinal);
        Assert.Contains(head, text, StringComparison.Ordinal);

        async Task<(int Code, string Text)> RunAsync()
        {
            using var printed = new StringWriter();
            var code = await VerifyRun.RunAsync(own.Arguments, printed, printed, CancellationToken.None);
            return (code, printed.ToString());
        }
    }

    /// <summary>With all the code: who can write to one database can make a whole chain, but not the one that was told.</summary>
    [Fact]
    public async Task Chain_WrittenAnew_IsFoundByItsAnchor()
    {
        await using var own = await entries.CopyAsync();
        await own.ForceAsync("UPDATE audit SET action = 'Nothing' WHERE number = 9000; UPDATE audit SET number = null, hash = null WHERE number >= 9000");
        await own.SealAsync();

        var report = await own.CheckAsync();

        Assert.Equal([(Anchored, "usersdb 10000")], report.Violations.Select(violation => (violation.Invariant, violation.Id)));
    }

    [Theory]
    [InlineData("UPDATE audit SET action = 'x' WHERE number = 5")]
    [InlineData("UPDATE audit SET number = 20000 WHERE number = 5")]
    [InlineData("UPDATE audit SET hash = null, number = null WHERE number = 5")]
    [InlineData("DELETE FROM audit WHERE number = 5")]
    [InlineData("DELETE FROM audit")]
    [InlineData("TRUNCATE audit")]
    public async Task Statement_ThatChangesEntries_IsRefused(string sql)
    {
        await using var own = await entries.CopyAsync();
        var fault = await Assert.ThrowsAsync<PostgresException>(() => own.ExecuteAsync(sql));
        Assert.Equal(PostgresErrorCodes.RestrictViolation, fault.SqlState);
        Assert.Empty((await own.CheckAsync()).Violations);
    }

    [Theory]
    [InlineData("UPDATE audit SET number = 20000, hash = sha256('x'), action = 'x' WHERE number IS NULL")]
    [InlineData("UPDATE audit SET action = 'x' WHERE number IS NULL")]
    [InlineData("DELETE FROM audit WHERE number IS NULL")]
    public async Task Statement_ThatChangesAnEntryBeforeItIsSealed_IsRefused(string sql)
    {
        await using var own = await entries.CopyAsync();
        await own.AddAsync("Late");
        Assert.Equal(PostgresErrorCodes.RestrictViolation, (await Assert.ThrowsAsync<PostgresException>(() => own.ExecuteAsync(sql))).SqlState);
    }

    [Fact]
    public async Task Beginning_RemovedByTheRules_LeavesTheRestWhole()
    {
        await using var own = await entries.CopyAsync();
        await own.AddAsync(AuditActions.Removed, new() { ["number"] = 4000, ["hash"] = await own.HashOfAsync(4000) });
        await own.SealAsync();

        await Assert.ThrowsAsync<PostgresException>(() => own.ExecuteAsync("DELETE FROM audit WHERE number <= 4001"));
        Assert.Equal(4000, await own.ExecuteAsync("DELETE FROM audit WHERE number <= 4000"));

        var report = await own.CheckAsync();
        Assert.Empty(report.Violations);
        Assert.Equal((6001, 10001), (report.Audits[Database.Users].Entries, report.Audits[Database.Users].Number));
        await own.ForceAsync("DELETE FROM audit WHERE number = 4001");
        Assert.Equal([(Broken, "4002")], (await own.CheckAsync()).Violations.Select(violation => (violation.Invariant, violation.Id)));
    }

    [Fact]
    public async Task Beginning_WhoseTimeIsOver_IsRemovedInBatches_AndTheRestIsWhole()
    {
        const int Batch = 1000;
        await using var own = await entries.CopyAsync();
        var kept = TimeSpan.FromDays(366);
        DateTimeOffset dueAt;
        await using (var db = own.Open())
            dueAt = (await db.Set<AuditEntry>().SingleAsync(entry => entry.Number == 2500)).At + kept;

        // Two full batches are due and half of one, which waits until it is late.
        Assert.Equal([0, 1000, 0, 1000, 0, 0], await ApplyAsync(dueAt.AddMicroseconds(-1), 6));
        Assert.Empty((await own.CheckAsync()).Violations);
        var head = (await own.CheckAsync()).Audits[Database.Users];
        Assert.Equal((8002, 10002), (head.Entries, head.Number));

        // By then everything is due, and goes batch by batch.
        Assert.Equal([0, 1000, 0, 1000], await ApplyAsync(dueAt + TimeSpan.FromDays(31), 4));
        Assert.Empty((await own.CheckAsync()).Violations);

        async Task<List<int>> ApplyAsync(DateTimeOffset now, int times)
        {
            var deleted = new List<int>();
            for (var i = 0; i < times; i++)
            {
                await using var db = own.Open();
                deleted.Add(await AuditRetention.Rule<UsersDb>(kept).ApplyAsync(db, now, Batch, TestContext.Current.CancellationToken));
                await own.SealAsync();
            }

            return deleted;
        }
    }

    [Fact]
    public async Task Entry_OfAnotherLength_HasAnotherHash()
    {
        var content = await entries.FirstAsync();
        // What moves from one field to the next, or is nothing instead of empty.
        EntryContent[] alike =
        [
            content, content with { ObjectKind = "Grou", ObjectId = "p" + content.ObjectId }, content with { ActorService = "" }, content with { ActorService = null, ObjectKind = "" },
            content with { SubjectIds = [] }, content with { SubjectIds = [content.Id, content.Id] }, content with { IsRefused = true }, content with { At = content.At.AddMicroseconds(1) },
        ];
        var hashes = alike.Select(one => Convert.ToHexString(ChainHash.Of(ChainHash.Start, 1, one))).ToList();
        Assert.Equal(hashes.Count, hashes.Distinct().Count());
        Assert.NotEqual(hashes[0], Convert.ToHexString(ChainHash.Of(ChainHash.Start, 2, content)));
        Assert.NotEqual(hashes[0], Convert.ToHexString(ChainHash.Of(Convert.FromHexString(hashes[0]), 1, content)));
    }

    /// <summary>Entries are committed in another order than they were written, and two processes seal at once: there is one chain without gaps.</summary>
    [Fact]
    public async Task Seal_WhileOthersWriteAndSeal_MakesOneChain()
    {
        await using var databases = await SchoolDatabases.CreateAsync();
        await using var own = new AuditedSchool(databases);
        using var stop = new CancellationTokenSource();
        var sealers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await own.SealAsync();
        })).ToList();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
                await own.AddSlowlyAsync(string.Create(CultureInfo.InvariantCulture, $"Writer{writer}"), milliseconds: (writer * 7 + i) % 5);
        })));
        await stop.CancelAsync();
        await Task.WhenAll(sealers);
        await own.SealAsync();

        var report = await own.CheckAsync();
        Assert.Empty(report.Violations);
        Assert.Equal((200, 200), (report.Audits[Database.Users].Entries, report.Audits[Database.Users].Number));
    }
}
