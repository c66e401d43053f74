using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.V1;
using ShTP.Data;
using ShTP.Rpc.Errors;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Assignments.Contests;

/// <summary>Creates and changes contests.</summary>
internal sealed class ContestEditing(AssignmentsDb db, Participants participants, TimeProvider clock)
{
    internal const int MaxTasks = 50;
    internal const int MaxGroups = 100;
    internal const int MaxClass = 11;

    // 0001-01-01 and the last second of 9999, the range of Timestamp.
    private const long MinSeconds = -62_135_596_800;
    private const long MaxSeconds = 253_402_300_799;
    private const int MaxNanos = 999_999_999;

    internal static RpcException NoSuchContest() => RpcErrors.NotFound("No such contest");

    /// <exception cref="RpcException">As documented for CreateContest in contests.proto.</exception>
    public async Task<Contest> CreateAsync(CreateContestRequest request, Guid author, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        request.Title = checks.Title(request.Title, 1, Contest.MaxTitleLength, "title");
        checks.Text(request.Description, 0, Contest.MaxDescriptionLength, "description");
        var tasks = Ids(checks, request.Tasks, MaxTasks, "tasks");
        var groups = Ids(checks, request.ForGroups, MaxGroups, "forGroups");
        var learningClass = Number(checks, request.HasForLearningClass, request.ForLearningClass, 0, MaxClass, "forLearningClass");
        var mark5 = Number(checks, request.HasMark5, request.Mark5, 0, MaxTasks, "mark5");
        var mark4 = Number(checks, request.HasMark4, request.Mark4, 0, MaxTasks, "mark4");
        var mark3 = Number(checks, request.HasMark3, request.Mark3, 0, MaxTasks, "mark3");
        var deadline = Time(checks, request.Deadline);
        CheckMarks(checks, mark5, mark4, mark3, tasks.Length);
        checks.ThrowIfInvalid();
        await participants.RequireGroupsAsync(groups, cancellationToken);

        var now = clock.Now();
        var contest = new Contest
        {
            Id = Guid.CreateVersion7(now),
            AuthorId = author,
            Title = request.Title,
            Description = request.Description,
            Deadline = deadline,
            Tasks = tasks,
            ForGroups = groups,
            ForLearningClass = learningClass,
            Mark5 = mark5,
            Mark4 = mark4,
            Mark3 = mark3,
            CreatedAt = now,
            UpdatedAt = now,
        };
        return await db.AddInTransactionAsync(cancellation => db.Contests.SingleOrDefaultAsync(c => c.Id == contest.Id, cancellation), async cancellation =>
        {
            await RequireTasksAsync(tasks, kept: [], cancellation);
            db.Contests.Add(contest);
            await db.SaveChangesAsync(cancellation);
            return contest;
        }, cancellationToken);
    }

