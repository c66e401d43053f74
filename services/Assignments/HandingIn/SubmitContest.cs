using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ShTP.Assignments.Contests;
using ShTP.Assignments.Judging;
using ShTP.Assignments.Submissions;
using ShTP.Assignments.V1;
using ShTP.Data;
using ShTP.Rpc.Errors;
using Enum = System.Enum;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Assignments.HandingIn;

/// <summary>Submits a repository.</summary>
internal sealed class SubmitContest(AssignmentsDb db, Participants participants, IOptions<AssignmentsOptions> options, TimeProvider clock)
{
    /// <exception cref="Grpc.Core.RpcException">As documented for SubmitContest in contests.proto.</exception>
    public async Task SubmitAsync(SubmitContestRequest request, Guid user, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.Contest, "contest");
        var link = RepositoryLink.Check(checks, request.GithubLink, options.Value.Hosts, "githubLink");
        if (!request.HasLanguage)
            checks.Add("language", "field required");
        else if (!Enum.IsDefined(request.Language))
            checks.Add("language", "must be py or cpp");
        checks.ThrowIfInvalid();
        var own = await participants.FindAsync(user, cancellationToken);

        var now = clock.Now();
        var first = Guid.CreateVersion7(now);
        await db.AddInTransactionAsync(cancellation => db.Submissions.SingleOrDefaultAsync(s => s.Id == first, cancellation), async cancellation =>
        {
            // Locked, with its tasks, against a concurrent deletion.
            var contest = await db.Contests.FromSql($"SELECT * FROM contests WHERE id = {id} AND archived_at IS NULL FOR SHARE").AsNoTracking().SingleOrDefaultAsync(cancellation);
            if (contest is null || own is null || contest.ForLearningClass != own.LearningClass || !contest.ForGroups.Contains(Guid.ParseExact(own.GroupId, "D")))
                throw ContestEditing.NoSuchContest();
            if (contest.Deadline < now)
                throw RpcErrors.WrongState("The deadline has passed");
            var functions = await db.Tasks.Where(t => contest.Tasks.Contains(t.Id)).Select(t => new { t.Id, t.FunctionName }).ToDictionaryAsync(t => t.Id, t => t.FunctionName, cancellation);
            var work = await db.EnqueueLiveAsync(user, request.Language, now, cancellation);
            var names = FileNames([.. contest.Tasks.Select(task => functions[task])]);
            var submissions = new List<Submission>();
            for (short place = 0; place < contest.Tasks.Length; place++)
            {
                var task = contest.Tasks[place];
                submissions.Add(new Submission
                {
                    Id = place == 0 ? first : Guid.CreateVersion7(now),
                    UserId = user,
                    TaskId = task,
                    ContestId = id,
                    Place = place,
                    Language = request.Language,
                    FileName = names[place] + (request.Language == Language.Python ? ".py" : ".cpp"),
                    Repository = link,
                    WorkId = work.Id,
                    CreatedAt = now,
                    UpdatedAt = now,
                });
            }

            db.Submissions.AddRange(submissions);
            await db.SaveChangesAsync(cancellation);
            return submissions[0];
        }, cancellationToken);
    }

    // The file is named as the function. When two names would collide, or one with a place, both use their places.
    private static string[] FileNames(string?[] functions)
    {
        string[] places = [.. functions.Select((_, place) => $"task{place + 1}")];
        return [.. functions.Zip(places, (function, place) =>
            function is null || functions.Count(other => other == function) > 1 || places.Contains(function) ? place : function)];
    }
}
