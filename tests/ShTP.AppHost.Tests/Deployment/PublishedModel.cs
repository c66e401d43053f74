using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;

namespace ShTP.AppHost.Tests.Deployment;

/// <summary>The model of the AppHost, as Aspire publishes it.</summary>
/// <param name="Text">The manifest.</param>
internal sealed record PublishedModel(string Text)
{
    /// <summary>All resources by name.</summary>
    public JsonObject Resources { get; } = JsonNode.Parse(Text)!["resources"]!.AsObject();

    /// <summary>The resources that are projects.</summary>
    public IEnumerable<KeyValuePair<string, JsonNode?>> Projects => Resources.Where(resource => (string)resource.Value!["type"]! == "project.v0");

    /// <summary>Runs the built AppHost, with <paramref name="home"/> as the folder of the user.</summary>
    public static async Task<PublishedModel> PublishAsync(string home)
    {
        var file = Path.Combine(home, "manifest.json");
        var start = new ProcessStartInfo(Metadata("builtprograms").Replace("*", "ShTP.AppHost", StringComparison.Ordinal), ["--operation", "publish", "--step", "publish-manifest", "--output-path", file])
        {
            WorkingDirectory = Metadata("apphostprojectpath"),
            Environment = { ["HOME"] = home, ["DOTNET_ENVIRONMENT"] = "Development" },
        };
        await Processes.RunAsync(start);
        return new PublishedModel(await File.ReadAllTextAsync(file, Limits.Cancellation));
    }

    private static string Metadata(string key) =>
        Assembly.Load("ShTP.AppHost").GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
