using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ShTP.Rpc.Errors;

namespace ShTP.Auth.Login;

/// <summary>
/// Limits password guesses. A device on which the user signed in before has a budget of its own. All others share one for
/// each account (existing or not), and are delayed exponentially per account and address, sooner where many accounts have failed;
/// what fails at other accounts refuses nobody. It is checked before the password check and again after it: concurrent guesses pass
/// the first check, but are refused once their failures count.
/// </summary>
internal sealed class LoginThrottle(AuthDb db, IOptions<ThrottleOptions> options, TimeProvider time)
{
    // Failures at an account before it is delayed at an address that is over its budget: who mistypes once is heard there too.
    private const int FewFailures = 2;

    private static readonly TimeSpan RememberedFor = TimeSpan.FromHours(1);

    public static byte[] Key(string kind, string value) => SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}:{value}"));

    /// <summary>
    /// What an attempt is measured by, after a first <see cref="ThrowIfBlockedAsync"/> in the same query. <paramref name="user"/> is null
    /// for an account that does not exist, which asks as much as any other, so that all take the same time.
    /// </summary>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED with the time to wait.</exception>
    public async Task<LoginAttempt> FindAsync(string email, Guid? user, ClientOfSession client, CancellationToken cancellationToken)
    {
        var (network, place, since) = (NetworkOf(client.Address), PlaceKey(user ?? Guid.Empty, client), time.GetUtcNow() - options.Value.DevicesKnownFor);
        var known = KnownKey(user, client);
        var stranger = new LoginAttempt(Key("account at address", $"{email} {network}"), Key("account", email), Key("address", network));
        byte[][] keys = [known ?? place, stranger.Own, stranger.Account!];
        var rows = await FailuresOf(keys)
            .Concat(db.KnownPlaces.Where(here => here.Key == place && here.LastAt > since).Select(here => new KeyRow { Key = here.Key, LastAt = here.LastAt, BlockedUntil = null }))
            .ToListAsync(cancellationToken);

        var lastHere = rows.Find(row => row.BlockedUntil is null)?.LastAt;
        var attempt = (known is null && lastHere is null ? stranger : new LoginAttempt(known ?? place)) with { LastHere = lastHere };
        ThrowIfBlocked(attempt, rows.FindAll(row => row.BlockedUntil is not null));
        return attempt;
    }

    /// <summary>Refuses while the attempt is delayed.</summary>
    /// <returns>Whether the attempt's own failures are stored, for <see cref="ForgetAsync"/>.</returns>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED with the time to wait.</exception>
    public async Task<bool> ThrowIfBlockedAsync(LoginAttempt attempt, CancellationToken cancellationToken)
    {
        byte[][] keys = attempt.Account is { } account ? [attempt.Own, account] : [attempt.Own];
        return ThrowIfBlocked(attempt, await FailuresOf(keys).ToListAsync(cancellationToken));
    }

    private IQueryable<KeyRow> FailuresOf(byte[][] keys) => db.LoginFailures.Where(failures => keys.Contains(failures.Key))
        .Select(failures => new KeyRow { Key = failures.Key, LastAt = failures.LastAt, BlockedUntil = failures.BlockedUntil });

    private bool ThrowIfBlocked(LoginAttempt attempt, List<KeyRow> failures)
    {
        var now = time.GetUtcNow();
        var end = failures.Where(row => row.IsOf(attempt.Own) || row.IsOf(attempt.Account)).Max(row => row.BlockedUntil);
        if (end > now)
            throw RpcErrors.TooMany("Too many failed attempts, try again later", end.Value - now);
        return failures.Exists(row => row.IsOf(attempt.Own));
    }

    /// <summary>Counts a failure.</summary>
    public async Task CountAsync(LoginAttempt attempt, CancellationToken cancellationToken)
    {
        var (address, free, now) = (attempt.Address, options.Value.AccountFailures, time.GetUtcNow());
        if (address is not null && await db.LoginFailures.AnyAsync(failures => failures.Key == address && failures.BlockedUntil > now, cancellationToken))
            free = Math.Min(free, FewFailures);
        // First what concurrent guesses at the account are refused by.
        await DelayAsync(attempt.Own, free, cancellationToken);
        if (attempt.Account is { } account)
            await SpendAsync(account, options.Value.AccountGuesses / 2, cancellationToken);
        if (address is not null)
            await SpendAsync(address, options.Value.AddressFailures, cancellationToken);
    }

    /// <summary>Clears the own failures after a success. Those of account and address stay, because an attacker may have caused them.</summary>
    public Task ForgetAsync(LoginAttempt attempt, CancellationToken cancellationToken) =>
        db.LoginFailures.Where(failures => failures.Key == attempt.Own).ExecuteDeleteAsync(cancellationToken);

    /// <summary>Makes a device known, by network and User-Agent; exact to <see cref="RememberedFor"/>, so that most sign-ins write nothing.</summary>
    public async Task RememberAsync(Guid user, ClientOfSession client, LoginAttempt attempt, CancellationToken cancellationToken)
    {
        var (key, now) = (PlaceKey(user, client), time.GetUtcNow());
        if (now - attempt.LastHere < RememberedFor)
            return;
        // Nothing for a user who was deleted concurrently.
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO known_places (key, user_id, last_at) SELECT {key}, user_id, {now} FROM credentials WHERE user_id = {user} FOR KEY SHARE
            ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at
            """, cancellationToken);
    }

    /// <summary>The key of a device that proves that the user signed in there; null of any other.</summary>
    private static byte[]? KnownKey(Guid? user, ClientOfSession client) => user switch
    {
        { } id when client.Former?.UserId == id => Key("session", client.Former.Id.ToString()),
        { } id when client.Browser?.Users.Contains(id) == true => Key("browser", $"{client.Browser.Id} {id}"),
        _ => null,
    };

    private async Task DelayAsync(byte[] key, int free, CancellationToken cancellationToken)
    {
        var (first, longest, now) = (options.Value.FirstWait, options.Value.LongestWait, time.GetUtcNow());
        var forgotten = now - options.Value.ForgetAfter;
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO login_failures AS f (key, count, last_at, blocked_until)
            VALUES ({key}, 1, {now}, CASE WHEN {free} <= 1 THEN {now} + {first} ELSE {now} END)
            ON CONFLICT (key) DO UPDATE SET
                count = CASE WHEN f.last_at < {forgotten} THEN 1 ELSE f.count + 1 END,
                last_at = {now},
                blocked_until = CASE
                    WHEN f.last_at < {forgotten} OR f.count + 1 < {free} THEN {now}
                    ELSE {now} + least({longest}, {first} * power(2, least(f.count + 1 - {free}, 30))) END
            """, cancellationToken);
    }

    // So many may come at once, and come back over the day: within 24 hours they are never more than twice that.
    private async Task SpendAsync(byte[] key, int atOnce, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (full, interval) = (now - ThrottleOptions.Day, ThrottleOptions.Day / (atOnce - 1));
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO login_failures AS f (key, count, last_at, blocked_until) VALUES ({key}, 1, {now}, {full} + {interval})
            ON CONFLICT (key) DO UPDATE SET count = f.count + 1, last_at = {now}, blocked_until = greatest(f.blocked_until, {full}) + {interval}
            """, cancellationToken);
    }

    private static byte[] PlaceKey(Guid user, ClientOfSession client) => Key("place", $"{user} {NetworkOf(client.Address)} {client.UserAgent}");

    // IPv6 customers get networks of 64 bits, which count as one.
    private static string NetworkOf(string address) =>
        IPAddress.TryParse(address, out var ip) && ip is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
            ? Convert.ToHexString(ip.GetAddressBytes().AsSpan(0, 8))
            : address;

    /// <summary>The failures of a key, or with null for the time of the end a known place.</summary>
    private sealed class KeyRow
    {
        public required byte[] Key { get; init; }

        public required DateTimeOffset LastAt { get; init; }

        public required DateTimeOffset? BlockedUntil { get; init; }

        public bool IsOf(byte[]? key) => key is not null && Key.AsSpan().SequenceEqual(key);
    }
}
