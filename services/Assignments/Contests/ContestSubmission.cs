using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ShTP.Assignments.Judging;
using ShTP.Assignments.Submissions;
using ShTP.Assignments.V1;
using ShTP.ServiceDefaults.Data;
using ShTP.ServiceDefaults.Errors;
using Enum = System.Enum;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Assignments.Contests;

/// <summary>Hands a repository in.</summary>
public sealed class ContestSubmission(AssignmentsDb db, Participants participants, IOptions<AssignmentsOptions> options, TimeProvider clock)
{
    /// <exception cref="Grpc.Core.RpcException">As SubmitContest of contests.proto says.</exception>
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

        await db.InTransactionAsync(async cancellation =>
        {
            var contest = await db.Contests.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellation);
            if (contest is null || own is null || contest.ForLearningClass != own.LearningClass || !contest.ForGroups.Contains(Guid.ParseExact(own.GroupId, "D")))
                throw ContestEditing.NoSuchContest();
            var now = clock.Now();
            if (contest.Deadline < now)
                throw Rpc.WrongState("The deadline has passed");
            var functions = await db.Tasks.Where(t => contest.Tasks.Contains(t.Id)).Select(t => new { t.Id, t.FunctionName }).ToDictionaryAsync(t => t.Id, t => t.FunctionName, cancellation);
            var work = await db.EnqueueLiveAsync(user, request.Language, now, cancellation);
            for (short place = 0; place < contest.Tasks.Length; place++)
            {
                var task = contest.Tasks[place];
                db.Submissions.Add(new Submission
                {
                    Id = Guid.CreateVersion7(now),
                    UserId = user,
                    TaskId = task,
                    ContestId = id,
                    Place = place,
                    Language = request.Language,
                    FileName = (functions[task] ?? $"task{place + 1}") + (request.Language == Language.Python ? ".py" : ".cpp"),
                    Repository = link,
                    WorkId = work.Id,
                    CreatedAt = now,
                    UpdatedAt = now,
                });
            }

            return await db.SaveChangesAsync(cancellation);
        }, cancellationToken);
    }
}
