using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Users.V1;

namespace ShTP.Auth.Sessions;

/// <summary>Reads role and name of a user from Users.</summary>
internal sealed class Identities(UsersInternal.UsersInternalClient users)
{
    /// <summary>Role and name, or null when the user was deleted.</summary>
    public async Task<GetIdentityResponse?> FindAsync(Guid user, CancellationToken cancellationToken)
    {
        try
        {
            return await users.GetIdentityAsync(new GetIdentityRequest { UserId = user.ToString() }, cancellationToken: cancellationToken);
        }
        catch (RpcException gone) when (gone.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>The current role, or null when the user was deleted.</summary>
    public async Task<Role?> FindRoleAsync(Guid user, CancellationToken cancellationToken) => (await FindAsync(user, cancellationToken))?.Role;
}
