using System.Collections.Frozen;
using ShTP.Gateway.Transcoding;
using ShTP.Gateway.Transcoding.Catalog;

namespace ShTP.Gateway.Routing;

/// <summary>All routes of the contract.</summary>
internal sealed class RouteTable
{
    private readonly FrozenDictionary<string, ApiRoute> byId;

    public RouteTable(MethodCatalog catalog, TranscodingOptions options)
    {
        All = [.. catalog.Methods.Select(method => new ApiRoute(method, options))];
        byId = All.ToFrozenDictionary(route => route.Method.RouteId);
    }

    public IReadOnlyList<ApiRoute> All { get; }

    /// <summary>The route with YARP's id, or null for a route that is only forwarded.</summary>
    public ApiRoute? Find(string id) => byId.GetValueOrDefault(id);
}
