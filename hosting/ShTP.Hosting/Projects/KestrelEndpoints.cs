using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Projects;

/// <summary>An endpoint of the section <c>Kestrel:Endpoints</c> of a project's settings.</summary>
internal sealed record KestrelEndpoint(string Name, BindingAddress Address, bool IsHttp2);

internal static class KestrelEndpoints
{
    public static IReadOnlyList<KestrelEndpoint> Read(string projectPath, string? environment)
    {
        var configuration = Configuration(projectPath, environment);
        var http2ByDefault = configuration["Kestrel:EndpointDefaults:Protocols"] == "Http2";
        return [..
            from section in configuration.GetSection("Kestrel:Endpoints").GetChildren()
            where section["Url"] is not null
            let address = BindingAddress.Parse(section["Url"]!)
            let http2 = section["Protocols"] is { } protocols ? protocols == "Http2" : http2ByDefault
            group new KestrelEndpoint(section.Key, address, http2) by address.Scheme into scheme
            // The only endpoint of a scheme is named like the scheme, others keep their names.
            from endpoint in scheme
            select scheme.Count() == 1 ? endpoint with { Name = scheme.Key } : endpoint];
    }

    private static IConfigurationRoot Configuration(string projectPath, string? environment)
    {
        var directory = Path.GetDirectoryName(projectPath)!;
        var folder = Path.GetFileName(directory);
        var builder = new ConfigurationBuilder().SetBasePath(directory).AddJsonFile("appsettings.json", optional: true);
        if (environment is not null)
            builder.AddJsonFile($"appsettings.{environment}.json", optional: true);
        builder.AddJsonFile($"{folder}.settings.json", optional: true);
        if (environment is not null)
            builder.AddJsonFile($"{folder}.settings.{environment}.json", optional: true);
        return builder.Build();
    }
}
