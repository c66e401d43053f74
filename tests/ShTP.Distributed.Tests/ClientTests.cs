using ShTP.Testing;
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
    public async Task TypeScriptSdk_GeneratedFromOpenApi_CompilesStrictlyAndCalls()
    {
        var folder = NodeProgram.CreateFolder();
        foreach (var file in (string[])["sdk-tour.ts", "tsconfig.sdk.json"])
            File.Copy(Repository.PathOf("tests", "clients", file), Path.Combine(folder, file));
        var document = Path.Combine(folder, "openapi.json");
        await File.WriteAllTextAsync(document, (await system.Anonymous().GetAsync("/openapi.json")).Text, TestContext.Current.CancellationToken);

        await NodeProgram.RunAsync(NodeProgram.ScriptOf("@hey-api/openapi-ts", "bin/run.js"), ["--input", document, "--output", Path.Combine(folder, "sdk"), "--no-log-file"]);
        await NodeProgram.RunAsync(NodeProgram.ScriptOf("typescript", "bin/tsc"), ["--project", Path.Combine(folder, "tsconfig.sdk.json")]);
        var output = await NodeProgram.RunAsync(Path.Combine(folder, "out", "sdk-tour.js"), [Address], Admin);

        Assert.Equal(
            [
                "me: admin",
                "created: Ada, group true, nickname null",
                "refused: 401 UNAUTHENTICATED Invalid pair login && password",
                """notified: 4 {"text":"Hello"}""",
                "event: true, seats null",
                "session: true",
                "done",
            ],
            Lines(output));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task CSharpClient_GeneratedFromOpenApi_CompilesAndMakesTheTour()
    {
        var client = await CSharpClient.GenerateAsync((await system.Anonymous().GetAsync("/openapi.json")).Text);
        var tour = await File.ReadAllTextAsync(Repository.PathOf("tests", "clients", "Tour.cs"), TestContext.Current.CancellationToken);

        var type = CSharpClient.Compile(client, tour).GetType("ShTP.Tour.Tour")!;
        var made = (Task<List<string>>)type.GetMethod("MakeAsync")!.Invoke(Activator.CreateInstance(type, new Uri(Address), Picture), [RunningSystem.AdminEmail, system.AdminPassword])!;

        Assert.Equal(
            [
                "me: Admin",
                "created: Ada Lovelace, class 10, group True",
                "found: True",
                "refused: 422 True",
                "wrong password: 401 UNAUTHENTICATED Invalid pair login && password",
                "registered: Registered, 1",
                "task: Tokens, 1 test, function none",
                "notified: True",
                "done",
            ],
            await made.WaitAsync(RunningSystem.StepLimit, TestContext.Current.CancellationToken));
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
