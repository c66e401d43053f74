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

    public async Task<List<V1.Achievement>> OfAsync(Guid user, AchievementStatus status, CancellationToken cancellationToken) =>
        await ToProtoAsync(await Newest(db.Achievements.Where(a => a.UserId == user && a.Status == status), MaxPage).ToListAsync(cancellationToken), cancellationToken);

    public async Task<List<V1.Achievement>> NewestAcceptedOfAsync(Guid user, CancellationToken cancellationToken) => await ToProtoAsync(
        await Newest(db.Achievements.Where(a => a.UserId == user && a.Status == AchievementStatus.Accepted), MaxOfOthers).ToListAsync(cancellationToken), cancellationToken);

    /// <exception cref="Grpc.Core.RpcException">As documented for ListQueue in achievements.proto.</exception>
    public async Task<List<V1.Achievement>> QueueAsync(ListQueueRequest request, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        var limit = request.HasLimit ? request.Limit : MaxPage;
        checks.Range(limit, 1, MaxPage, "limit");
        var before = request.Before.Length > 0 ? checks.Uuid(request.Before, "before") : Guid.Empty;
        checks.ThrowIfInvalid();

        (DateTimeOffset CreatedAt, Guid Id)? last = request.Before.Length > 0 ? (await FindTimeAsync(before, cancellationToken), before) : null;
        // An empty page would mean the end of the list to the client.
        while (true)
        {
            var rows = await Newest(WaitingBehind(last), limit).ToListAsync(cancellationToken);
            var page = await ToProtoAsync(rows, cancellationToken);
            if (page.Count > 0 || rows.Count < limit)
                return page;
            last = (rows[^1].CreatedAt, rows[^1].Id);
        }
    }

    // It may have been decided since, but its position in the order is kept.
    private async Task<DateTimeOffset> FindTimeAsync(Guid before, CancellationToken cancellationToken) =>
        await db.Achievements.Where(a => a.Id == before).Select(a => (DateTimeOffset?)a.CreatedAt).SingleOrDefaultAsync(cancellationToken)
        ?? throw RpcErrors.InvalidField("before", "there is no achievement with this uuid");

    private IQueryable<Achievement> WaitingBehind((DateTimeOffset CreatedAt, Guid Id)? last)
    {
        var waiting = db.Achievements.Where(a => a.Status == AchievementStatus.Pending);
        return last is var (createdAt, id)
            ? waiting.Where(a => EF.Functions.LessThan(ValueTuple.Create(a.CreatedAt, a.Id), ValueTuple.Create(createdAt, id)))
            : waiting;
    }

    private static IQueryable<Achievement> Newest(IQueryable<Achievement> achievements, int limit) =>
        achievements.AsNoTracking().OrderByDescending(a => a.CreatedAt).ThenByDescending(a => a.Id).Take(limit);

    private async Task<List<V1.Achievement>> ToProtoAsync(List<Achievement> rows, CancellationToken cancellationToken)
    {
        var people = await owners.FindAsync(rows.Select(row => row.UserId), cancellationToken);
        // The owner was deleted and the message is still on its way. The clients cannot show a row without an owner.
        return [.. rows.Where(row => people.ContainsKey(row.UserId)).Select(row => Write(row, people[row.UserId])).Fitting()];
    }

    private V1.Achievement Write(Achievement row, Owner owner)
    {
        var achievement = row.ToProto(links);
        achievement.User = owner;
        return achievement;
    }
}
