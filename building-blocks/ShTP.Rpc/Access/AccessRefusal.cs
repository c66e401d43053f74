using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using ShTP.Protos;
using ShTP.Rpc.Errors;

namespace ShTP.Rpc.Access;

/// <summary>The error for a caller that a policy of <see cref="AccessPolicies"/> refuses.</summary>
public static class AccessRefusal
{
    /// <summary>The error of the RPC.</summary>
    public static RpcException Of(HttpContext context, AccessRule? rule)
    {
        if (rule is { IsInternal: true } && context.Features.Get<CallingService>() is { } service)
            return RpcErrors.Denied($"{service.Name} may not call this RPC.");
        var fault = context.Features.Get<TokenResult>()?.Fault;
        if (fault is null)
            return rule is null ? RpcErrors.Denied("The RPC may not be called.") : RpcErrors.Denied("You can't access this endpoint!");
        // That a service's token is no longer good is the service's fault and not its user's.
        return rule is { IsInternal: true } ? RpcErrors.Unauthenticated(fault.Detail) : fault.ToRpcException();
    }
}

/// <summary>Answers a refused RPC as gRPC does: an error is the trailers alone, here in the place of the headers.</summary>
internal sealed class GrpcRefusal : IAuthorizationMiddlewareResultHandler
{
    private static readonly AuthorizationMiddlewareResultHandler Default = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
            return next(context);
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) != true)
            return Default.HandleAsync(next, context, policy, authorizeResult);
        Write(context.Response, AccessRefusal.Of(context, context.GetEndpoint()?.Metadata.GetMetadata<AccessRule>()));
        return Task.CompletedTask;
    }

    private static void Write(HttpResponse response, RpcException error)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)error.StatusCode).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(error.Status.Detail);
        foreach (var detail in error.Trailers.Where(trailer => trailer.IsBinary))
            response.Headers[detail.Key] = Convert.ToBase64String(detail.ValueBytes).TrimEnd('=');
    }
}
