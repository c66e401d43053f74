using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using ShTP.Protos;
using ShTP.Rpc.Access;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Requests;

namespace ShTP.Gateway.Authorization;

/// <summary>Responds to a caller that the policy of the route refuses, with the problem that the error of the service would become.</summary>
internal sealed class ProblemRefusal : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
            return next(context);
        var refusal = AccessRefusal.Of(context, context.GetEndpoint()?.Metadata.GetMetadata<AccessRule>());
        ProblemWriter.Write(context, StatusMapping.ToProblem(refusal), Negotiation.WantsProtobufErrors(context.Request));
        return Task.CompletedTask;
    }
}
