using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.Submissions;
using ShTP.Assignments.V1;
using ShTP.Rpc;
using ShTP.Rpc.Errors;

namespace ShTP.Assignments.Contests;

/// <summary>Results of contests. A task counts once, however often it was solved.</summary>
internal sealed class ContestResults(AssignmentsDb db, Participants participants, TimeProvider clock)
{
    private const int MaxAvailable = 200;
    private const int MaxStudents = 5000;

    /// <summary>Contests of the user's group and class, and those that the user took part in; first those that are not over.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT when <paramref name="after"/> is none of them.</exception>
    public async Task<Page<AvailableContest>> ListAvailableAsync(Guid user, string after, CancellationToken cancellationToken)
    {
        var last = after.Length > 0 ? FieldChecks.RequireUuid(after, "after") : (Guid?)null;
        if (await participants.FindAsync(user, cancellationToken) is not { } own)
            return new Page<AvailableContest>([], HasMore: false);
        var (group, now) = (Guid.ParseExact(own.GroupId, "D"), clock.GetUtcNow());
        var joined = await db.Submissions.Where(s => s.UserId == user && s.ContestId != null).Select(s => s.ContestId!.Value).Distinct().ToListAsync(cancellationToken);
        // All ids, which are small: the order changes as deadlines pass, so a place in it is not a value to compare with.
        var all = await db.Contests
            .Where(c => (c.ArchivedAt == null && c.ForLearningClass == own.LearningClass && c.ForGroups.Contains(group)) || joined.Contains(c.Id))
            .OrderBy(c => c.Deadline < now)
            .ThenByDescending(c => c.Deadline < now ? c.Deadline : c.UpdatedAt).ThenByDescending(c => c.Id)
            .Select(c => c.Id).ToListAsync(cancellationToken);
        var start = last is { } place ? all.IndexOf(place) + 1 : 0;
        if (last is not null && start == 0)
            throw RpcErrors.InvalidField("after", "there is no contest with this uuid for you");
        var ids = all.Skip(start).Take(MaxAvailable + 1).ToArray();
        var found = await db.Contests.AsNoTracking().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);
        var solved = await db.Submissions.Where(s => s.UserId == user && s.ContestId != null && ids.Contains(s.ContestId.Value) && s.Solved)
            .Select(s => new { Contest = s.ContestId!.Value, s.TaskId }).Distinct().ToListAsync(cancellationToken);
        var byContest = solved.ToLookup(row => row.Contest, row => row.TaskId);
        return ids.Where(found.ContainsKey).Select(id => found[id].ToAvailable(byContest[id].Intersect(found[id].Tasks).Count())).ToPage(MaxAvailable);
    }

    /// <summary>The user's tasks of a contest.</summary>
    public async Task<GetSolvedResponse> ReadSolvedAsync(Guid contest, Guid user, CancellationToken cancellationToken)
    {
        var tasks = await db.Submissions
            .Where(s => s.UserId == user && s.ContestId == contest && (s.Status == SubmissionStatus.Checked || s.Status == SubmissionStatus.Rejected))
            .GroupBy(s => s.TaskId).Select(all => new { Task = all.Key, Solved = all.Max(s => s.Solved ? 1 : 0) }).OrderBy(row => row.Task).ToListAsync(cancellationToken);
        return new GetSolvedResponse
        {
            Solved = { tasks.Where(row => row.Solved == 1).Select(row => row.Task.ToString()) },
            Failed = { tasks.Where(row => row.Solved == 0).Select(row => row.Task.ToString()) },
        };
    }

    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND when there is no such contest.</exception>
    public async Task<GetStatisticsResponse> ReadStatisticsAsync(Guid id, CancellationToken cancellationToken)
    {
        var contest = await db.Contests.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken) ?? throw ContestEditing.NoSuchContest();
        var solved = await db.Submissions.Where(s => s.ContestId == id && s.Solved && contest.Tasks.Contains(s.TaskId))
            .GroupBy(s => s.UserId).Select(all => new { User = all.Key, Count = all.Select(s => s.TaskId).Distinct().Count() })
            .ToDictionaryAsync(row => row.User.ToString(), row => row.Count, cancellationToken);
        var joined = await db.Submissions.Where(s => s.ContestId == id).Select(s => s.UserId).Distinct().ToListAsync(cancellationToken);
        var students = await participants.ListStudentsAsync(contest.ForGroups, contest.ForLearningClass, joined, cancellationToken);
        if (students.Count > MaxStudents)
            throw RpcErrors.WrongState($"The contest has more than {MaxStudents} students; name fewer groups");
        var results = students.Select(user => ToProto(user, contest, solved.GetValueOrDefault(user.Uuid)))
            .OrderByDescending(result => result.SolvedCount)
            .ThenBy(result => result.LastName, StringComparer.OrdinalIgnoreCase)
            .ThenBy(result => result.FirstName, StringComparer.OrdinalIgnoreCase)
            .ThenBy(result => result.UserId, StringComparer.Ordinal);
        return new GetStatisticsResponse
        {
            TasksCount = contest.Tasks.Length,
            Students = { results },
            Grading = { contest.Mark5, contest.Mark4, contest.Mark3 },
        };
    }

    private static StudentResult ToProto(ShTP.Users.V1.UserSummary user, Contest contest, int solved)
    {
        var result = new StudentResult
        {
            UserId = user.Uuid,
            FirstName = user.FirstName,
            LastName = user.LastName,
            SolvedCount = solved,
            AvatarPath = user.AvatarPath,
            Mark = contest.MarkOf(solved),
        };
        if (user.HasNickName)
            result.NickName = user.NickName;
        return result;
    }
}
