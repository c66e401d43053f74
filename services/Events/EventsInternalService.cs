using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Data.Audit;
using ShTP.Events.School;
using ShTP.Events.V1;
using ShTP.Data;
using ShTP.Rpc.Errors;
using ShTP.Data.Outbox;
using ShTP.Rpc.Streams;
using ShTP.ServiceDefaults;
using Event = ShTP.Events.School.Event;

namespace ShTP.Events;

/// <summary>RPCs for Users.</summary>
internal sealed class EventsInternalService(EventsDb db, SeatMoves seats, TimeProvider clock) : EventsInternal.EventsInternalBase
{
    public override async Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context)
    {
        var user = FieldChecks.RequireUuid(request.UserId, "userId");
        await db.ApplyOnceAsync(context, async cancellationToken =>
        {
            db.Record(user);
            // All rows in one order, so that two deletions cannot deadlock.
            var events = await db.Events.FromSql(
                $"""
                SELECT * FROM events WHERE author_id = {user} OR id = ANY (ARRAY (SELECT event_id FROM registrations WHERE user_id = {user}))
                ORDER BY id FOR NO KEY UPDATE
                """).ToListAsync(cancellationToken);
            await LeaveAsync(user, events, cancellationToken);
            foreach (var e in events.Where(e => e.AuthorId == user))
                e.AuthorId = null;
            await db.CalendarAddresses.Where(a => a.UserId == user).ExecuteDeleteAsync(cancellationToken);
        });
        return new Empty();
    }

    public override Task<ListAuditResponse> ListAudit(ListAuditRequest request, ServerCallContext context) =>
        db.ListAuditAsync(ResourceNames.Events, request, context.CancellationToken);

    public override async Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context)
    {
        var user = FieldChecks.RequireUuid(request.UserId, "userId");
        var registrations =
            from r in db.Registrations
            join e in db.Events on r.EventId equals e.Id
            where r.UserId == user
            orderby e.StartsAt, e.Id
            select new
            {
                Event = e.Id,
                e.Title,
                e.StartsAt,
                Status = r.Status == RegistrationStatus.Registered ? "registered" : "waiting",
                r.RegisteredAt,
            };
        await responseStream.WriteRowsAsync("registrations.json", registrations.AsAsyncEnumerable(), context.CancellationToken);
        var authored = db.Events.Where(e => e.AuthorId == user).OrderBy(e => e.CreatedAt).ThenBy(e => e.Id)
            .Select(e => new { e.Id, e.Title, e.Text, e.Place, e.StartsAt, e.EndsAt, e.CreatedAt, e.CancelledAt, e.CancelReason });
        await responseStream.WriteRowsAsync("events.json", authored.AsAsyncEnumerable(), context.CancellationToken);
    }

    private async Task LeaveAsync(Guid user, List<Event> locked, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var ids = locked.Select(e => e.Id).ToArray();
        var left = await db.Registrations.AsNoTracking().Where(r => r.UserId == user && ids.Contains(r.EventId))
            .ToDictionaryAsync(r => r.EventId, r => r.Status, cancellationToken);
        await db.Registrations.Where(r => r.UserId == user && ids.Contains(r.EventId)).ExecuteDeleteAsync(cancellationToken);
        foreach (var e in locked.Where(e => left.ContainsKey(e.Id)))
            await seats.GiveUpAsync(e, left[e.Id], now, cancellationToken);
    }
}
