using Microsoft.EntityFrameworkCore;
using ShTP.Auth.V1;
using ShTP.Api.V1;
using ShTP.Data;
using ShTP.Data.Audit;
using ShTP.Data.Outbox;
using ShTP.Localization;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.Users.Pages;

namespace ShTP.Users.Profiles;

/// <summary>Gives people who are locked out a password for one sign-in.</summary>
internal sealed class ResetPassword(UsersDb db, AuthInternal.AuthInternalClient auth, RightsNews news, OutboxDeliveries deliveries)
{
    private const int MaxMembers = 200;

    private static readonly TimeSpan DeliveryLimit = TimeSpan.FromSeconds(3);

    /// <exception cref="Grpc.Core.RpcException">As ResetPassword of users.proto says.</exception>
    internal async Task<PasswordCard> ResetAsync(Guid id, CurrentUser caller, CancellationToken cancellationToken)
    {
        if (id == caller.Id)
            throw RpcErrors.InvalidField("uuid", "one's own password is changed with the current one");
        return (await ResetAsync([id], caller, cancellationToken)).SingleOrDefault() ?? throw RpcErrors.NotFound("User with such uuid/nickname not found");
    }

    /// <summary>The students of a group, by name.</summary>
    /// <exception cref="Grpc.Core.RpcException">As ResetGroupPasswords of groups.proto says.</exception>
    internal async Task<IReadOnlyList<PasswordCard>> ResetGroupAsync(Guid group, CurrentUser caller, CancellationToken cancellationToken)
    {
        // Maintainers count as teachers.
        var members = await db.Users.Where(u => u.GroupId == group && u.Role == Role.Student && u.ShtpMaintainer != true && u.Id != caller.Id)
            .Select(u => u.Id).Take(MaxMembers + 1).ToArrayAsync(cancellationToken);
        if (members.Length is 0 or > MaxMembers)
            throw RpcErrors.WrongState(members.Length == 0 ? "The group has no students" : (LocalizedText)$"The group has more than {MaxMembers} students");
        return await ResetAsync(members, caller, cancellationToken);
    }

    private async Task<IReadOnlyList<PasswordCard>> ResetAsync(Guid[] ids, CurrentUser caller, CancellationToken cancellationToken)
    {
        // Hashing is dear: before anybody has to wait for a lock, and not for those who may not ask.
        foreach (var user in await db.Users.AsNoTracking().Where(u => ids.Contains(u.Id)).ToListAsync(cancellationToken))
            Permissions.RequireMayManage(caller, user);
        AuditCall.About(ids);
        string[] passwords = [.. ids.Select(_ => OneTimePassword.New())];
        var hashes = (await auth.HashPasswordsAsync(new HashPasswordsRequest { Passwords = { passwords } }, cancellationToken: cancellationToken)).Hashes;
        var (cards, messages) = await db.InTransactionAsync(async cancellation =>
        {
            var users = await db.Users.FromSql($"SELECT * FROM users WHERE id = ANY ({ids}) ORDER BY id FOR NO KEY UPDATE").ToListAsync(cancellation);
            var cards = new List<PasswordCard>();
            var messages = new List<Guid>();
            foreach (var user in users.OrderBy(u => u.LastName, StringComparer.OrdinalIgnoreCase).ThenBy(u => u.FirstName, StringComparer.OrdinalIgnoreCase))
            {
                Permissions.RequireMayManage(caller, user);
                var place = Array.IndexOf(ids, user.Id);
                cards.Add(new PasswordCard(user.FirstName, user.LastName, user.Email, passwords[place]));
                messages.Add(db.EnqueueOneTimePassword(user, hashes[place]));
            }

            await db.SaveChangesAsync(cancellation);
            await news.TellEndOfSessionsAsync(users.Select(user => user.Id), cancellation);
            return (cards, messages);
        }, cancellationToken);
        // The cards are the only copy of the passwords: they go out, whether Auth has them already or not.
        await deliveries.WaitAllAsync(messages, DeliveryLimit, cancellationToken);
        return cards;
    }
}
