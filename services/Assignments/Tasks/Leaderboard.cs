using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Assignments.V1;
using ShTP.Users.V1;

namespace ShTP.Assignments.Tasks;

/// <summary>The users who solved a task first.</summary>
internal sealed class Leaderboard(AssignmentsDb db, UsersInternal.UsersInternalClient users)
{
    private const int MaxSolvers = 10;

    // Some may be deleted, and Assignments not have heard of it yet; others are no students.
    private const int FewCandidates = 2 * MaxSolvers;
    private const int MaxCandidates = 500;

    /// <summary>The first solvers, each once with the first solution; who is gone or no student is left out.</summary>
    public async Task<IReadOnlyList<Solver>> ReadAsync(Challenge challenge, CancellationToken cancellationToken)
    {
        var (solvers, areAll) = await ReadAsync(challenge, FewCandidates, cancellationToken);
        return solvers.Count == MaxSolvers || areAll ? solvers : (await ReadAsync(challenge, MaxCandidates, cancellationToken)).Solvers;
    }

    private async Task<(IReadOnlyList<Solver> Solvers, bool AreAll)> ReadAsync(Challenge challenge, int candidates, CancellationToken cancellationToken)
    {
        var (task, since) = challenge;
        // Scans the index and stops at the last place, so few rows are read for any number of solutions.
        var first = await db.Database.SqlQuery<FirstSolution>(
            $"""
            WITH RECURSIVE first AS (
                (SELECT id, user_id, created_at, ARRAY[user_id] AS seen FROM submissions
                 WHERE task_id = {task} AND solved AND created_at >= {since} AND contest_id IS NULL ORDER BY created_at, id LIMIT 1)
                UNION ALL
                SELECT later.id, later.user_id, later.created_at, first.seen || later.user_id
                FROM first CROSS JOIN LATERAL (
                    SELECT s.id, s.user_id, s.created_at FROM submissions AS s
                    WHERE s.task_id = {task} AND s.solved AND (s.created_at, s.id) > (first.created_at, first.id) AND s.contest_id IS NULL
                        AND s.user_id <> ALL (first.seen)
                    ORDER BY s.created_at, s.id LIMIT 1) AS later
                WHERE cardinality(first.seen) < {candidates})
            SELECT id, user_id, created_at FROM first ORDER BY created_at, id
            """).ToListAsync(cancellationToken);
        if (first.Count == 0)
            return ([], true);
        var request = new GetSummariesRequest { UserIds = { first.Select(solution => solution.UserId.ToString()) } };
        var students = (await users.GetSummariesAsync(request, cancellationToken: cancellationToken)).Users.Where(user => user.Role == Role.Student).ToDictionary(user => user.Uuid);
        var solvers = first.Where(solution => students.ContainsKey(solution.UserId.ToString())).Take(MaxSolvers);
        return ([.. solvers.Select(solution => ToProto(solution, students[solution.UserId.ToString()]))], first.Count < candidates);
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
