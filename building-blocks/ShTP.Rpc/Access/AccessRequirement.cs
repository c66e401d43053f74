using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using ShTP.Api.V1;
using ShTP.Protos;

namespace ShTP.Rpc.Access;

/// <summary>Compares who calls, as authentication found out, with what the rule demands.</summary>
internal sealed class AccessRequirement(AccessRule rule) : AuthorizationHandler<AccessRequirement>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AccessRequirement requirement)
    {
        if (context.Resource is HttpContext http && (rule.IsInternal ? Suffices(http.Features.Get<CallingService>()) : Suffices(http.Features.Get<TokenResult>())))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }

    private bool Suffices(CallingService? caller) => caller is not null && rule.Callers!.Contains(caller.Name);

    private bool Suffices(TokenResult? token) => rule.Level switch
    {
        Level.Public => true,
        Level.SignedIn or Level.RefreshToken => token?.User is not null,
        Level.Teacher => token?.User is { IsStaff: true },
        Level.Admin => token?.User is { IsAdmin: true },
        _ => false,
    };
}
