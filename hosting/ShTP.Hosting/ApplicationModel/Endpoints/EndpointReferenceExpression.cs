using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

public enum EndpointProperty
{
    Url = 0,
    Host = 1,
    IPV4Host = 2,
    Port = 3,
    Scheme = 4,
    TargetPort = 5,
    HostAndPort = 6,
}

/// <summary>One part of an endpoint's address.</summary>
public class EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property)
    : IExpressionValue, IValueWithReferences
{
    public EndpointReference Endpoint => endpointReference;

    public EndpointProperty Property => property;

    public string ValueExpression =>
        $"{{{Endpoint.Resource.Name}.bindings.{Endpoint.EndpointName}.{char.ToLowerInvariant(Property.ToString()[0])}{Property.ToString()[1..]}}}";

    IEnumerable<object> IValueWithReferences.References => [Endpoint];

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        GetValueAsync(new ValueProviderContext(), cancellationToken);

    public ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default) =>
        new(Property switch
        {
            EndpointProperty.Url => Endpoint.Url,
            EndpointProperty.Host => Endpoint.Host,
            EndpointProperty.IPV4Host => "127.0.0.1",
            EndpointProperty.Port => Text(Endpoint.Port),
            EndpointProperty.Scheme => Endpoint.Scheme,
            EndpointProperty.TargetPort => Text(TargetPort(context)),
            EndpointProperty.HostAndPort => $"{Endpoint.Host}:{Text(Endpoint.Port)}",
            _ => throw new InvalidOperationException($"The property '{Property}' is not supported for endpoint '{Endpoint.EndpointName}'."),
        });

    private int TargetPort(ValueProviderContext context) =>
        context.TargetPorts is { } ports && ports.TryGetValue(Endpoint.EndpointAnnotation, out var port)
            ? port
            : Endpoint.TargetPort ?? Endpoint.Port;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
