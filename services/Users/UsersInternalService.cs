using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Data;
using ShTP.Data.Audit;
using ShTP.Data.Caching;
using ShTP.Data.Outbox;
using ShTP.Rpc.Errors;
using ShTP.Users.Profiles;
using ShTP.Users.V1;
using User = ShTP.Users.Profiles.User;

namespace ShTP.Users;

/// <summary>RPCs for other services; users.proto documents each RPC.</summary>
internal sealed class UsersInternalService(UsersDb db, EnsureFirstAdmin firstAdmin, Audience audience, KeptAnswers answers, TimeProvider clock) : UsersInternal.UsersInternalBase
{
    private const int MaxSummaries = 1000;
    private const int MaxMedals = 1_000_000;

    public override async Task<GetIdentityResponse> GetIdentity(GetIdentityRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.UserId, "userId");
        // Waits for a concurrent change of the user: the response becomes part of a token, and Auth was called before the commit.
        var user = await db.Users.FromSql($"SELECT * FROM users WHERE id = {id} FOR SHARE")
            .Select(u => new { u.Role, u.ShtpMaintainer, u.FirstName, u.LastName, u.NickName, u.LearningClass, Group = u.Group!.Name })
            .SingleOrDefaultAsync(context.CancellationToken)
            ?? throw RpcErrors.NotFound("No such user");
        var identity = new GetIdentityResponse
        {
            Role = User.RoleInForce(user.Role, user.ShtpMaintainer),
            FirstName = user.FirstName,
            LastName = user.LastName,
            Group = user.Group,
            LearningClass = user.LearningClass,
        };
        if (user.NickName is not null)
            identity.NickName = user.NickName;
        return identity;
    }

    public override async Task<EnsureFirstAdminResponse> EnsureFirstAdmin(EnsureFirstAdminRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var email = checks.Email(request.Email, "email");
        checks.ThrowIfInvalid();
        var id = await firstAdmin.EnsureAsync(email, context.CancellationToken);
        return new EnsureFirstAdminResponse { UserId = id.ToString() };
    }

    public override Task<Empty> KeepAuditAnchor(KeepAuditAnchorRequest request, ServerCallContext context) => db.KeepAnchorAsync(request, context);

    public override async Task<GetSummariesResponse> GetSummaries(GetSummariesRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        checks.Range(request.UserIds.Count, 0, MaxSummaries, "userIds");
        var ids = request.UserIds.Take(MaxSummaries).Select(id => checks.Uuid(id, "userIds")).ToArray();
        checks.ThrowIfInvalid();
        var found = await db.Users.AsNoTracking().Where(u => ids.Contains(u.Id)).Select(ProfileRows.Summary)
            .ToDictionaryAsync(summary => summary.Uuid, context.CancellationToken);
        var response = new GetSummariesResponse();
        foreach (var id in ids)
        {
            if (found.TryGetValue(id.ToString(), out var summary))
                response.Users.Add(summary);
        }

        return response;
    }

    public override async Task<Empty> AddRating(AddRatingRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.UserId, "userId");
        checks.Range(request.Points, -RatingLedger.MaxPoints, RatingLedger.MaxPoints, "points");
        checks.Text(request.Reason, 1, Profiles.RatingEntry.MaxReasonLength, "reason");
        Guid? author = request.HasAuthorId ? checks.Uuid(request.AuthorId, "authorId") : null;
        checks.Text(request.Source, 1, Profiles.RatingEntry.MaxSourceLength, "source");
        checks.ThrowIfInvalid();
        await db.ApplyOnceAsync(context, async cancellationToken =>
        {
            if (await db.LockUserAsync(id, cancellationToken) is { } user)
                db.EnterRating(user, request.Points, request.Reason, author, request.Source, clock.Now());
        });
        return new Empty();
    }

    public override async Task<ListUserIdsResponse> ListUserIds(ListUserIdsRequest request, ServerCallContext context) =>
        new() { UserIds = await audience.FindAsync(request, context.CancellationToken) };

    public override async Task<Empty> SetMedals(SetMedalsRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.UserId, "userId");
        var medals = request.Medals ?? new V1.Medals();
        checks.Range(medals.Gold, 0, MaxMedals, "medals.gold");
        checks.Range(medals.Silver, 0, MaxMedals, "medals.silver");
        checks.Range(medals.Bronze, 0, MaxMedals, "medals.bronze");
        checks.ThrowIfInvalid();
        await db.ApplyOnceAsync(context, async cancellationToken =>
        {
            await db.Users.Where(u => u.Id == id).ExecuteUpdateAsync(set => set
                .SetProperty(u => u.GoldMedals, medals.Gold)
                .SetProperty(u => u.SilverMedals, medals.Silver)
                .SetProperty(u => u.BronzeMedals, medals.Bronze), cancellationToken);
            db.AfterCommit(() => answers.Drop(id));
        });
        return new Empty();
    }
}
