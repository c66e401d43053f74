using Microsoft.EntityFrameworkCore;

namespace ShTP.Assignments.Submissions;

/// <summary>Estimates the waiting time of queued submissions.</summary>
internal sealed class QueueView(AssignmentsDb db)
{
    private const int MaxPlace = 1000;
    private const int Recent = 20;
    private const double FirstGuess = 5;

    /// <summary>Adds place and estimate to those of <paramref name="submits"/> that are not checked yet.</summary>
    public async Task AddAsync(IReadOnlyList<(V1.Submit Submit, Guid? Work)> submits, CancellationToken cancellationToken)
    {
        var waiting = submits.Where(entry => entry.Work is not null && entry.Submit.Status is (int)SubmissionStatus.Queued or (int)SubmissionStatus.Checking).ToList();
        if (waiting.Count == 0)
            return;
        var ids = waiting.Select(entry => entry.Work!.Value).Distinct().ToArray();
        var places = await ReadPlacesAsync(ids, cancellationToken);
        var pace = await ReadPaceAsync(cancellationToken);
        var seconds = pace.Seconds ?? FirstGuess;
        foreach (var (submit, work) in waiting)
        {
            if (!places.TryGetValue(work!.Value, out var place))
                continue;
            var isQueued = submit.Status == (int)SubmissionStatus.Queued;
            if (isQueued)
                submit.QueuePlace = place.Before;
            // The works before it, divided by the number of active checkers, and then its own duration.
            var remaining = isQueued ? ((place.Before / Math.Max(pace.Running, 1)) + 1) * seconds : seconds - place.Age;
            submit.EstimatedSeconds = (int)Math.Clamp(Math.Ceiling(remaining), 1, int.MaxValue);
        }
    }

    // Bounded: an exact place beyond a thousand is not useful.
    private Task<Dictionary<Guid, QueuePlace>> ReadPlacesAsync(Guid[] ids, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<QueuePlace>(
            $"""
            SELECT mine.id, coalesce(extract(epoch FROM now() - mine.taken_at), 0)::double precision AS age,
                (SELECT count(*)::int FROM (
                    SELECT 1 FROM work AS other
                    WHERE other.state = 0 AND (other.priority, other.turn, other.sequence) < (mine.priority, mine.turn, mine.sequence)
                    LIMIT {MaxPlace}) AS others) AS before
            FROM work AS mine WHERE mine.id = ANY ({ids})
            """).ToDictionaryAsync(place => place.Id, cancellationToken);

    // While works wait, every checker is busy: the number of taken works is the parallelism.
    private Task<QueuePace> ReadPaceAsync(CancellationToken cancellationToken) =>
        db.Database.SqlQuery<QueuePace>(
            $"""
            SELECT (SELECT count(*)::int FROM work WHERE state = 1) AS running,
                (SELECT avg(extract(epoch FROM last.finished_at - last.taken_at))::double precision FROM (
                    SELECT taken_at, finished_at FROM work WHERE state = 2 ORDER BY finished_at DESC LIMIT {Recent}) AS last) AS seconds
            """).SingleAsync(cancellationToken);

    internal sealed record QueuePlace(Guid Id, double Age, int Before);

    internal sealed record QueuePace(int Running, double? Seconds);
}
