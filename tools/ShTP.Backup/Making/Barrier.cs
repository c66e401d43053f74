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
    // nobody who holds a lock waits for one that is held here.
    private static readonly Database[] LockOrder =
        [Database.Users, Database.Achievements, Database.Events, Database.Notifications, Database.Assignments, Database.Files, Database.Auth];

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
        foreach (var database in LockOrder)
        {
            var target = snapshots.Single(one => one.Target.Database == database).Target;
            barrier._connections[database] = (target, await target.ConnectAsync(cancellationToken));
        }

        var clock = Stopwatch.StartNew();
        while (await barrier.TryAsync(snapshots, cancellationToken) is { } busy)
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
    private async Task<string?> TryAsync(IReadOnlyList<DatabaseSnapshot> snapshots, CancellationToken cancellationToken)
    {
        _attempts++;
        var held = Stopwatch.StartNew();
        var transactions = new List<NpgsqlTransaction>();
        try
        {
            foreach (var database in LockOrder)
            {
                var (target, connection) = _connections[database];
                transactions.Add(await connection.BeginTransactionAsync(cancellationToken));
                if (!await LockAsync(target, connection, AttemptLimit - held.Elapsed, cancellationToken))
                    return target.Name;
            }

            await Task.WhenAll(snapshots.Where(one => !SeenLast.Contains(one.Target.Database)).Select(one => one.TakeAsync(cancellationToken)));
            await Task.WhenAll(snapshots.Where(one => SeenLast.Contains(one.Target.Database)).Select(one => one.TakeAsync(cancellationToken)));
            return null;
        }
        finally
        {
            await Task.WhenAll(transactions.Select(transaction => transaction.DisposeAsync().AsTask()));
            _held = held.Elapsed > _held ? held.Elapsed : _held;
        }
    }

    private static async Task<bool> LockAsync(Target target, NpgsqlConnection connection, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (limit < TimeSpan.FromMilliseconds(1))
            return false;
        // Should this process hang, the server ends its transaction.
        await using var command = new NpgsqlCommand(
            $"SET LOCAL lock_timeout = {(int)limit.TotalMilliseconds}; SET LOCAL idle_in_transaction_session_timeout = 5000; LOCK TABLE inbox IN SHARE MODE; LOCK TABLE outbox IN SHARE MODE", connection);
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
}
