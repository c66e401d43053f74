using Grpc.Core;
using Grpc.Core.Interceptors;
using ShTP.Api.V1;
using ShTP.Protos;
using ShTP.Rpc.Errors;

namespace ShTP.Rpc.Access;

/// <summary>Lets a call through to its handler only as the <c>access</c> option of the RPC says.</summary>
internal sealed class AccessInterceptor(AccessRules rules, TokenValidator userTokens, Revocations revocations, ServiceTokenValidator serviceTokens) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        await CheckAsync(context);
        return await continuation(request, context);
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await CheckAsync(context);
        return await continuation(requestStream, context);
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await CheckAsync(context);
        await continuation(request, responseStream, context);
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await CheckAsync(context);
        await continuation(requestStream, responseStream, context);
    }

    private ValueTask CheckAsync(ServerCallContext context)
    {
        var rule = rules.Find(context.Method) ?? throw RpcErrors.Denied("The RPC may not be called.");
        var header = context.RequestHeaders.GetValue("authorization");
        return rule.IsInternal ? CheckServiceAsync(rule, header, context) : CheckUserAsync(rule, header, context);
    }

    private async ValueTask CheckUserAsync(AccessRule rule, string? header, ServerCallContext context)
    {
        var isPublic = rule.Level == Level.Public;
        if (!BearerHeader.TryRead(header, out var token, out var fault))
        {
            if (isPublic)
                return;
            throw fault.ToRpcException();
        }

        var kind = rule.Level == Level.RefreshToken ? TokenKind.Refresh : TokenKind.Access;
        var result = await userTokens.ValidateAsync(token, kind, context.CancellationToken);
        if (isPublic && result.Holder is { } holder)
            context.UserState[ServerCallContextExtensions.HolderKey] = holder;
        fault = result.IsValid ? await revocations.FindFaultAsync(result, kind, context.CancellationToken) : result.Fault;
        if (fault is not null)
        {
            if (isPublic)
                return;
            throw fault.ToRpcException();
        }

        if (!Suffices(rule.Level, result.User!.Role))
            throw RpcErrors.Denied("You can't access this endpoint!");
        context.UserState[ServerCallContextExtensions.UserKey] = result.User;
        context.UserState[ServerCallContextExtensions.TokenIdKey] = result.TokenId;
    }

    private static bool Suffices(Level level, Role role) => level switch
    {
        Level.Public or Level.SignedIn or Level.RefreshToken => true,
        Level.Teacher => role >= Role.Teacher,
        Level.Admin => role >= Role.Admin,
        _ => false,
    };

    private async ValueTask CheckServiceAsync(AccessRule rule, string? header, ServerCallContext context)
    {
        if (!BearerHeader.TryRead(header, out var token, out var fault))
            throw RpcErrors.Unauthenticated(fault.Detail);
        var (caller, refused) = await serviceTokens.ValidateAsync(token);
        if (caller is null)
            throw RpcErrors.Unauthenticated(refused!.Detail);
        if (!rule.Callers!.Contains(caller))
            throw RpcErrors.Denied($"{caller} may not call this RPC.");
        context.UserState[ServerCallContextExtensions.ServiceKey] = caller;
    }
}
