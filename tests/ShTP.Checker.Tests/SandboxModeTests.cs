using System.Runtime.InteropServices;
using ShTP.Checker.Sandboxing;
using Xunit;

namespace ShTP.Checker.Tests;

/// <summary>The self-test in every combination of isolation and measuring that this machine can do.</summary>
[Collection(JudgeFixture.OneAtATime)]
public sealed class SandboxModeTests(JudgeFixture fixture)
{
    public static TheoryData<string, bool> Modes
    {
        get
        {
            var modes = new TheoryData<string, bool>();
            SandboxMode[] possible = Environment.IsPrivilegedProcess
                ? [SandboxMode.OwnUserInNamespace, SandboxMode.OwnUser]
                : [SandboxMode.SameUserInNamespace];
            foreach (var mode in possible)
            {
                modes.Add(mode.ToString(), true);
                modes.Add(mode.ToString(), false);
            }

            return modes;
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task SelfTest_InThisMode_FindsNoFault(string mode, bool polls)
    {
        using var folder = CheckerFolder.Create();
        var meters = polls ? new ProcessPolling() : fixture.Sandbox.Host.Meters;

        var (sandbox, fault) = await SandboxDetection.TryAsync(Enum.Parse<SandboxMode>(mode), meters, folder, JudgeFixture.Options);

        Assert.True(sandbox is not null, fault);
        var faults = await SandboxSelfTest.FindFaultsAsync(sandbox, fixture.Toolchain);

        Assert.True(faults.Count == 0, string.Join(" ", faults));
    }

    [Fact]
    public async Task SelfTest_OfASandboxThatShowsAFileOfTheHost_FindsTheBreach()
    {
        var secret = Path.Join(fixture.Folder.Path, "shown");
        await File.WriteAllTextAsync(secret, "secret");
        var limits = new SandboxLimits(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20), 64 * SandboxLimits.Mebibyte);
        var command = fixture.Toolchain.RunPython("-c", Judging.EmbeddedText.Read("SelfTest.py"), "/box/shown", "1000000") with { Limits = limits };

        var result = await fixture.Sandbox.RunAsync(command with { Files = [new SandboxFile(secret, "/box/shown")] });

        Assert.Equal("sees /box/shown\nall attacks were tried\n", System.Text.Encoding.UTF8.GetString(result.Output));
    }

    [Fact]
    public async Task Prepare_WithoutTheTools_NamesThePackages()
    {
        using var folder = CheckerFolder.Create();

        var (judge, faults) = await JudgePreparation.PrepareAsync(folder, new CheckerOptions { Compiler = "/missing/g++", Python = "/missing/python3" });

        Assert.Null(judge);
        Assert.Contains(faults, fault => fault.Contains("package g++", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("package python3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_Cancelled_EndsTheProgram()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var limits = new SandboxLimits(TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(100), 64 * SandboxLimits.Mebibyte);
        var command = fixture.Toolchain.RunPython("-c", "import time\ntime.sleep(90)") with { Limits = limits };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Sandbox.RunAsync(command, cancellation.Token));
    }

    [Theory]
    [InlineData(Architecture.X64, true)]
    [InlineData(Architecture.Arm64, true)]
    [InlineData(Architecture.X64, false)]
    [InlineData(Architecture.Arm64, false)]
    public void Filter_OfEachArchitecture_JumpsOnlyInsideItself(Architecture architecture, bool boundsSharedMemory)
    {
        var filter = SeccompFilter.Build(architecture, givesUpRights: false, boundsSharedMemory);
        var count = filter.Length / 8;

        Assert.Equal(0, filter.Length % 8);
        Assert.InRange(count, 200, 4096);
        Assert.All(Enumerable.Range(0, count), i =>
            Assert.True((filter[8 * i] & 0x07) == 0x05 ? i + 1 + Math.Max(filter[8 * i + 2], filter[8 * i + 3]) < count : i < count));
        Assert.Equal(0x06, filter[8 * (count - 1)]);
    }
}
