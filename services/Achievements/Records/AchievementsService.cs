using Google.Api;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Achievements.V1;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;

namespace ShTP.Achievements.Records;

/// <summary>Achievements and their moderation; achievements.proto documents each RPC.</summary>
internal sealed class AchievementsService(AchievementLists lists, AchievementEditing handingIn, ModerateAchievement decisions, ShownVersions shown, ExportAchievements export, SignedNames links)
    : V1.AchievementsService.AchievementsServiceBase
{
    public override async Task<ListAchievementsResponse> ListAchievements(ListAchievementsRequest request, ServerCallContext context)
    {
        var page = await lists.OfAsync(context.User().Id, AchievementStatus.Accepted, request.Before, context.CancellationToken);
        return new ListAchievementsResponse { Achievements = { page.Rows }, Next = page.Next(PlaceOf) };
    }

    public override async Task<ListPendingResponse> ListPending(ListPendingRequest request, ServerCallContext context)
    {
        var page = await lists.OfAsync(context.User().Id, AchievementStatus.Pending, request.Before, context.CancellationToken);
        return new ListPendingResponse { Achievements = { page.Rows }, Next = page.Next(PlaceOf) };
    }

    public override async Task<ListRejectedResponse> ListRejected(ListRejectedRequest request, ServerCallContext context)
    {
        var page = await lists.OfAsync(context.User().Id, AchievementStatus.Rejected, request.Before, context.CancellationToken);
        return new ListRejectedResponse { Achievements = { page.Rows }, Next = page.Next(PlaceOf) };
    }

    public override async Task<ListQueueResponse> ListQueue(ListQueueRequest request, ServerCallContext context)
    {
        var page = await lists.QueueAsync(request, context.CancellationToken);
        await shown.RecordAsync(page.Rows, context.User().SessionId, context.CancellationToken);
        return new ListQueueResponse { Achievements = { page.Rows }, Next = page.Next(PlaceOf) };
    }

    public override async Task<ListUserAchievementsResponse> ListUserAchievements(ListUserAchievementsRequest request, ServerCallContext context)
    {
        var user = FieldChecks.RequireUuid(request.Uuid, "uuid");
        return new() { Achievements = { await lists.NewestAcceptedOfAsync(user, context.CancellationToken) } };
    }

    public override async Task<V1.Achievement> CreateAchievement(CreateAchievementRequest request, ServerCallContext context) =>
        (await handingIn.CreateAsync(request, context.User().Id, context.CancellationToken)).ToProto(links);

    public override async Task<V1.Achievement> ResubmitAchievement(ResubmitAchievementRequest request, ServerCallContext context) =>
        (await handingIn.ResubmitAsync(request, context.User().Id, context.CancellationToken)).ToProto(links);

    public override async Task<Empty> ModerateAchievement(ModerateAchievementRequest request, ServerCallContext context)
    {
        await decisions.ModerateAsync(request, context.User(), context.CancellationToken);
        return new Empty();
    }

    public override async Task<Empty> ReverseAchievement(ReverseAchievementRequest request, ServerCallContext context)
    {
        await decisions.ReverseAsync(request, context.User().Id, context.CancellationToken);
        return new Empty();
    }

    public override Task ExportAchievements(ExportAchievementsRequest request, IServerStreamWriter<HttpBody> responseStream, ServerCallContext context) =>
        export.WriteAsync(responseStream, context);

    private static string PlaceOf(V1.Achievement row) => row.Uuid;
}