    /// <summary>Deletes a contest, or archives it when it has submissions.</summary>
    public Task DeleteAsync(Guid id, CancellationToken cancellationToken) => db.InTransactionAsync(async cancellation =>
    {
        // Locked before looking: whoever hands something in waits, and then does not find it.
        if (await db.Contests.FromSql($"SELECT * FROM contests WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(cancellation) is not { ArchivedAt: null } contest)
            return false;
        if (await db.Submissions.AnyAsync(s => s.ContestId == id, cancellation))
            contest.ArchivedAt = clock.Now();
        else
            db.Contests.Remove(contest);
        await db.SaveChangesAsync(cancellation);
        return true;
    }, cancellationToken);

    /// <exception cref="RpcException">NOT_FOUND.</exception>
    public async Task<Contest> RestoreAsync(Guid id, CancellationToken cancellationToken)
    {
        var contest = await db.Contests.SingleOrDefaultAsync(c => c.Id == id, cancellationToken) ?? throw NoSuchContest();
        contest.ArchivedAt = null;
        await db.SaveChangesAsync(cancellationToken);
        return contest;
    }

    /// <exception cref="RpcException">As documented for UpdateContest in contests.proto.</exception>
    public async Task<Contest> UpdateAsync(UpdateContestRequest request, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.Uuid, "uuid");
        if (request.HasTitle)
            request.Title = checks.Title(request.Title, 1, Contest.MaxTitleLength, "title");
        checks.Text(request.Description, 0, Contest.MaxDescriptionLength, "description");
        var tasks = request.Tasks.Count > 0 || request.Cleared.Contains("tasks") ? Ids(checks, request.Tasks, MaxTasks, "tasks") : null;
        var groups = request.ForGroups.Count > 0 || request.Cleared.Contains("forGroups") ? Ids(checks, request.ForGroups, MaxGroups, "forGroups") : null;
        if (request.HasForLearningClass)
            checks.Range(request.ForLearningClass, 0, MaxClass, "forLearningClass");
        var deadline = Time(checks, request.Deadline);
        var hasNoDeadline = request.Cleared.Contains("deadline");
        if (hasNoDeadline && deadline is not null)
            checks.Add("deadline", "cannot be given and cleared at once");
        if (request.Cleared.Any(name => name is not ("deadline" or "tasks" or "forGroups")))
            checks.Add("cleared", "can name deadline only");
        checks.ThrowIfInvalid();
        if (IsEmpty(request))
            throw RpcErrors.Invalid("Nothing to update");
        if (groups is not null)
            await participants.RequireGroupsAsync(groups, cancellationToken);

        return await db.InTransactionAsync(async cancellation =>
        {
            // Locked, because concurrent changes of single marks could break their order.
            var contest = await db.Contests.FromSql($"SELECT * FROM contests WHERE id = {id} FOR NO KEY UPDATE").SingleOrDefaultAsync(cancellation) ?? throw NoSuchContest();
            await RequireTasksAsync(tasks ?? [], kept: contest.Tasks, cancellation);
            contest.Title = request.HasTitle ? request.Title : contest.Title;
            contest.Description = request.HasDescription ? request.Description : contest.Description;
            (contest.Tasks, contest.ForGroups, contest.Deadline) = (tasks ?? contest.Tasks, groups ?? contest.ForGroups, hasNoDeadline ? null : deadline ?? contest.Deadline);
            contest.ForLearningClass = request.HasForLearningClass ? request.ForLearningClass : contest.ForLearningClass;
            contest.Mark5 = request.HasMark5 ? request.Mark5 : contest.Mark5;
            contest.Mark4 = request.HasMark4 ? request.Mark4 : contest.Mark4;
            contest.Mark3 = request.HasMark3 ? request.Mark3 : contest.Mark3;
            contest.UpdatedAt = clock.Now();
            var whole = new FieldChecks();
            CheckMarks(whole, contest.Mark5, contest.Mark4, contest.Mark3, contest.Tasks.Length);
            whole.ThrowIfInvalid();
            await db.SaveChangesAsync(cancellation);
            return contest;
        }, cancellationToken);
    }

    private static bool IsEmpty(UpdateContestRequest request) => new UpdateContestRequest { Uuid = request.Uuid }.CalculateSize() == request.CalculateSize();

    // Locked, so that they are not deleted before the contest needs them.
    private async Task RequireTasksAsync(Guid[] tasks, Guid[] kept, CancellationToken cancellationToken)
    {
        var known = await db.Tasks.FromSql($"SELECT * FROM tasks WHERE id = ANY ({tasks}) ORDER BY id FOR KEY SHARE")
            .Select(t => new { t.Id, t.ArchivedAt }).ToListAsync(cancellationToken);
        if (tasks.Except(known.Select(task => task.Id)).FirstOrDefault() is var missing && missing != Guid.Empty)
            throw RpcErrors.NotFound($"Task with such uuid not found: {missing}");
        if (known.Find(task => task.ArchivedAt is not null && !kept.Contains(task.Id)) is { } archived)
            throw RpcErrors.WrongState($"The task is archived; restore it first: {archived.Id}");
    }

    private static Guid[] Ids(FieldChecks checks, RepeatedField<string> texts, int max, string field)
    {
        checks.Range(texts.Count, 1, max, field);
        Guid[] ids = [.. texts.Take(max).Select(text => checks.Uuid(text, field))];
        if (ids.Distinct().Count() != ids.Length)
            checks.Add(field, "must be named once each");
        return ids;
    }

    private static int Number(FieldChecks checks, bool isGiven, int value, int min, int max, string field)
    {
        if (!isGiven)
            checks.Add(field, "field required");
        else
            checks.Range(value, min, max, field);
        return value;
    }

    private static DateTimeOffset? Time(FieldChecks checks, Timestamp? time)
    {
        if (time is null)
            return null;
        if (time.Seconds is >= MinSeconds and <= MaxSeconds && time.Nanos is >= 0 and <= MaxNanos)
        {
            // Whole microseconds, the precision of the database.
            var deadline = time.ToDateTimeOffset();
            return deadline.AddTicks(-(deadline.Ticks % TimeSpan.TicksPerMicrosecond));
        }

        checks.Add("deadline", "is not a time");
        return null;
    }

    private static void CheckMarks(FieldChecks checks, int mark5, int mark4, int mark3, int tasks)
    {
        if (mark5 > tasks || mark5 < mark4 || mark4 < mark3 || mark3 < 0)
            checks.Add("mark5", "marks must not exceed the number of tasks, and must descend from mark5 to mark3");
    }
}
