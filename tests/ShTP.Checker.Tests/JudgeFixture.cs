using ShTP.Checker.Judging;
using ShTP.Checker.Sandboxing;
using ShTP.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(ShTP.Checker.Tests.JudgeFixture))]

namespace ShTP.Checker.Tests;

/// <summary>One prepared judge for all tests, as a checker has one for all submissions.</summary>
public sealed class JudgeFixture : IAsyncLifetime
{
    /// <summary>The collection of every class: verdicts depend on time and what is left behind is looked for, so one program runs at a time.</summary>
    public const string OneAtATime = "one program at a time";

    private readonly CheckerFolder _folder = CheckerFolder.Create();
    private Judge? _judge;

    internal Judge Judge => _judge ?? throw new InvalidOperationException("The judge is not prepared.");

    internal CheckerFolder Folder => _folder;

    internal static CheckerOptions Options { get; } = new() { FirstUser = 52_000, Cache = Directory.CreateTempSubdirectory("shtp-headers-").FullName };

    /// <summary>A user that owns nothing.</summary>
    internal const int OrdinaryUser = 51_999;

    internal Sandbox Sandbox => Judge.Sandbox;

    internal Toolchain Toolchain => Judge.Toolchain;

    public async ValueTask InitializeAsync()
    {
        MissingTool.SkipWithout(("bwrap", "bubblewrap"), ("g++", "g++"), ("python3", "python3"), ("git", "git"));
        // What must never be seen in a sandbox.
        Environment.SetEnvironmentVariable("SHTP_TEST_SECRET", "correct horse battery staple");
        // No hostile program runs where the bounded attacks of the self-test already get through.
        (_judge, var faults) = await JudgePreparation.PrepareAsync(_folder, Options);
        Assert.True(_judge is not null, string.Join(Environment.NewLine, faults));
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        Directory.Delete(Options.Cache!, recursive: true);
        return ValueTask.CompletedTask;
    }
}
