using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aspire.Hosting;

/// <summary>The content of <c>Properties/launchSettings.json</c>.</summary>
public sealed class LaunchSettings
{
    private static readonly JsonSerializerOptions Format = new()
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    [JsonPropertyName("profiles")]
    public Dictionary<string, LaunchProfile> Profiles { get; set; } = [];

    internal static LaunchSettings? Read(string projectDirectory)
    {
        var file = Path.Combine(projectDirectory, "Properties", "launchSettings.json");
        if (!File.Exists(file))
            return null;
        try
        {
            return JsonSerializer.Deserialize<LaunchSettings>(File.ReadAllText(file), Format);
        }
        catch (JsonException e)
        {
            throw new DistributedApplicationException($"Could not read the launch settings '{file}': {e.Message}", e);
        }
    }
}

public sealed class LaunchProfile
{
    [JsonPropertyName("commandName")]
    public string? CommandName { get; set; }

    [JsonPropertyName("commandLineArgs")]
    public string? CommandLineArgs { get; set; }

    [JsonPropertyName("launchUrl")]
    public string? LaunchUrl { get; set; }

    [JsonPropertyName("applicationUrl")]
    public string? ApplicationUrl { get; set; }

    [JsonPropertyName("environmentVariables")]
    public Dictionary<string, string> EnvironmentVariables { get; set; } = [];

    /// <summary>Whether <c>dotnet run</c> would use it.</summary>
    internal bool IsForProject => CommandName is null or "" or "Project" or "Executable";
}
