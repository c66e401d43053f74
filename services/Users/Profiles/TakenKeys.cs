using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using ShTP.Rpc.Errors;

namespace ShTP.Users.Profiles;

/// <summary>Maps violated constraints of users to errors.</summary>
internal static class TakenKeys
{
    public const string EmailTaken = "A user with this e-mail exists already";
    public const string NoSuchGroup = "Group with such uuid not found";

    /// <summary>The error for the client, or null for other exceptions.</summary>
    public static RpcException? Translate(DbUpdateException fault) => (fault.InnerException as PostgresException)?.ConstraintName switch
    {
        User.Keys.Email => RpcErrors.Conflict(EmailTaken),
        User.Keys.NickName => RpcErrors.Conflict("nickName: this nickname is taken"),
        User.Keys.Telegram => TakenLink("telegram"),
        User.Keys.Github => TakenLink("github"),
        User.Keys.Stepik => TakenLink("stepik"),
        User.Keys.Kaggle => TakenLink("kaggle"),
        User.Keys.Website => TakenLink("website"),
        User.Keys.Group => RpcErrors.NotFound(NoSuchGroup),
        _ => null,
    };

    /// <summary>Saves the changes.</summary>
    /// <exception cref="RpcException">ALREADY_EXISTS or NOT_FOUND when a concurrent change took a key or deleted the group.</exception>
    public static async Task SaveUserAsync(this UsersDb db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException fault) when (Translate(fault) is { } taken)
        {
            throw taken;
        }
    }

    private static RpcException TakenLink(string field) => RpcErrors.Conflict($"{field}: somebody else has this link already");
}
