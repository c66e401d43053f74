using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Achievements.V1;
using ShTP.Data;
using ShTP.Data.Outbox;
using ShTP.Protos;
using ShTP.Rpc;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.Users.V1;

namespace ShTP.Achievements.Medals;

/// <summary>Medals that staff award; achievements.proto documents each RPC.</summary>
internal sealed class MedalsService(AchievementsDb db, Owners owners, TimeProvider clock) : V1.MedalsService.MedalsServiceBase
{
    private const int MaxMedals = 100;

    public override async Task<ListMedalsResponse> ListMedals(ListMedalsRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var user = checks.Uuid(request.Uuid, "uuid");
        var before = request.Before.Length > 0 ? checks.Uuid(request.Before, "before") : Guid.Empty;
        checks.ThrowIfInvalid();
        var medals = db.Medals.AsNoTracking().Where(m => m.UserId == user);
        if (request.Before.Length > 0)
        {
            var createdAt = await medals.Where(m => m.Id == before).Select(m => (DateTimeOffset?)m.CreatedAt).SingleOrDefaultAsync(context.CancellationToken)
                ?? throw RpcErrors.InvalidField("before", "the user has no medal with this uuid");
            medals = medals.Where(m => EF.Functions.LessThan(ValueTuple.Create(m.CreatedAt, m.Id), ValueTuple.Create(createdAt, before)));
        }

        var rows = await medals.OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Id).Take(MaxMedals + 1).ToListAsync(context.CancellationToken);
        var page = rows.Select(medal => medal.ToProto()).ToPage(MaxMedals);
        return new ListMedalsResponse { Medals = { page.Rows }, Next = page.Next(medal => medal.Uuid) };
    }

    public override async Task<V1.Medal> AwardMedal(AwardMedalRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var user = checks.Uuid(request.UserId, "userId");
        if (!request.HasKind)
            checks.Add("kind", "field required");
        else if (!System.Enum.IsDefined(request.Kind))
            checks.Add("kind", "must be gold, silver or bronze");
        request.Name = checks.Title(request.Name, 1, Medal.MaxNameLength, "name");
        checks.ThrowIfInvalid();
        await owners.RequireAsync(user, context.CancellationToken);

        var now = clock.Now();
        var id = Guid.CreateVersion7(now);
        var medal = await db.AddInTransactionAsync(cancellationToken => db.Medals.SingleOrDefaultAsync(m => m.Id == id, cancellationToken), async cancellationToken =>
        {
            await db.LockUserAsync(user, cancellationToken);
            if (await db.Medals.CountAsync(m => m.UserId == user, cancellationToken) >= MaxMedals)
                throw RpcErrors.WrongState($"The user has {MaxMedals} medals already");
            var added = new Medal { Id = id, UserId = user, Kind = request.Kind, Name = request.Name, AwardedBy = context.User().Id, CreatedAt = now };
            db.Medals.Add(added);
            await db.SaveChangesAsync(cancellationToken);
            db.EnqueueNotification(user, NotificationType.Medal, new Struct
            {
                Fields = { ["name"] = Value.ForString(request.Name), ["medal"] = Value.ForString(SpellingOf(request.Kind)) },
            }, $"medal:{id}");
            await SaveCountsAsync(user, cancellationToken);
            return added;
        }, context.CancellationToken);
        return medal.ToProto();
    }

    public override async Task<Empty> RevokeMedal(RevokeMedalRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        await db.InTransactionAsync(async cancellationToken =>
        {
            var user = await db.Medals.Where(m => m.Id == id).Select(m => (Guid?)m.UserId).SingleOrDefaultAsync(cancellationToken);
            if (user is null)
                return false;
            await db.LockUserAsync(user.Value, cancellationToken);
            // Read before it is deleted: the audit keeps what was there.
            if (await db.Medals.SingleOrDefaultAsync(m => m.Id == id, cancellationToken) is not { } medal)
                return false;
            db.Medals.Remove(medal);
            await db.SaveChangesAsync(cancellationToken);
            await SaveCountsAsync(user.Value, cancellationToken);
            return true;
        }, context.CancellationToken);
        return new Empty();
    }

    // Under the user's lock, so that the last message in the outbox has the last count.
    private async Task SaveCountsAsync(Guid user, CancellationToken cancellationToken)
    {
        var counts = await db.Medals.Where(m => m.UserId == user).GroupBy(m => m.Kind).Select(kind => new { kind.Key, Count = kind.Count() })
            .ToDictionaryAsync(kind => kind.Key, kind => kind.Count, cancellationToken);
        var request = new SetMedalsRequest
        {
            UserId = user.ToString(),
            Medals = new Users.V1.Medals
            {
                Gold = counts.GetValueOrDefault(MedalKind.Gold),
                Silver = counts.GetValueOrDefault(MedalKind.Silver),
                Bronze = counts.GetValueOrDefault(MedalKind.Bronze),
            },
        };
        db.Enqueue(UsersInternal.Descriptor, nameof(UsersInternal.UsersInternalBase.SetMedals), request, $"medals:{user}");
        await db.SaveChangesAsync(cancellationToken);
    }

    private static string SpellingOf(MedalKind kind) => kind switch
    {
        MedalKind.Gold => "gold",
        MedalKind.Silver => "silver",
        _ => "bronze",
    };
}
