using Microsoft.EntityFrameworkCore;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using ShTP.Data;
using ShTP.Rpc.Errors;

namespace ShTP.Achievements.Records;

/// <summary>Submission of achievements by students.</summary>
internal sealed class AchievementEditing(AchievementsDb db, Attachments attachments, TimeProvider clock)
{
    private const int MaxWaiting = 100;

    /// <exception cref="Grpc.Core.RpcException">As documented for CreateAchievement in achievements.proto.</exception>
    public async Task<Achievement> CreateAsync(CreateAchievementRequest request, Guid user, CancellationToken cancellationToken)
    {
        var text = request.Achievement ?? new AchievementText();
        var checks = new FieldChecks();
        if (!text.HasEventType)
            checks.Add("achievement.eventType", "field required");
        Check(text, checks, isNew: true);
        checks.ThrowIfInvalid();
        var file = await attachments.VerifyAsync(request.ConfirmFile, user, cancellationToken);

        var now = clock.Now();
        var id = Guid.CreateVersion7(now);
        return await db.AddInTransactionAsync(cancellation => db.Achievements.SingleOrDefaultAsync(a => a.Id == id, cancellation), async cancellation =>
        {
            await db.LockUserAsync(user, cancellation);
            await RequireRoomAsync(user, cancellation);
            var achievement = new Achievement
            {
                Id = id,
                UserId = user,
                EventType = text.EventType,
                Title = text.Title,
                Description = text.Description,
                FileId = Guid.ParseExact(file.FileId, "D"),
                FileName = file.Name,
                OriginalName = file.OriginalName,
                CreatedAt = now,
            };
            db.Achievements.Add(achievement);
            attachments.EnqueueClaim(achievement);
            await db.SaveChangesAsync(cancellation);
            return achievement;
        }, cancellationToken);
    }

    /// <exception cref="Grpc.Core.RpcException">As documented for ResubmitAchievement in achievements.proto.</exception>
    public async Task<Achievement> ResubmitAsync(ResubmitAchievementRequest request, Guid user, CancellationToken cancellationToken)
    {
        var text = request.Achievement ?? new AchievementText();
        var checks = new FieldChecks();
        var id = checks.Uuid(request.Uuid, "uuid");
        Check(text, checks, isNew: false);
        checks.ThrowIfInvalid();
        var file = request.ConfirmFile is null ? null : await attachments.VerifyAsync(request.ConfirmFile, user, cancellationToken);

        return await db.InTransactionAsync(async cancellation =>
        {
            // Before the row, as a deletion of the user does it.
            await db.LockUserAsync(user, cancellation);
            var achievement = await db.LockAchievementAsync(id, cancellation);
            if (achievement?.UserId != user)
                throw RpcErrors.NotFound("You have no achievement with such uuid");
            if (achievement.Status == AchievementStatus.Accepted)
                throw RpcErrors.WrongState("The achievement is accepted already");
            if (achievement.Status == AchievementStatus.Rejected)
                await RequireRoomAsync(user, cancellation);
            Revise(achievement, text, file);
            await db.SaveChangesAsync(cancellation);
            return achievement;
        }, cancellationToken);
    }

    private static void Check(AchievementText text, FieldChecks checks, bool isNew)
    {
        if (text.HasEventType && !Enum.IsDefined(text.EventType))
            checks.Add("achievement.eventType", "must be olimpiad or event");
        if (isNew || text.HasTitle)
            text.Title = checks.Title(text.Title, 1, Achievement.MaxTitleLength, "achievement.title");
        if (isNew || text.HasDescription)
            checks.Text(text.Description, 1, Achievement.MaxDescriptionLength, "achievement.description");
    }

    private void Revise(Achievement achievement, AchievementText text, UploadedFile? file)
    {
        if (file is null || Guid.ParseExact(file.FileId, "D") == achievement.FileId)
        {
            achievement.Revise(text, file: null);
            return;
        }

        attachments.EnqueueRelease(achievement);
        achievement.Revise(text, file);
        attachments.EnqueueClaim(achievement);
    }

    // Counted under the student's lock: two concurrent calls could both find room for one.
    private async Task RequireRoomAsync(Guid user, CancellationToken cancellationToken)
    {
        if (await db.Achievements.CountAsync(a => a.UserId == user && a.Status == AchievementStatus.Pending, cancellationToken) >= MaxWaiting)
            throw RpcErrors.WrongState($"{MaxWaiting} of your achievements are waiting already");
    }
}
