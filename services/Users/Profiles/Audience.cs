using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using ShTP.Rpc.Errors;
using ShTP.Users.V1;

namespace ShTP.Users.Profiles;

/// <summary>Resolves groups, or everyone, to user ids.</summary>
internal sealed class Audience(UsersDb db)
{
    private const int MaxGroups = 100;
    private const int MaxUsers = 100_000;
    private const int UuidBytes = 16;

    /// <summary>The ids, 16 bytes each in the byte order of RFC 4122.</summary>
    /// <exception cref="Grpc.Core.RpcException">As documented for ListUserIds in users.proto.</exception>
    public async Task<ByteString> FindAsync(ListUserIdsRequest request, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        checks.Range(request.GroupIds.Count, 0, MaxGroups, "groupIds");
        var groups = request.GroupIds.Take(MaxGroups).Select(id => checks.Uuid(id, "groupIds")).ToArray();
        checks.ThrowIfInvalid();
        if (request.RequireGroups && groups.Length > 0)
            await RequireAsync(groups, cancellationToken);

        var users = request.Everyone ? db.Users : db.Users.Where(u => groups.Contains(u.GroupId));
        var ids = await users.OrderBy(u => u.Id).Select(u => u.Id).Take(MaxUsers + 1).ToListAsync(cancellationToken);
        if (ids.Count > MaxUsers)
            throw RpcErrors.WrongState($"There are more than {MaxUsers} users");
        var bytes = new byte[ids.Count * UuidBytes];
        for (var i = 0; i < ids.Count; i++)
            ids[i].TryWriteBytes(bytes.AsSpan(i * UuidBytes), bigEndian: true, out _);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    private async Task RequireAsync(Guid[] groups, CancellationToken cancellationToken)
    {
        var known = await db.Groups.Where(g => groups.Contains(g.Id)).Select(g => g.Id).ToListAsync(cancellationToken);
        if (groups.Except(known).FirstOrDefault() is var missing && missing != Guid.Empty)
            throw RpcErrors.NotFound($"Group with such uuid not found: {missing}");
    }
}
