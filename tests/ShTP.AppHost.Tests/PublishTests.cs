using ShTP.AppHost.Tests.Deployment;
using Xunit;

namespace ShTP.AppHost.Tests;

/// <summary>What Aspire publishes of the AppHost.</summary>
public sealed class PublishTests
{
    [Fact]
    public async Task Manifest_HasTheContainerAndTheProjects_AndNothingOfThisMachine()
    {
        var home = Directory.CreateTempSubdirectory("shtp-publish-").FullName;
        try
        {
            var model = await PublishedModel.PublishAsync(home);
            var (text, resources) = (model.Text, model.Resources);

            Assert.StartsWith("container.", (string)resources["postgres"]!["type"]!);
            Assert.Contains("postgres:", (string)resources["postgres"]!["image"]!);
            foreach (var project in (string[])["auth", "users", "files", "achievements", "events", "notifications", "assignments", "checker", "gateway"])
                Assert.StartsWith("project.", (string)resources[project]!["type"]!);
            Assert.Equal("{auth-identity-key.value}", (string)resources["auth"]!["env"]!["ServiceIdentity__PrivateKey"]!);
            Assert.Equal("{users-identity-public-key.value}", (string)resources["auth"]!["env"]!["ServiceIdentity__PublicKeys__users"]!);

            // Secrets are asked for: none has a value, a default or a recipe here.
            foreach (var (name, resource) in resources.Where(resource => (string)resource.Value!["type"]! == "parameter.v0"))
                Assert.True(name is "admin-email" or "school-name" || resource!["inputs"]!["value"]!["default"] is null, $"{name}: {resource}");
            // An EC key in base64, private or public, begins with one of these.
            Assert.DoesNotContain("MIGH", text);
            Assert.DoesNotContain("MFkw", text);
            Assert.DoesNotContain(home, text);
            // And the user's secrets have got none.
            Assert.DoesNotContain(Directory.EnumerateFiles(home, "secrets.json", SearchOption.AllDirectories),
                secrets => File.ReadAllText(secrets).Contains("Parameters:", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
