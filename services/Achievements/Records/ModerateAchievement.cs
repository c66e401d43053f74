using Google.Protobuf.WellKnownTypes;
using ShTP.Achievements.V1;
using ShTP.Data;
using ShTP.Data.Outbox;
using ShTP.Localization;
using ShTP.Protos;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.Users.V1;

namespace ShTP.Achievements.Records;

/// <summary>Moderation by staff. A decision, its points and its notification are one transaction.</summary>
internal sealed class ModerateAchievement(AchievementsDb db, ShownVersions shown, TimeProvider clock)
{
    private const int Accept = 1;
    private const int MaxLedgerReason = 200;

    /// <exception cref="Grpc.Core.RpcException">As documented for ModerateAchievement in achievements.proto.</exception>
    public async Task ModerateAsync(ModerateAchievementRequest request, CurrentUser moderator, CancellationToken cancellationToken)
    {
        var id = Check(request);
        await db.InTransactionAsync(async cancellation =>
        {
            var achievement = await db.LockAchievementAsync(id, cancellation) ?? throw NoSuchAchievement();
            if (achievement.UserId == moderator.Id)
                throw RpcErrors.Denied("You can't decide on your own achievement");
            if (request.HasVersion)
                RequireUnchanged(achievement, request.Version);
            if (achievement.Status != AchievementStatus.Pending)
                return IsSame(achievement, request) ? true : throw RpcErrors.WrongState("The achievement is decided already");
            if (!request.HasVersion)
                RequireUnchanged(achievement, await shown.FindAsync(achievement, moderator.SessionId, cancellation));
            achievement.Decide(moderator.Id, clock.Now());
            if (request.Status == Accept)
                AcceptIt(achievement, request.Points, moderator.Id);
            else
                RejectIt(achievement, request.HasReason ? request.Reason : null);
            await shown.ForgetAsync(achievement, cancellation);
            await db.SaveChangesAsync(cancellation);
            return true;
        }, cancellationToken);
    }

    /// <exception cref="Grpc.Core.RpcException">As documented for ReverseAchievement in achievements.proto.</exception>
    public async Task ReverseAsync(ReverseAchievementRequest request, Guid moderator, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.Uuid, "uuid");
        checks.Text(request.Reason, 1, Achievement.MaxReasonLength, "reason");
        CheckVersion(request.HasVersion, request.Version, checks);
        checks.ThrowIfInvalid();
        await db.InTransactionAsync(async cancellation =>
        {
            var achievement = await db.LockAchievementAsync(id, cancellation) ?? throw NoSuchAchievement();
            if (request.HasVersion)
                RequireUnchanged(achievement, request.Version);
            if (achievement.IsReversed)
                return true;
            if (achievement.Status != AchievementStatus.Accepted)
                throw RpcErrors.WrongState("The achievement is not accepted");
            if (achievement.UserId == moderator)
                throw RpcErrors.Denied("You can't decide on your own achievement");
            achievement.IsReversed = true;
            achievement.Decide(moderator, clock.Now());
            EnqueuePoints(achievement, -achievement.Points!.Value, $"Reversed: {request.Reason}", moderator);
            RejectIt(achievement, request.Reason);
            await db.SaveChangesAsync(cancellation);
            return true;
        }, cancellationToken);
    }

    private static Guid Check(ModerateAchievementRequest request)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.Uuid, "uuid");
        if (!request.HasStatus)
            checks.Add("status", "field required");
        checks.Range(request.Status, 0, 1, "status");
        if (request.Status == Accept && !request.HasPoints)
            checks.Add("points", "field required");
        if (request.Status == Accept)
            checks.Range(request.Points, 0, Achievement.MaxPoints, "points");
        checks.Text(request.Reason, 0, Achievement.MaxReasonLength, "reason");
        CheckVersion(request.HasVersion, request.Version, checks);
        checks.ThrowIfInvalid();
        return id;
    }

    private static void CheckVersion(bool isGiven, int version, FieldChecks checks)
    {
        if (isGiven)
            checks.Range(version, Achievement.FirstVersion, int.MaxValue, "version");
    }

    private static void RequireUnchanged(Achievement achievement, int known)
    {
        if (known > achievement.Version)
            throw RpcErrors.InvalidField("version", $"the achievement has the version {achievement.Version}");
        if (known < achievement.Version)
            throw RpcErrors.Changed("The achievement was changed meanwhile, load it again before you decide", achievement.ChangesAfter(known));
    }

    private static bool IsSame(Achievement achievement, ModerateAchievementRequest request) => request.Status == Accept
        ? achievement.Status == AchievementStatus.Accepted && achievement.Points == request.Points
        : achievement.Status == AchievementStatus.Rejected;

    private void AcceptIt(Achievement achievement, int points, Guid moderator)
    {
        achievement.Status = AchievementStatus.Accepted;
        achievement.Points = points;
        EnqueuePoints(achievement, points, $"Achievement: {achievement.Title}", moderator);
        db.EnqueueNotification(achievement.UserId, NotificationType.Accepted, new Struct
        {
            Fields = { ["name"] = Value.ForString(achievement.Title), ["points"] = Value.ForNumber(points) },
        }, SourceOf(achievement));
    }

    private void RejectIt(Achievement achievement, string? reason)
    {
        achievement.Status = AchievementStatus.Rejected;
        achievement.Reason = string.IsNullOrEmpty(reason) ? null : reason;
        var data = new Struct { Fields = { ["name"] = Value.ForString(achievement.Title) } };
        if (achievement.Reason is not null)
            data.Fields["reason"] = Value.ForString(achievement.Reason);
        db.EnqueueNotification(achievement.UserId, NotificationType.Rejected, data, SourceOf(achievement));
    }

    private void EnqueuePoints(Achievement achievement, int points, LocalizedText text, Guid moderator)
    {
        if (points == 0)
            return;
        var reason = LocalizedText.OfSchool(text);
        var entry = new AddRatingRequest
        {
            UserId = achievement.UserId.ToString(),
            Points = points,
            Reason = reason.Length > MaxLedgerReason ? reason[..MaxLedgerReason] : reason,
            AuthorId = moderator.ToString(),
            Source = SourceOf(achievement),
        };
        db.Enqueue(UsersInternal.Descriptor, nameof(UsersInternal.UsersInternalBase.AddRating), entry, $"rating:{achievement.UserId}");
    }

    private static string SourceOf(Achievement achievement) => $"achievement:{achievement.Id}";

    private static Grpc.Core.RpcException NoSuchAchievement() => RpcErrors.NotFound("Achievement with such uuid not found");
}
