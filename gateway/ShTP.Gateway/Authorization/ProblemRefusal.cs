using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using ShTP.Protos;
using ShTP.Rpc.Access;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Requests;

namespace ShTP.Gateway.Authorization;

/// <summary>Answers a caller whom the route's policy does not let through, with the same problem that the service itself would be answered for.</summary>
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
