using Microsoft.EntityFrameworkCore;
using ShTP.Achievements.V1;
using ShTP.Rpc;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;

namespace ShTP.Achievements.Records;

/// <summary>Lists of achievements with their owners, newest first.</summary>
internal sealed class AchievementLists(AchievementsDb db, Owners owners, SignedNames links)
{
    private const int MaxPage = 1000;
    private const int MaxOfOthers = 6;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT when <paramref name="before"/> is no achievement.</exception>
    public async Task<Page<V1.Achievement>> OfAsync(Guid user, AchievementStatus status, string before, CancellationToken cancellationToken)
    {
        var last = await FindAsync(before.Length > 0 ? FieldChecks.RequireUuid(before, "before") : null, cancellationToken);
        return await ReadAsync(db.Achievements.Where(a => a.UserId == user && a.Status == status), last, MaxPage, cancellationToken);
    }

    public async Task<IReadOnlyList<V1.Achievement>> NewestAcceptedOfAsync(Guid user, CancellationToken cancellationToken) =>
        (await ReadAsync(db.Achievements.Where(a => a.UserId == user && a.Status == AchievementStatus.Accepted), null, MaxOfOthers, cancellationToken)).Rows;

    /// <exception cref="Grpc.Core.RpcException">As documented for ListQueue in achievements.proto.</exception>
    public async Task<Page<V1.Achievement>> QueueAsync(ListQueueRequest request, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        var limit = request.HasLimit ? request.Limit : MaxPage;
        checks.Range(limit, 1, MaxPage, "limit");
        Guid? before = request.Before.Length > 0 ? checks.Uuid(request.Before, "before") : null;
        checks.ThrowIfInvalid();
        return await ReadAsync(db.Achievements.Where(a => a.Status == AchievementStatus.Pending), await FindAsync(before, cancellationToken), limit, cancellationToken);
    }

    // Whose owner was deleted, with the message still on its way, is left out: the clients cannot show a row without an
    // owner. A page of none but those would be the end of the list to a client.
    private async Task<Page<V1.Achievement>> ReadAsync(IQueryable<Achievement> achievements, (DateTimeOffset CreatedAt, Guid Id)? last, int limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            var rows = await Newest(Behind(achievements, last), limit + 1).ToListAsync(cancellationToken);
            var people = await owners.FindAsync(rows.Select(row => row.UserId), cancellationToken);
            var page = rows.Take(limit).Where(row => people.ContainsKey(row.UserId)).Select(row => Write(row, people[row.UserId])).ToPage(limit);
            if (rows.Count <= limit || page.HasMore)
                return page;
            if (page.Rows.Count > 0)
                return page with { HasMore = true };
            last = (rows[limit - 1].CreatedAt, rows[limit - 1].Id);
        }
    }

    // It may have been decided since, but its position in the order is kept.
    private async Task<(DateTimeOffset CreatedAt, Guid Id)?> FindAsync(Guid? before, CancellationToken cancellationToken)
    {
        if (before is not { } id)
            return null;
        var createdAt = await db.Achievements.Where(a => a.Id == id).Select(a => (DateTimeOffset?)a.CreatedAt).SingleOrDefaultAsync(cancellationToken);
        return (createdAt ?? throw RpcErrors.InvalidField("before", "there is no achievement with this uuid"), id);
    }

    private static IQueryable<Achievement> Behind(IQueryable<Achievement> achievements, (DateTimeOffset CreatedAt, Guid Id)? last) => last is var (createdAt, id)
        ? achievements.Where(a => EF.Functions.LessThan(ValueTuple.Create(a.CreatedAt, a.Id), ValueTuple.Create(createdAt, id)))
        : achievements;

    private static IQueryable<Achievement> Newest(IQueryable<Achievement> achievements, int limit) =>
        achievements.AsNoTracking().OrderByDescending(a => a.CreatedAt).ThenByDescending(a => a.Id).Take(limit);

    private V1.Achievement Write(Achievement row, Owner owner)
    {
        var achievement = row.ToProto(links);
        achievement.User = owner;
        return achievement;
    }
}
