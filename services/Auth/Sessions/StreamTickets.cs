using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace ShTP.Auth.Sessions;

/// <summary>
/// One-time tickets for streams, which browsers open without a header. They are tokens of OpenIddict, which stores a hash of
/// each, lets one of any number of callers use it, and whose expired ones are cleaned away.
/// </summary>
internal sealed class StreamTickets(AuthDb db, IOpenIddictTokenManager tickets, UserRights rights, TokenIssuer tokens, TimeProvider time)
{
    /// <summary>How long a ticket can be used.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    private const string Type = "stream_ticket";
    private const string Session = "sid";
    private const int Size = 32;

    /// <summary>A ticket for the session of the caller.</summary>
    public async Task<string> CreateAsync(CurrentUser user, CancellationToken cancellationToken)
    {
        var (ticket, now) = (Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Size)), time.GetUtcNow());
        await tickets.CreateAsync(new OpenIddictTokenDescriptor
        {
            Type = Type,
            ReferenceId = ticket,
            Subject = user.Id.ToString(),
            Status = Statuses.Valid,
            CreationDate = now,
            ExpirationDate = now + Lifetime,
            Properties = { [Session] = JsonSerializer.SerializeToElement(user.SessionId) },
        }, cancellationToken);
        return ticket;
    }

    /// <summary>An access token of the session that the ticket is for.</summary>
    /// <exception cref="RpcException">NOT_FOUND when it is no ticket, was used, has expired, or the session has ended.</exception>
    public async Task<string> RedeemAsync(string text, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (text.Length == 0 || await tickets.FindByReferenceIdAsync(text, cancellationToken) is not { } ticket
            || !await tickets.HasTypeAsync(ticket, Type, cancellationToken)
            || !await tickets.HasStatusAsync(ticket, Statuses.Valid, cancellationToken)
            || !(await tickets.GetExpirationDateAsync(ticket, cancellationToken) > now)
            || !await tickets.TryRedeemAsync(ticket, cancellationToken))
        {
            throw Refused();
        }

        var id = SessionOf(await tickets.GetPropertiesAsync(ticket, cancellationToken));
        var session = await db.Sessions.AsNoTracking().SingleOrDefaultAsync(open => open.Id == id && open.EndedAt == null && open.ExpiresAt > now, cancellationToken) ?? throw Refused();
        try
        {
            var (role, version) = await rights.FindAsync(session.UserId, cancellationToken);
            return tokens.AccessToken(session.Id, session.UserId, role, version);
        }
        catch (RpcException gone) when (gone.StatusCode == StatusCode.Unauthenticated)
        {
            throw Refused();
        }
    }

    private static Guid SessionOf(ImmutableDictionary<string, JsonElement> properties) => properties[Session].GetGuid();

    // Not UNAUTHENTICATED, which between services is about the identity of the caller.
    private static RpcException Refused() => RpcErrors.NotFound("The ticket was used, has expired or is none");
}
