using System.Data;
using System.Diagnostics;
using Npgsql;
using ShTP.Backup.Postgres;
using ShTP.Invariants;

namespace ShTP.Backup.Making;

/// <summary>
/// Takes the snapshots of all databases while no message between services is sent, received or marked as delivered, so
/// that together they are one moment (docs/decisions/0039-backups-at-one-moment.md). Writers wait for it on the tables
/// <c>outbox</c> and <c>inbox</c>; reading goes on.
/// </summary>
internal sealed class Barrier : IAsyncDisposable
{
    /// <summary>How it went.</summary>
    /// <param name="Held">How long writes waited at most.</param>
    /// <param name="Attempts">How many attempts it took.</param>
    internal readonly record struct Passage(TimeSpan Held, int Attempts);

    // PostgreSQL looks for deadlocks after a second and would end transactions of services: this gives way before.
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // A transaction of Users waits for a call to Auth, and a receiver writes its inbox before its outbox: in the same order
    // no transaction that holds a lock waits for one that is held here.
    private static readonly Database[][] LockOrder =
        [[Database.Users], [Database.Achievements, Database.Events, Database.Notifications, Database.Assignments, Database.Files], [Database.Auth]];

    private const string Exclusion = "SHARE";

    // Neither reads nor writes wait for it.
    private const string Rehearsal = "ACCESS SHARE";

    // Others refer to people, groups and files, some of which come without a message: seen last, they are there.
    private static readonly Database[] SeenLast = [Database.Users, Database.Files];

    private readonly Dictionary<Database, (Target Target, NpgsqlConnection Connection)> _connections = [];

    private TimeSpan _held;
    private int _attempts;

    private Barrier()
    {
    }

    /// <summary>Takes all snapshots at one moment.</summary>
    /// <exception cref="BackupException">Some transaction did not end within the limit, or a database cannot be used.</exception>
    public static async Task<Passage> PassAsync(IReadOnlyList<DatabaseSnapshot> snapshots, TimeSpan limit, CancellationToken cancellationToken)
    {
        await using var barrier = new Barrier();
        foreach (var database in LockOrder.SelectMany(databases => databases))
        {
            var target = snapshots.Single(one => one.Target.Database == database).Target;
            barrier._connections[database] = (target, await target.ConnectAsync(cancellationToken));
        }

        // Once without locks that anybody waits for: what is compiled and loaded the first time is not part of the barrier.
        await barrier.TryAsync(snapshots, Rehearsal, cancellationToken);
        await Task.WhenAll(snapshots.Select(one => one.ReleaseAsync()));
        (barrier._attempts, barrier._held) = (0, TimeSpan.Zero);
        var clock = Stopwatch.StartNew();
        while (await barrier.TryAsync(snapshots, Exclusion, cancellationToken) is { } busy)
        {
            if (clock.Elapsed > limit)
                throw new BackupException($"No moment was found at which no message is on its way: in {barrier._attempts} attempts within {clock.Elapsed.TotalSeconds:0} s, the last time a transaction on {busy} did not end. Try again later.");
            await Task.Delay(Random.Shared.NextDouble() * LongestPause, cancellationToken);
        }

        return new Passage(barrier._held, barrier._attempts);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, connection) in _connections.Values)
            await connection.DisposeAsync();
        _connections.Clear();
    }

    /// <summary>The database that was busy, or null when all snapshots are taken.</summary>
    private async Task<string?> TryAsync(IReadOnlyList<DatabaseSnapshot> snapshots, string mode, CancellationToken cancellationToken)
    {
        _attempts++;
        var held = Stopwatch.StartNew();
        var isReleased = false;
        try
        {
            foreach (var databases in LockOrder)
            {
                var limit = AttemptLimit - held.Elapsed;
                var busy = await Task.WhenAll(databases.Select(async database => await LockAsync(database, mode, limit, cancellationToken) ? null : database.NameOf()));
                if (busy.FirstOrDefault(name => name is not null) is { } name)
                    return name;
            }

            await Task.WhenAll(snapshots.Where(one => !SeenLast.Contains(one.Target.Database)).Select(one => one.TakeAsync(cancellationToken)));
            await Task.WhenAll(snapshots.Where(one => SeenLast.Contains(one.Target.Database)).Select(one => one.TakeAsync(cancellationToken)));
            // Fails where the server has ended a transaction: then the snapshots may not be one moment.
            await Task.WhenAll(_connections.Values.Select(one => ReleaseAsync(one.Target, one.Connection)));
            isReleased = true;
            return null;
        }
        finally
        {
            if (!isReleased)
                await Task.WhenAll(_connections.Values.Where(one => one.Connection.FullState == ConnectionState.Open).Select(one => ReleaseAsync(one.Target, one.Connection)));
            _held = held.Elapsed > _held ? held.Elapsed : _held;
        }
    }

    private async Task<bool> LockAsync(Database database, string mode, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (limit < TimeSpan.FromMilliseconds(1))
            return false;
        var (target, connection) = _connections[database];
        // Should this process hang, the server ends its transaction.
        await using var command = new NpgsqlCommand(
            $"""
            BEGIN; SET LOCAL lock_timeout = {(int)limit.TotalMilliseconds}; SET LOCAL idle_in_transaction_session_timeout = 5000;
            LOCK TABLE inbox IN {mode} MODE; LOCK TABLE outbox IN {mode} MODE
            """, connection);
        return await target.NamedAsync(async () =>
        {
            try
            {
                await command.ExecuteNonQueryAsync(cancellationToken);
                return true;
            }
            catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                return false;
            }
        });
    }

    // Without a transaction the server only warns.
    private static async Task ReleaseAsync(Target target, NpgsqlConnection connection) => await target.NamedAsync(async () =>
    {
        if (connection.FullState != ConnectionState.Open)
            throw new BackupException($"{target.Name}: the connection was lost while its messages were held back.");
        await using var command = new NpgsqlCommand("ROLLBACK", connection);
        return await command.ExecuteNonQueryAsync(CancellationToken.None);
    });
}
