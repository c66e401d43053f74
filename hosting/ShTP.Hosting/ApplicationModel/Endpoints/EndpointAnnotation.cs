using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A network endpoint that a resource offers.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    public EndpointAnnotation(ProtocolType protocol, string? uriScheme = null, string? transport = null, string? name = null,
        int? port = null, int? targetPort = null, bool? isExternal = null, bool? isProxied = null)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? protocol.ToString().ToLowerInvariant();
        Name = name ?? UriScheme;
        ModelName.Validate("Endpoint", Name);
        Transport = transport ?? (UriScheme is "http" or "https" ? "http" : UriScheme);
        Port = port;
        TargetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsExplicitlyProxied = isProxied;
        IsProxied = isProxied ?? true;
    }

    public string Name { get; set; }

    public ProtocolType Protocol { get; set; }

    /// <summary>The port that others use; null: any free one.</summary>
    public int? Port { get; set; }

    /// <summary>The port that the process binds; null: the public one, or with replicas any free one.</summary>
    public int? TargetPort { get; set; }

    public string UriScheme { get; set; }

    public string TargetHost { get; set; } = "localhost";

    public string Transport { get; set; }

    public bool IsExternal { get; set; }

    public bool IsProxied { get; set; }

    public bool? IsExplicitlyProxied { get; set; }

    /// <summary>True: a reference to the whole resource leaves this endpoint out.</summary>
    public bool ExcludeReferenceEndpoint { get; set; }

    public AllocatedEndpoint? AllocatedEndpoint { get; set; }

    internal bool FromLaunchProfile { get; set; }
}
