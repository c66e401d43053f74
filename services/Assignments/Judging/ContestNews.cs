using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.Submissions;
using ShTP.Localization;
using ShTP.Notifications.V1;
using ShTP.Data.Outbox;
using ShTP.Protos;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Assignments.Judging;

/// <summary>Notifications of students about their contests.</summary>
internal static class ContestNews
{
    /// <summary>Notifies the student about the result of a repository, in the transaction that completes the work. Other submissions cause no notification.</summary>
    public static async Task TellOfContestAsync(this AssignmentsDb db, IReadOnlyList<Submission> submissions, bool isJudged, CancellationToken cancellationToken)
    {
        if (submissions is not [{ ContestId: { } contest, UserId: var user }, ..])
            return;
        if (await db.Contests.Where(c => c.Id == contest && c.ArchivedAt == null).Select(c => c.Title).SingleOrDefaultAsync(cancellationToken) is not { } title)
            return;
        var text = LocalizedText.OfSchool(isJudged
            ? (LocalizedText)$"Contest “{title}” is judged: {submissions.Count(s => s.Solved)} of {submissions.Count} solved"
            : (LocalizedText)$"Contest “{title}” could not be judged. Submit your solution again");
        var data = new Struct { Fields = { ["text"] = Value.ForString(NotificationLimits.Fit(text, NotificationLimits.Text)) } };
        db.Enqueue(NotificationsInternal.Descriptor, nameof(NotificationsInternal.NotificationsInternalBase.Notify),
            new NotifyRequest { UserIds = { user.ToString() }, Type = (int)NotificationType.Information, Data = data }, $"notify:{user}");
    }

    /// <summary>The time of the database, which also decides leases.</summary>
    public static Task<DateTimeOffset> NowAsync(this AssignmentsDb db, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<DateTimeOffset>($"SELECT now() AS \"Value\"").SingleAsync(cancellationToken);
}
