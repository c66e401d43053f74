using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ShTP.Api.V1;
using ShTP.Protos;

namespace ShTP.Rpc.Access;

/// <summary>The authorization policies that the <c>access</c> options of a contract ask for, one per different rule.</summary>
public static class AccessPolicies
{
    /// <summary>Lets no caller through; for RPCs that say nothing about access.</summary>
    internal const string Closed = "access:none";

    /// <summary>The name of the policy that enforces a rule.</summary>
    public static string NameOf(AccessRule rule) => rule.IsInternal
        ? $"access:internal:{string.Join(',', rule.Callers!.Order(StringComparer.Ordinal))}"
        : $"access:{rule.Level}";

    /// <summary>Demands the rule of an endpoint.</summary>
    public static void Add(EndpointBuilder endpoint, AccessRule? rule)
    {
        if (rule is not null)
            endpoint.Metadata.Add(rule);
        endpoint.Metadata.Add(new AuthorizeAttribute(rule is null ? Closed : NameOf(rule)));
    }

    /// <summary>Finds out who calls, for whoever must know it before the policy decides; done once for each request.</summary>
    public static Task AuthenticateAsync(HttpContext context, AccessRule rule) => context.AuthenticateAsync(AccessSchemes.For(rule));

    internal static void Register(AuthorizationOptions options, Contract contract)
    {
        options.AddPolicy(Closed, policy => policy.AddAuthenticationSchemes(AccessSchemes.User).RequireAssertion(_ => false));
        // All levels, whether an RPC of this contract has them or not: the gateway serves other contracts in tests.
        var people = Enum.GetValues<Level>().Where(level => level != Level.Unspecified).Select(level => new AccessRule(level, default, null));
        var services = contract.Methods.Select(method => AccessRule.Read(method, out _)).OfType<AccessRule>().Where(rule => rule.IsInternal).DistinctBy(NameOf);
        foreach (var rule in people.Concat(services))
            options.AddPolicy(NameOf(rule), policy => policy.AddAuthenticationSchemes(AccessSchemes.For(rule)).AddRequirements(new AccessRequirement(rule)));
    }
}
