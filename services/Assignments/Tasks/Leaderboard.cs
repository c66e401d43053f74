using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.V1;
using ShTP.Users.V1;

namespace ShTP.Assignments.Tasks;

/// <summary>The users who solved a task first.</summary>
public sealed class Leaderboard(AssignmentsDb db, UsersInternal.UsersInternalClient users)
{
    private const int MaxSolvers = 10;

    // More than needed, because some users may be deleted without Assignments knowing yet.
    private const int MaxCandidates = 2 * MaxSolvers;

    /// <summary>The first solvers, each once with the first solution; deleted users are left out.</summary>
    public async Task<IReadOnlyList<Solver>> ReadAsync(Guid task, CancellationToken cancellationToken)
    {
        // Scans the index and stops at the last place, so few rows are read for any number of solutions.
        var first = await db.Database.SqlQuery<FirstSolution>(
            $"""
            WITH RECURSIVE first AS (
                (SELECT id, user_id, created_at, ARRAY[user_id] AS seen FROM submissions
                 WHERE task_id = {task} AND solved ORDER BY created_at, id LIMIT 1)
                UNION ALL
                SELECT later.id, later.user_id, later.created_at, first.seen || later.user_id
                FROM first CROSS JOIN LATERAL (
                    SELECT s.id, s.user_id, s.created_at FROM submissions AS s
                    WHERE s.task_id = {task} AND s.solved AND (s.created_at, s.id) > (first.created_at, first.id) AND s.user_id <> ALL (first.seen)
                    ORDER BY s.created_at, s.id LIMIT 1) AS later
                WHERE cardinality(first.seen) < {MaxCandidates})
            SELECT id, user_id, created_at FROM first ORDER BY created_at, id
            """).ToListAsync(cancellationToken);
        if (first.Count == 0)
            return [];
        var request = new GetSummariesRequest { UserIds = { first.Select(solution => solution.UserId.ToString()) } };
        var people = (await users.GetSummariesAsync(request, cancellationToken: cancellationToken)).Users.ToDictionary(user => user.Uuid);
        return [.. first.Where(solution => people.ContainsKey(solution.UserId.ToString())).Take(MaxSolvers).Select(solution => ToProto(solution, people[solution.UserId.ToString()]))];
    }

    private static Solver ToProto(FirstSolution solution, UserSummary user)
    {
        var solver = new Solver
        {
            SubmitId = solution.Id.ToString(),
            UserId = user.Uuid,
            FirstName = user.FirstName,
            LastName = user.LastName,
            AvatarPath = user.AvatarPath,
            CreatedAt = Timestamp.FromDateTimeOffset(solution.CreatedAt),
        };
        if (user.HasNickName)
            solver.NickName = user.NickName;
        return solver;
    }

    internal sealed record FirstSolution(Guid Id, Guid UserId, DateTimeOffset CreatedAt);
}
