using Aspire.Hosting.Parameters;

namespace ShTP.Hosting.Tests;

public sealed class ParameterTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shtp-secrets-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("--Parameters:api-key=given")]
    [InlineData("--Parameters:api_key=given")]
    public async Task Parameter_InConfiguration_WinsOverItsDefault(string argument)
    {
        await using var builder = TestModels.Model(argument);

        var parameter = builder.AddParameter("api-key", new GenerateParameterDefault());

        Assert.Equal("given", await parameter.Resource.GetValueAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Parameter_WithoutValue_IsMissingAndItsUserFailsToStart()
    {
        await using var builder = TestModels.Model();
        var parameter = builder.AddParameter("api-key");
        builder.AddSample("web").WithEnvironment("KEY", parameter);
        await using var app = await builder.StartAsync();

        await app.ResourceNotifications.WaitForResourceAsync("web", KnownResourceStates.FailedToStart, TestModels.Cancellation);

        Assert.Contains("Parameter 'api-key' has no value: set the configuration key 'Parameters:api-key'", await app.LogAsync("web"));
        Assert.True(app.ResourceNotifications.TryGetCurrentState("api-key", out var state));
        Assert.Equal(KnownResourceStates.ValueMissing, state.Snapshot.State?.Text);
    }

    [Fact]
    public async Task Parameter_Generated_IsMadeOnceAndSecret()
    {
        await using var builder = TestModels.Model();
        var parameter = builder.AddParameter("key", new GenerateParameterDefault { MinLength = 40, Special = false, MinNumeric = 3 }, secret: true);
        await using var app = await builder.StartAsync();

        var value = parameter.Resource.Value;

        Assert.Equal(value, parameter.Resource.Value);
        Assert.Matches("^[a-zA-Z0-9]{40}$", value);
        Assert.True(value.Count(char.IsAsciiDigit) >= 3);
        Assert.True(app.ResourceNotifications.TryGetCurrentState("key", out var state));
        Assert.DoesNotContain(value, string.Join(' ', state.Snapshot.Properties.Select(p => p.Value)));
    }

    [Fact]
    public async Task Secrets_AskedForByManyAtOnce_AreOneValueThatOnlyTheUserCanRead()
    {
        var path = Path.Combine(_directory, "id", "secrets.json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, """{ "Parameters": { "old": "kept" } }""", TestModels.Cancellation);
        var made = 0;

        var values = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            new UserSecretsFile(path).GetOrAdd("Parameters:new", () => $"value {Interlocked.Increment(ref made)}"))));

        Assert.Equal(["value 1"], values.Distinct());
        Assert.Equal("kept", new UserSecretsFile(path).GetOrAdd("Parameters:old", () => "lost"));
        Assert.Equal("""
            {
              "Parameters:new": "value 1",
              "Parameters:old": "kept"
            }
            """, await File.ReadAllTextAsync(path, TestModels.Cancellation));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("a--b")]
    [InlineData("a-")]
    [InlineData("a_b")]
    [InlineData("é")]
    public async Task Resource_BadName_IsRefused(string name)
    {
        await using var builder = TestModels.Model();

        Assert.Throws<ArgumentException>(() => builder.AddParameter(name, "x"));
    }

    [Fact]
    public async Task Resource_SecondOfAName_IsRefused()
    {
        await using var builder = TestModels.Model();
        builder.AddParameter("one", "x");

        Assert.Throws<DistributedApplicationException>(() => builder.AddParameter("ONE", "x"));
    }
}
