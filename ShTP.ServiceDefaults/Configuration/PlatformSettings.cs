using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ShTP.ServiceDefaults.Configuration;

/// <summary>Checks settings of ASP.NET Core and OpenTelemetry, which otherwise end the process with the stack of the first one that is wrong.</summary>
internal static class PlatformSettings
{
    public const string Collector = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string Levels = ":LogLevel:";

    /// <summary>Registers the faults, and replaces values with which the application could not be built.</summary>
    public static void Check(WebApplicationBuilder builder)
    {
        var faults = FindFaults(builder.Configuration).ToList();
        if (faults.Count == 0)
            return;
        builder.Services.AddStartCheck(_ => faults.Select(fault => fault.Text));
        foreach (var (key, replacement, _) in faults.Where(fault => fault.Replacement is not null))
            builder.Configuration[key] = replacement;
    }

    private static IEnumerable<(string Key, string? Replacement, string Text)> FindFaults(ConfigurationManager configuration)
    {
        foreach (var (key, value) in Entries(configuration, "Logging"))
        {
            if (key.Contains(Levels, StringComparison.OrdinalIgnoreCase) && !Enum.TryParse<LogLevel>(value, ignoreCase: true, out _))
                yield return (key, nameof(LogLevel.Information), $"{key} is '{value}'; it must be {string.Join(", ", Enum.GetNames<LogLevel>())}.");
        }

        if (configuration[Collector] is { Length: > 0 } collector && !IsHttp(collector))
            yield return (Collector, "", $"{Collector} is '{collector}'; it must be an http or https URL.");
        foreach (var (key, value) in Entries(configuration, "services"))
        {
            if (!IsHttp(value))
                yield return (key, null, $"{key} is '{value}'; it must be an http or https URL, such as http://localhost:5102.");
        }

        foreach (var (key, value) in Entries(configuration, "Kestrel:Endpoints"))
        {
            if (key.EndsWith(":Url", StringComparison.OrdinalIgnoreCase) && !IsAddress(value))
                yield return (key, null, $"{key} is '{value}'; it must be an address to listen on, such as http://localhost:8080.");
        }
    }

    private static bool IsHttp(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";

    private static bool IsAddress(string text)
    {
        try
        {
            var address = BindingAddress.Parse(text);
            return address.IsUnixPipe || (address.Scheme is "http" or "https" && address.Host.Length > 0 && !address.Host.Contains(':', StringComparison.Ordinal) == !address.Host.StartsWith('[') && address.Port is >= 0 and <= ushort.MaxValue);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static List<(string Key, string Value)> Entries(ConfigurationManager configuration, string section) =>
        [.. configuration.GetSection(section).AsEnumerable().Where(entry => entry.Value is not null).Select(entry => (entry.Key, entry.Value!))];
}
