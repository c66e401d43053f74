using System.Diagnostics;
using System.Globalization;
using ShTP.Checker.Sandboxing;
using Xunit;

namespace ShTP.Checker.Tests;

/// <summary>
/// Every program of the table gets its verdict and leaves the host as it was. <c>SHTP_CHECKER_ROUNDS</c> repeats the
/// table, which then should run beside other work.
/// </summary>
[Collection(JudgeFixture.OneAtATime)]
public sealed class HostileProgramTests(JudgeFixture fixture)
{
    private static readonly HostileProgram[] Programs = [.. OrdinaryPrograms.All, .. GreedyPrograms.All, .. AttackingPrograms.All];

    private static readonly TimeSpan OrdinaryUserLimit = TimeSpan.FromMinutes(20);

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("SHTP_CHECKER_ROUNDS") ?? "1", CultureInfo.InvariantCulture);

    public static TheoryData<string, int> Names
    {
        get
        {
            var names = new TheoryData<string, int>();
            for (var round = 1; round <= Rounds; round++)
                foreach (var program in Programs)
                    names.Add(program.Name, round);
            return names;
        }
    }

    [Fact]
    public void Table_HasAtLeastSixtyProgramsWithNamesOfTheirOwn()
    {
        Assert.True(Programs.Length >= 60);
        Assert.Equal(Programs.Length, Programs.Select(program => program.Name).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Program_GetsItsVerdictAndLeavesNothing(string name, int round)
    {
        Assert.True(round > 0);
        var program = Programs.Single(program => program.Name == name);
        var secret = Path.Join(fixture.Folder.Path, "canary");
        await File.WriteAllTextAsync(secret, "canary");

        var result = await fixture.Judge.JudgeAsync(program.Task);

        var said = $"{result.Message} {string.Join(' ', result.Tests)}";
        var expected = fixture.Judge.Host.Meters is ProcessPolling ? program.WithoutGroups ?? program.Verdict : program.Verdict;
        Assert.True(result.Verdict == expected, $"{result.Verdict}: {said}");
        Assert.DoesNotContain("horse", said, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", said, StringComparison.Ordinal);
        Assert.Equal("canary", await File.ReadAllTextAsync(secret));
        Assert.Empty(Directory.EnumerateFileSystemEntries(fixture.Folder.Path, "job-*"));
        Assert.Empty(LeftProcesses());
    }

    // Nothing else of this assembly runs meanwhile, and other assemblies use other users.
    private static IEnumerable<string> LeftProcesses()
    {
        var (first, count) = Environment.IsPrivilegedProcess ? (JudgeFixture.Options.FirstUser, SandboxHost.UserCount) : (JudgeFixture.OrdinaryUser, 1);
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out var _)))
        {
            var user = ReadOrNothing(Path.Join(folder, "status")).Split('\n').FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal))?.Split('\t')[1];
            var commandLine = ReadOrNothing(Path.Join(folder, "cmdline"));
            if (user is not null && int.Parse(user, CultureInfo.InvariantCulture) - first is var number && number >= 0 && number < count && !commandLine.Contains("Tests", StringComparison.Ordinal))
                yield return commandLine.Replace('\0', ' ');
        }
    }

    private static string ReadOrNothing(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>The same table by an ordinary user, in a process of its own.</summary>
    [Fact]
    public async Task Programs_AsAnOrdinaryUser_GetTheSameVerdicts()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "The other tests run as an ordinary user here.");
        // Where the ordinary user may look for the test's own files, whatever folder the repository is in.
        var home = Directory.CreateTempSubdirectory("shtp-user-");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(home.FullName, (UnixFileMode)0b111_111_111);
        var start = new ProcessStartInfo("setpriv") { RedirectStandardOutput = true, WorkingDirectory = home.FullName };
        string[] arguments =
        [
            "--reuid", $"{JudgeFixture.OrdinaryUser}", "--regid", $"{JudgeFixture.OrdinaryUser}", "--clear-groups", "dotnet", "exec", Path.Join(AppContext.BaseDirectory, "ShTP.Checker.Tests.dll"),
            "-class", typeof(HostileProgramTests).FullName!, "-noColor",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["HOME"] = start.Environment["TMPDIR"] = home.FullName;
        start.Environment["SHTP_CHECKER_ROUNDS"] = "1";

        // What a killed checker of root left is not the ordinary user's to remove, and must not be in its way.
        var left = new[] { "pids", "memory" }.Select(ControlGroupMounts.FindV1).OfType<string>().Distinct().Where(ControlGroup.IsUsable)
            .Select(folder => Path.Join(folder, $"shtp-checker-{int.MaxValue}-{Environment.ProcessId}")).ToArray();
        foreach (var folder in left)
            Directory.CreateDirectory(folder);

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(OrdinaryUserLimit);
        await using var kill = limit.Token.Register(() => process.Kill(entireProcessTree: true));
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        home.Delete(recursive: true);
        foreach (var folder in left.Where(Directory.Exists))
            Directory.Delete(folder);

        Assert.True(process.ExitCode == 0, output);
        Assert.Contains($"Total: {Programs.Length + 2}, Errors: 0, Failed: 0", output, StringComparison.Ordinal);
    }
}
