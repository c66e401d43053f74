using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using ShTP.Auth.Data;
using ShTP.ServiceDefaults.Errors;

namespace ShTP.Auth.Sessions;

/// <summary>Opens sessions of people who have shown who they are.</summary>
internal sealed class SessionOpening(AuthDb db, IOptions<AuthOptions> options, TimeProvider time)
{
    public const string NoLogin = "No login";

    /// <summary>A session for tokens of <paramref name="issuedAt"/>, not stored yet.</summary>
    public Session Create(Guid user, DateTimeOffset issuedAt, string userAgent, string address)
    {
        var now = time.GetUtcNow();
        return new Session
        {
            Id = Guid.CreateVersion7(now),
            UserId = user,
            CreatedAt = now,
            LastUsedAt = now,
            ExpiresAt = issuedAt + options.Value.RefreshTokenLifetime,
            RefreshTokenId = Guid.NewGuid(),
            UserAgent = userAgent,
            Address = address,
        };
    }

    /// <exception cref="Grpc.Core.RpcException">PERMISSION_DENIED: the user was deleted while signing in.</exception>
    public async Task StoreAsync(Session session, CancellationToken cancellationToken)
    {
        db.Sessions.Add(session);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException gone) when (gone.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
        {
            throw Rpc.Denied(NoLogin);
        }
    }
}
