using Microsoft.EntityFrameworkCore;
using ShTP.Data;
using ShTP.Rpc;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;

namespace ShTP.Events.School;

/// <summary>Lists of events, page by page.</summary>
internal sealed class EventPages(EventsDb db, Audience audience, TimeProvider clock)
{
    private const int MaxRows = 200;

    /// <summary>Public list: events for everyone, soonest first.</summary>
    /// <exception cref="Grpc.Core.RpcException">As documented for ListSchoolEvents in events.proto.</exception>
    public async Task<Page<V1.Event>> ListPublicAsync(string after, Guid? caller, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var events = db.Events.Where(e => e.EndsAt > now && e.CancelledAt == null).Where(Audience.IsForEveryone);
        if (await FindAsync(after, cancellationToken) is { } last)
            events = events.Where(e => EF.Functions.GreaterThan(ValueTuple.Create(e.StartsAt, e.Id), ValueTuple.Create(last.StartsAt, last.Id)));
        return await ReadAsync(db.RowsFor(events, caller).OrderBy(row => row.Event.StartsAt).ThenBy(row => row.Event.Id), cancellationToken);
    }

    /// <exception cref="Grpc.Core.RpcException">As documented for ListUpcoming in events.proto.</exception>
    public async Task<Page<V1.Event>> ListUpcomingAsync(string after, CurrentUser caller, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var events = db.Events.Where(e => e.EndsAt > now);
        if (await FindAsync(after, cancellationToken) is { } last)
            events = events.Where(e => EF.Functions.GreaterThan(ValueTuple.Create(e.StartsAt, e.Id), ValueTuple.Create(last.StartsAt, last.Id)));
        var rows = await audience.FilterAsync(db.RowsFor(events, caller.Id), caller, cancellationToken);
        return await ReadAsync(rows.OrderBy(row => row.Event.StartsAt).ThenBy(row => row.Event.Id), cancellationToken);
    }

    /// <exception cref="Grpc.Core.RpcException">As documented for ListPast in events.proto.</exception>
    public async Task<Page<V1.Event>> ListPastAsync(string after, CurrentUser caller, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var events = db.Events.Where(e => e.EndsAt <= now);
        if (await FindAsync(after, cancellationToken) is { } last)
            events = events.Where(e => EF.Functions.LessThan(ValueTuple.Create(e.EndsAt, e.Id), ValueTuple.Create(last.EndsAt, last.Id)));
        var rows = await audience.FilterAsync(db.RowsFor(events, caller.Id), caller, cancellationToken);
        return await ReadAsync(rows.OrderByDescending(row => row.Event.EndsAt).ThenByDescending(row => row.Event.Id), cancellationToken);
    }

    /// <summary>The caller's registrations and places in waiting lists, latest first.</summary>
    /// <exception cref="Grpc.Core.RpcException">As documented for ListMine in events.proto.</exception>
    public async Task<Page<V1.Event>> ListMineAsync(string after, Guid caller, CancellationToken cancellationToken)
    {
        var events = db.Events.AsQueryable();
        if (await FindAsync(after, cancellationToken) is { } last)
            events = events.Where(e => EF.Functions.LessThan(ValueTuple.Create(e.StartsAt, e.Id), ValueTuple.Create(last.StartsAt, last.Id)));
        var mine = db.RowsFor(events, caller).Where(row => row.Registration != null);
        return await ReadAsync(mine.OrderByDescending(row => row.Event.StartsAt).ThenByDescending(row => row.Event.Id), cancellationToken);
    }

    private async Task<(DateTimeOffset StartsAt, DateTimeOffset EndsAt, Guid Id)?> FindAsync(string after, CancellationToken cancellationToken)
    {
        if (after.Length == 0)
            return null;
        var id = FieldChecks.RequireUuid(after, "after");
        var found = await db.Events.Where(e => e.Id == id).Select(e => new { e.StartsAt, e.EndsAt }).SingleOrDefaultAsync(cancellationToken)
            ?? throw RpcErrors.InvalidField("after", "there is no event with this uuid");
        return (found.StartsAt, found.EndsAt, id);
    }

    private static async Task<Page<V1.Event>> ReadAsync(IQueryable<EventRow> rows, CancellationToken cancellationToken) =>
        (await rows.Take(MaxRows + 1).ToListAsync(cancellationToken)).Select(row => row.ToProto()).ToPage(MaxRows);
}
