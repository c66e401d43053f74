using Microsoft.EntityFrameworkCore;

namespace ShTP.Events.Calendars;

/// <summary>Addresses of calendars: created on first use, replaced on request.</summary>
internal sealed class CalendarAddresses(EventsDb db, CalendarSecrets secrets)
{
    private const string Extension = ".ics";

    /// <summary>The path of the user's calendar.</summary>
    public Task<string> GetAsync(Guid user, CancellationToken cancellationToken) =>
        // An update without changes returns the existing row, also when a concurrent request created it.
        PathAsync(
            $"""
            INSERT INTO calendar_addresses (user_id, nonce) VALUES ({user}, {CalendarSecrets.NewNonce()})
            ON CONFLICT (user_id) DO UPDATE SET nonce = calendar_addresses.nonce RETURNING nonce
            """, cancellationToken);

    /// <summary>A new path; the old one stops working.</summary>
    public Task<string> RenewAsync(Guid user, CancellationToken cancellationToken) =>
        PathAsync(
            $"""
            INSERT INTO calendar_addresses (user_id, nonce) VALUES ({user}, {CalendarSecrets.NewNonce()})
            ON CONFLICT (user_id) DO UPDATE SET nonce = excluded.nonce RETURNING nonce
            """, cancellationToken);

    /// <summary>The user of the calendar; null when there is no such calendar.</summary>
    public async Task<Guid?> FindUserAsync(string file, CancellationToken cancellationToken)
    {
        if (!file.EndsWith(Extension, StringComparison.Ordinal) || secrets.NonceOf(file[..^Extension.Length]) is not { } nonce)
            return null;
        return await db.CalendarAddresses.Where(a => a.Nonce == nonce).Select(a => (Guid?)a.UserId).SingleOrDefaultAsync(cancellationToken);
    }

    private async Task<string> PathAsync(FormattableString upsert, CancellationToken cancellationToken)
    {
        var nonces = await db.Database.SqlQuery<byte[]>(upsert).ToListAsync(cancellationToken);
        return $"/api/v1/events/calendar/{secrets.SecretOf(nonces[0])}{Extension}";
    }
}
