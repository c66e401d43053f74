using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ShTP.Assignments.Judging;
using ShTP.Assignments.Submissions;
using ShTP.Data.Retention;

namespace ShTP.Assignments;

/// <summary>How long the queue's past and the outputs of programs are kept. Sources, verdicts, times and memory stay.</summary>
internal static class AssignmentsRetention
{
    public static IServiceCollection AddAssignmentsRetention(this IServiceCollection services) => services
        .AddRetention(provider => RetentionRule.Delete("work", TimeSpan.FromDays(Options(provider).KeepWorkDays), (AssignmentsDb db, DateTimeOffset end) =>
            db.Work.Where(work => work.State == WorkState.Done && work.FinishedAt < end).OrderBy(work => work.FinishedAt)))
        .AddRetention(provider =>
        {
            var kept = OutputsKept(provider);
            return RetentionRule.Change("submissions", (AssignmentsDb db, DateTimeOffset now, int count, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
                $"""
                UPDATE submissions SET outputs_kept = false, message = NULL, results = (
                    SELECT coalesce(jsonb_agg(result || jsonb_build_object('error_info', NULL) ORDER BY place), results)
                    FROM jsonb_array_elements(results) WITH ORDINALITY AS tests (result, place))
                WHERE id = ANY (ARRAY(
                    SELECT id FROM submissions WHERE outputs_kept AND updated_at < {now - kept} AND status >= {(short)SubmissionStatus.Checked}
                    ORDER BY updated_at LIMIT {count}))
                """, cancellationToken));
        })
        // First the many rows, so that deleting a rejudge deletes little else.
        .AddRetention(provider => RetentionRule.Delete("rejudge_items", OutputsKept(provider), (AssignmentsDb db, DateTimeOffset end) =>
        {
            var closed = Closed(db, end);
            return db.RejudgeItems.Where(item => closed.Any(rejudge => rejudge.Id == item.RejudgeId)).OrderBy(item => item.RejudgeId).ThenBy(item => item.SubmissionId);
        }))
        .AddRetention(provider => RetentionRule.Delete("rejudges", OutputsKept(provider), (AssignmentsDb db, DateTimeOffset end) =>
            Closed(db, end).Where(rejudge => !db.RejudgeItems.Any(item => item.RejudgeId == rejudge.Id)).OrderBy(rejudge => rejudge.Id)));

    private static IQueryable<Rejudge> Closed(AssignmentsDb db, DateTimeOffset end) => db.Rejudges.Where(rejudge => rejudge.AppliedAt < end || rejudge.DroppedAt < end);

    private static TimeSpan OutputsKept(IServiceProvider provider) => TimeSpan.FromDays(Options(provider).KeepOutputsDays);

    private static AssignmentsOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<AssignmentsOptions>>().Value;
}
