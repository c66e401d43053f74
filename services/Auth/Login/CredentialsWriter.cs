using Microsoft.EntityFrameworkCore;
using ShTP.Auth.Accounts;
using ShTP.Auth.Passwords;
using ShTP.Auth.Sessions;
using ShTP.Rpc.Errors;

namespace ShTP.Auth.Login;

/// <summary>Stores credentials from Users.</summary>
internal sealed class CredentialsWriter(AuthDb db, Identities identities, TokenIssuer tokens, TimeProvider time)
{
    private const int MaxCredentials = 5000;

    /// <summary>The checked credentials of a request.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming every fault by index.</exception>
    public static List<Credentials> Read(V1.SetCredentialsRequest request)
    {
        var checks = new FieldChecks();
        if (request.Credentials.Count is 0 or > MaxCredentials)
            checks.Add("credentials", $"must have 1 to {MaxCredentials} items");
        checks.ThrowIfInvalid();
        var all = request.Credentials.Select((credentials, i) => Read(credentials, $"credentials[{i}]", checks)).ToList();
        if (all.DistinctBy(credentials => credentials.UserId).Count() != all.Count || all.DistinctBy(credentials => credentials.Email).Count() != all.Count)
            checks.Add("credentials", "must not name a user or an e-mail twice");
        checks.ThrowIfInvalid();
        return all;
    }

    /// <summary>
    /// Frees e-mails of users who no longer exist. Their deletion is delivered separately, and may arrive after the
    /// message that gives the e-mail to another user.
    /// </summary>
    public async Task ForgetGoneHoldersAsync(List<Credentials> credentials, CancellationToken cancellationToken)
    {
        foreach (var holder in await OtherHoldersAsync(credentials, cancellationToken))
        {
            if (await identities.FindRoleAsync(holder, cancellationToken) is null)
                await db.Credentials.Where(known => known.UserId == holder).ExecuteDeleteAsync(cancellationToken);
        }
    }

    /// <summary>Creates or replaces credentials, except for deleted users. A replaced password ends the user's sessions.</summary>
    /// <exception cref="Grpc.Core.RpcException">ALREADY_EXISTS: the outbox of Users parks the message after a few attempts.</exception>
    public async Task WriteAsync(List<Credentials> credentials, CancellationToken cancellationToken)
    {
        if ((await OtherHoldersAsync(credentials, cancellationToken)).Count > 0)
            throw RpcErrors.Conflict("Another user has the e-mail");
        var ids = credentials.ConvertAll(wanted => wanted.UserId);
        // Locked before sessions end: a sign-in with the old password either waits, or its session ends too.
        var known = await db.Credentials.FromSql($"SELECT * FROM credentials WHERE user_id = ANY ({ids}) ORDER BY user_id FOR NO KEY UPDATE")
            .ToDictionaryAsync(stored => stored.UserId, cancellationToken);
        var deleted = await db.FindDeletedAsync(ids, cancellationToken);
        foreach (var wanted in credentials.Where(wanted => !deleted.Contains(wanted.UserId)))
        {
            if (!known.TryGetValue(wanted.UserId, out var stored))
            {
                db.Credentials.Add(wanted);
                continue;
            }

            if (stored.PasswordHash != wanted.PasswordHash)
                await db.EndSessionsAsync(stored.UserId, only: null, except: null, time.GetUtcNow(), tokens.Memory, cancellationToken);
            (stored.Email, stored.PasswordHash, stored.MustChange) = (wanted.Email, wanted.PasswordHash, wanted.MustChange);
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Gives a user another e-mail, and ends the user's sessions; nothing for a user without credentials.</summary>
    /// <exception cref="Grpc.Core.RpcException">ALREADY_EXISTS.</exception>
    public async Task MoveAsync(Credentials wanted, CancellationToken cancellationToken)
    {
        if ((await OtherHoldersAsync([wanted], cancellationToken)).Count > 0)
            throw RpcErrors.Conflict("Another user has the e-mail");
        await db.Credentials.Where(known => known.UserId == wanted.UserId).ExecuteUpdateAsync(set => set.SetProperty(known => known.Email, wanted.Email), cancellationToken);
        await db.EndSessionsAsync(wanted.UserId, only: null, except: null, time.GetUtcNow(), tokens.Memory, cancellationToken);
    }

    private async Task<List<Guid>> OtherHoldersAsync(List<Credentials> credentials, CancellationToken cancellationToken)
    {
        var owners = credentials.ToDictionary(wanted => wanted.Email, wanted => wanted.UserId);
        var holders = await db.Credentials.AsNoTracking()
            .Where(known => owners.Keys.Contains(known.Email))
            .Select(known => new { known.UserId, known.Email })
            .ToListAsync(cancellationToken);
        return [.. holders.Where(holder => owners[holder.Email] != holder.UserId).Select(holder => holder.UserId)];
    }

    private static Credentials Read(V1.Credentials credentials, string field, FieldChecks checks)
    {
        if (!PasswordHashes.IsHash(credentials.PasswordHash))
            checks.Add($"{field}.passwordHash", "is not a password hash that Auth can check");
        return new Credentials
        {
            UserId = checks.Uuid(credentials.UserId, $"{field}.userId"),
            Email = checks.Email(credentials.Email, $"{field}.email"),
            PasswordHash = credentials.PasswordHash,
            MustChange = credentials.MustChange,
        };
    }
}
