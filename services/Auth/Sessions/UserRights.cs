using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Auth.Login;
using ShTP.Rpc.Errors;

namespace ShTP.Auth.Sessions;

/// <summary>What the token of a user says of the user's rights.</summary>
internal sealed class UserRights(AuthDb db, Identities identities)
{
    private const int MaxAttempts = 3;

    /// <summary>The role, and the version of the rights that it belongs to.</summary>
    /// <exception cref="Grpc.Core.RpcException">UNAUTHENTICATED when the user is gone, ABORTED when the rights keep changing.</exception>
    public async Task<(Role Role, long Version)> FindAsync(Guid user, CancellationToken cancellationToken)
    {
        // A token with the old role always has the old version. A token with the new role and the old version would be
        // rejected at once, so the role is read again.
        var versions = db.Credentials.Where(known => known.UserId == user).Select(known => (long?)known.RightsVersion);
        var version = await versions.SingleOrDefaultAsync(cancellationToken);
        for (var attempt = 1; attempt <= MaxAttempts && version is not null; attempt++)
        {
            var role = await identities.FindRoleAsync(user, cancellationToken) ?? throw RpcErrors.Unauthenticated(SessionOpening.NoLogin);
            var before = version;
            version = await versions.SingleOrDefaultAsync(cancellationToken);
            if (version == before)
                return (role, version.Value);
        }

        throw version is null ? RpcErrors.Unauthenticated(SessionOpening.NoLogin) : RpcErrors.Aborted("Your rights were changed meanwhile, try again");
    }
}
