using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Events.V1;
using ShTP.Rpc.Errors;

namespace ShTP.Events.Feed;

/// <summary>External events from the database.</summary>
internal sealed class FeedService(EventsDb db) : V1.FeedService.FeedServiceBase
{
    private const int MaxRows = 500;

    public override async Task<ListProfilEventsResponse> ListProfilEvents(ListProfilEventsRequest request, ServerCallContext context) =>
        new() { Events = { await ReadAsync(db.FeedEntries, context.CancellationToken) } };

    public override async Task<ListOlympiadsResponse> ListOlympiads(ListOlympiadsRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        checks.Range(request.LearningClass, 1, Olympiads.MaxClass, "learningClass");
        checks.ThrowIfInvalid();
        var bit = Olympiads.Bit(request.LearningClass);
        return new() { Events = { await ReadAsync(db.FeedEntries.Where(e => (e.OlympiadClasses & bit) != 0), context.CancellationToken) } };
    }

    private static Task<List<FeedEvent>> ReadAsync(IQueryable<FeedEntry> entries, CancellationToken cancellationToken) =>
        entries.AsNoTracking().OrderBy(e => e.DateAt).ThenBy(e => e.Id).Take(MaxRows).Select(e => e.ToProto()).ToListAsync(cancellationToken);
}
