using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using ShTP.Api.V1;
using ShTP.AuditChain;
using ShTP.Auth;
using ShTP.Data.Audit;
using ShTP.Invariants;
using ShTP.Services.Tests.Invariants;
using ShTP.Testing;
using Xunit;
using AuditEntry = ShTP.Data.Audit.AuditEntry;

namespace ShTP.Services.Tests.Audits;

/// <summary>10,000 sealed entries of Users, whose head Auth knows.</summary>
public sealed class TenThousandEntries : IAsyncLifetime
{
    public const int Count = 10_000;

    private SchoolDatabases _databases = null!;
    private AuditedSchool _school = null!;

    public TimeSpan Sealing { get; private set; }

    public Task<InvariantReport> CheckAsync() => _school.CheckAsync();

    /// <summary>A copy of the database with the entries, beside the other databases.</summary>
    internal async Task<AuditedSchool> CopyAsync()
    {
        var copy = await PostgresServer.CopyAsync(new NpgsqlConnectionStringBuilder(_databases.ConnectionStrings[Database.Users]).Database!);
        return new AuditedSchool(_databases, new Dictionary<Database, string> { [Database.Users] = copy.ConnectionString }, copy.DisposeAsync);
    }

    public async Task<EntryContent> FirstAsync()
    {
        await using var db = _school.Open();
        return (await db.Set<AuditEntry>().AsNoTracking().OrderBy(entry => entry.Number).FirstAsync()).ToContent();
    }

    public async ValueTask InitializeAsync()
    {
        _databases = await SchoolDatabases.CreateAsync();
        _school = new AuditedSchool(_databases);
        await using (var db = _school.Open())
        {
            for (var i = 0; i < Count; i++)
            {
                db.Record(new AuditFact("GroupsService.UpdateGroup")
                {
                    ActorId = Guid.CreateVersion7(),
                    ActorRole = Role.Teacher,
                    SubjectIds = [Guid.CreateVersion7()],
                    ObjectKind = "Group",
                    ObjectId = $"{Guid.CreateVersion7()}",
                    After = new() { ["name"] = $"Группа 7 {i}" },
                    Address = "192.0.2.1",
                });
            }

            await db.SaveChangesAsync();
        }

        // Facts of calls, which this test has none of; before they are sealed, with the trigger off.
        await _school.ForceAsync("UPDATE audit SET request_id = 'request ' || id, trace_id = 'trace ' || id");
        var start = Stopwatch.GetTimestamp();
        await _school.SealAsync();
        Sealing = Stopwatch.GetElapsedTime(start);
        await using var auth = new AuthDb(new DbContextOptionsBuilder<AuthDb>().UseNpgsql(_databases.ConnectionStrings[Database.Auth] + ";Pooling=false").UseSnakeCaseNamingConvention().Options);
        auth.Record(new AuditFact(AuditActions.Anchor) { ObjectKind = "Audit", ObjectId = "users", After = new() { ["number"] = Count, ["hash"] = await _school.HashOfAsync(Count) } });
        await auth.SaveChangesAsync();
    }

    public ValueTask DisposeAsync() => _databases.DisposeAsync();
}
