using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Where an endpoint is reached in this run.</summary>
public class AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port, string? targetPortExpression = null)
{
    public EndpointAnnotation Endpoint => endpoint;

    public string Address => address;

    public int Port => port;

    public string? TargetPortExpression => targetPortExpression;

    public string UriScheme => endpoint.UriScheme;

    public string EndPointString => string.Create(CultureInfo.InvariantCulture, $"{address}:{port}");

    public string UriString => $"{UriScheme}://{EndPointString}";

    public override string ToString() => UriString;
}
