using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>The README's tour with clients that are generated from what the gateway publishes, and nothing else.</summary>
[Collection(CalmSystem.Name)]
public sealed class ClientTests(RunningSystem system)
{
    private static readonly string Picture = Repository.PathOf("requests", "picture.png");

    private Dictionary<string, string> Admin => new() { ["SHTP_EMAIL"] = RunningSystem.AdminEmail, ["SHTP_PASSWORD"] = system.AdminPassword };

    [Fact]
    public async Task TypeScriptClient_GeneratedFromOpenApi_CompilesStrictlyAndMakesTheTour()
    {
        var folder = NodeProgram.CreateFolder();
        foreach (var file in (string[])["tour.mts", "tsconfig.json"])
            File.Copy(Repository.PathOf("tests", "clients", file), Path.Combine(folder, file));

        await NodeProgram.RunAsync(NodeProgram.ScriptOf("openapi-typescript", "bin/cli.js"), [$"{Address}openapi.json", "--output", Path.Combine(folder, "api.mts")]);
        await NodeProgram.RunAsync(NodeProgram.ScriptOf("typescript", "bin/tsc"), ["--project", folder]);
        var output = await NodeProgram.RunAsync(Path.Combine(folder, "out", "tour.mjs"), [Address, Picture], Admin);

        Assert.Equal(
            [
                "me: admin",
                "created: Ada Lovelace, class 10, avatar default.png",
                "found: true",
                "refused: 422 true",
                "avatar: image/png",
                "achievement: Олимпиада, pending, points null",
                """notification: type 0 {"name":"Олимпиада","points":999}""",
                "leaderboard: true",
                "done",
            ],
            Lines(output));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task ProtobufClient_GeneratedFromProtos_MakesTheTourUnderMobile()
    {
        var folder = NodeProgram.CreateFolder();

        var output = await NodeProgram.RunAsync(Repository.PathOf("tests", "clients", "protobuf-tour.mjs"), [Address, folder, Picture], Admin);

        Assert.Equal(
            [
                "me: ROLE_ADMIN",
                "created: Ada Lovelace, class 10, avatar default.png",
                "found: true",
                "refused: 422 true",
                "avatar: image/png",
                "achievement: Олимпиада, status 0, points null",
                "notification: type 0 Олимпиада 998",
                "leaderboard: true",
                "done",
            ],
            Lines(output));
        Directory.Delete(folder, recursive: true);
    }

    private string Address => system.Anonymous().Http.BaseAddress!.ToString();

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
