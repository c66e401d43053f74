using Microsoft.EntityFrameworkCore;
using ShTP.Rpc;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.Users.V1;

namespace ShTP.Users.Profiles;

/// <summary>The ledger of one user, newest entries first.</summary>
internal sealed class ListRatingEntries(UsersDb db)
{
    private const int MaxPage = 100;

    /// <exception cref="Grpc.Core.RpcException">As documented for ListRatingEntries in users.proto.</exception>
    public async Task<ListRatingEntriesResponse> ReadAsync(ListRatingEntriesRequest request, CurrentUser caller, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        var userId = checks.Uuid(request.Uuid, "uuid");
        var limit = request.HasLimit ? request.Limit : MaxPage;
        checks.Range(limit, 1, MaxPage, "limit");
        var before = request.Before.Length > 0 ? checks.Uuid(request.Before, "before") : Guid.Empty;
        checks.ThrowIfInvalid();
        if (userId != caller.Id && !caller.IsStaff)
            throw RpcErrors.Denied("You can see your own rating only");
        if (!await db.Users.AnyAsync(u => u.Id == userId, cancellationToken))
            throw RpcErrors.NotFound("User with such uuid/nickname not found");

        var entries = db.RatingEntries.AsNoTracking().Where(e => e.UserId == userId);
        if (request.Before.Length > 0)
        {
            var createdAt = await entries.Where(e => e.Id == before).Select(e => (DateTimeOffset?)e.CreatedAt).SingleOrDefaultAsync(cancellationToken)
                ?? throw RpcErrors.InvalidField("before", "the user has no entry with this uuid");
            entries = entries.Where(e => EF.Functions.LessThan(ValueTuple.Create(e.CreatedAt, e.Id), ValueTuple.Create(createdAt, before)));
        }

        var rows = await entries.OrderByDescending(e => e.CreatedAt).ThenByDescending(e => e.Id).Take(limit + 1)
            .Select(e => e.ToProto()).ToListAsync(cancellationToken);
        var page = rows.ToPage(limit);
        return new ListRatingEntriesResponse { Entries = { page.Rows }, Next = page.Next(entry => entry.Uuid) };
    }
}
