using Microsoft.EntityFrameworkCore;
using ShTP.Achievements.V1;
using ShTP.ServiceDefaults;
using ShTP.ServiceDefaults.Errors;

namespace ShTP.Achievements.Records;

/// <summary>Lists of achievements with whose they are, newest first.</summary>
public sealed class AchievementLists(AchievementsDb db, Owners owners, SignedNames links)
{
    private const int MaxPage = 1000;
    private const int MaxOfOthers = 6;

    public Task<List<V1.Achievement>> OfAsync(Guid user, AchievementStatus status, CancellationToken cancellationToken) =>
        ReadAsync(db.Achievements.Where(a => a.UserId == user && a.Status == status), MaxPage, cancellationToken);

    public Task<List<V1.Achievement>> NewestAcceptedOfAsync(Guid user, CancellationToken cancellationToken) =>
        ReadAsync(db.Achievements.Where(a => a.UserId == user && a.Status == AchievementStatus.Accepted), MaxOfOthers, cancellationToken);

    /// <exception cref="Grpc.Core.RpcException">As ListQueue of achievements.proto says.</exception>
    public async Task<List<V1.Achievement>> QueueAsync(ListQueueRequest request, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        var limit = request.HasLimit ? request.Limit : MaxPage;
        checks.Range(limit, 1, MaxPage, "limit");
        var before = request.HasBefore ? checks.Uuid(request.Before, "before") : Guid.Empty;
        checks.ThrowIfInvalid();

        var waiting = db.Achievements.Where(a => a.Status == AchievementStatus.Pending);
        if (request.HasBefore)
        {
            // It may have been decided since; its place in the order stays.
            var createdAt = await db.Achievements.Where(a => a.Id == before).Select(a => (DateTimeOffset?)a.CreatedAt).SingleOrDefaultAsync(cancellationToken)
                ?? throw Rpc.InvalidField("before", "there is no achievement with this uuid");
            waiting = waiting.Where(a => EF.Functions.LessThan(ValueTuple.Create(a.CreatedAt, a.Id), ValueTuple.Create(createdAt, before)));
        }

        return await ReadAsync(waiting, limit, cancellationToken);
    }

    private async Task<List<V1.Achievement>> ReadAsync(IQueryable<Achievement> achievements, int limit, CancellationToken cancellationToken)
    {
        var rows = await achievements.AsNoTracking().OrderByDescending(a => a.CreatedAt).ThenByDescending(a => a.Id).Take(limit).ToListAsync(cancellationToken);
        var people = await owners.FindAsync(rows.Select(row => row.UserId), cancellationToken);
        var list = new List<V1.Achievement>(rows.Count);
        foreach (var row in rows)
        {
            // Deleted a moment ago, and on the way here: the clients cannot show a row of nobody.
            if (!people.TryGetValue(row.UserId, out var owner))
                continue;
            var achievement = row.ToProto(links);
            achievement.User = owner;
            list.Add(achievement);
        }

        return list;
    }
}
