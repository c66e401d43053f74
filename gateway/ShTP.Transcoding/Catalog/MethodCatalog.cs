using System.Collections.Frozen;
using Google.Api;
using Google.Protobuf.Reflection;
using ShTP.Api.V1;
using ShTP.Transcoding.Codecs;
using ShTP.Protos;

namespace ShTP.Transcoding.Catalog;

/// <summary>All HTTP rules of a contract, checked. Immutable.</summary>
public sealed class MethodCatalog
{
    internal const string HttpBodyType = "google.api.HttpBody";

    private readonly FrozenDictionary<string, ApiMethod> _byRouteId;

    private MethodCatalog(IReadOnlyList<ApiMethod> methods)
    {
        Methods = methods;
        _byRouteId = methods.ToFrozenDictionary(method => method.RouteId);
    }

    /// <summary>One entry per rule: RPCs with additional bindings have several.</summary>
    public IReadOnlyList<ApiMethod> Methods { get; }

    /// <summary>The method with the id, or null.</summary>
    public ApiMethod? Find(string routeId) => _byRouteId.GetValueOrDefault(routeId);

    /// <summary>Reads the rules of all RPCs of a contract.</summary>
    /// <exception cref="CatalogException">With the faults of all rules.</exception>
    public static MethodCatalog Build(Contract contract, TranscodingOptions options)
    {
        var plans = ReferenceEquals(contract, Contract.ShTP) ? PlanSet.ShTP : new PlanSet(contract.Files);
        var faults = new List<string>();
        var methods = new List<ApiMethod>();
        foreach (var method in contract.Files.SelectMany(file => file.Services).SelectMany(service => service.Methods))
            Read(method, plans, options, methods, faults);
        RefuseDuplicates(methods, faults);
        return faults.Count == 0 ? new MethodCatalog(methods) : throw new CatalogException([.. faults.Distinct()]);
    }

    private static void Read(MethodDescriptor method, PlanSet plans, TranscodingOptions options, List<ApiMethod> methods, List<string> faults)
    {
        var rule = method.GetOptions()?.GetExtension(AnnotationsExtensions.Http);
        var access = AccessRule.Read(method, out var found);
        faults.AddRange(found.Concat(FindFaults(method, access, hasHttpRule: rule is not null)).Select(fault => Sentence(method, fault)));
        if (rule is null || method.IsClientStreaming)
            return;
        try
        {
            var input = plans.For(method.InputType);
            var output = plans.For(method.OutputType);
            var number = 0;
            foreach (var binding in rule.AdditionalBindings.Prepend(rule))
            {
                var reader = new RuleReader(method, access, binding, input, output, options);
                var read = reader.Read(number++);
                faults.AddRange(reader.Faults.Select(fault => Sentence(method, fault)));
                if (read is not null)
                    methods.Add(read);
            }

            if (rule.AdditionalBindings.Any(binding => binding.AdditionalBindings.Count > 0))
                faults.Add(Sentence(method, "additional bindings do not nest"));
        }
        catch (NotSupportedException unsupported)
        {
            faults.Add(Sentence(method, unsupported.Message.TrimEnd('.')));
        }
    }

    private static IEnumerable<string> FindFaults(MethodDescriptor method, AccessRule? access, bool hasHttpRule)
    {
        if (method.Service.File.Package.Split('.') is not ["shtp", _, ..])
            yield return "its package is not shtp.<area>";
        if (access is { IsInternal: false } && !hasHttpRule)
            yield return "people may call it but it has no HTTP rule";
        if (access is { IsInternal: true } && hasHttpRule)
            yield return "it is internal but has an HTTP rule";
        if (hasHttpRule && method.IsClientStreaming)
            yield return "client streaming has no HTTP form";
        var timeout = method.GetOptions()?.GetExtension(OptionsExtensions.TimeoutSeconds) ?? 0;
        if (timeout < 0)
            yield return "its timeout is negative";
        if (timeout != 0 && method.IsServerStreaming)
            yield return "streams have no timeout";
    }

    private static void RefuseDuplicates(List<ApiMethod> methods, List<string> faults)
    {
        foreach (var same in methods.GroupBy(method => (method.Verb, method.Template.Shape)).Where(group => group.Count() > 1))
        {
            var others = string.Join(" and ", same.Skip(1).Select(method => method.RouteId));
            faults.Add(Sentence(same.First().Descriptor, $"{same.Key.Verb} {same.First().Template.Text} is the route of {others} too"));
        }
    }

    private static string Sentence(MethodDescriptor method, string fault) => $"{method.FullName}: {fault}.";
}
