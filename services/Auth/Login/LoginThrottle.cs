using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ShTP.Auth.Data;
using ShTP.Rpc.Errors;

namespace ShTP.Auth.Login;

/// <summary>
/// Delays password guesses exponentially, per account (existing or not) and per address. It is checked before the
/// password check and again after it: concurrent guesses pass the first check, but are refused once their failures
/// count.
/// </summary>
internal sealed class LoginThrottle(AuthDb db, IOptions<ThrottleOptions> options, TimeProvider time)
{
    /// <summary>The key of an account, by the typed e-mail.</summary>
    public static byte[] AccountKey(string email) => Key("account", email);

    /// <summary>The key of a user who changes the password.</summary>
    public static byte[] UserKey(Guid user) => Key("user", user.ToString());

    /// <summary>The key of an address. IPv6 customers get networks of 64 bits, which count as one.</summary>
    public static byte[] AddressKey(string address)
    {
        if (IPAddress.TryParse(address, out var ip) && ip is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false })
            address = Convert.ToHexString(ip.GetAddressBytes().AsSpan(0, 8));
        return Key("address", address);
    }

    /// <summary>Refuses while one of the keys is delayed.</summary>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED with the time to wait.</exception>
    public async Task ThrowIfBlockedAsync(IReadOnlyCollection<byte[]> keys, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var blockedUntil = await db.LoginFailures
            .Where(failures => keys.Contains(failures.Key) && failures.BlockedUntil > now)
            .MaxAsync(failures => (DateTimeOffset?)failures.BlockedUntil, cancellationToken);
        if (blockedUntil is { } end)
            throw RpcErrors.TooMany("Too many failed attempts, try again later", end - now);
    }

    /// <summary>Counts a failure.</summary>
    public async Task CountAsync(byte[] accountKey, byte[]? addressKey, CancellationToken cancellationToken)
    {
        await CountAsync(accountKey, options.Value.AccountFailures, options.Value.LongestWait, cancellationToken);
        if (addressKey is not null)
            await CountAsync(addressKey, options.Value.AddressFailures, options.Value.LongestAddressWait, cancellationToken);
    }

    /// <summary>Clears the failures of an account after a success. Those of the address stay, because an attacker may own an account.</summary>
    public Task ForgetAsync(byte[] accountKey, CancellationToken cancellationToken) =>
        db.LoginFailures.Where(failures => failures.Key == accountKey).ExecuteDeleteAsync(cancellationToken);

    private async Task CountAsync(byte[] key, int free, TimeSpan longest, CancellationToken cancellationToken)
    {
        var (first, now) = (options.Value.FirstWait, time.GetUtcNow());
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

    private static byte[] Key(string kind, string value) => SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}:{value}"));
}
