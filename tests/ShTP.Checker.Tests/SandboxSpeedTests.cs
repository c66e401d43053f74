using System.Diagnostics;
using System.Globalization;
using ShTP.Checker.Sandboxing;
using Xunit;

namespace ShTP.Checker.Tests;

/// <summary>
/// What the isolation costs, against the same commands without it:
/// <c>dotnet run -c Release --project tests/ShTP.Checker.Tests -- -explicit only -class "*SandboxSpeedTests" -showLiveOutput</c>.
/// </summary>
[Collection(JudgeFixture.OneAtATime)]
public sealed class SandboxSpeedTests(JudgeFixture fixture)
{
    private const int WarmUp = 5;
    private const int Rounds = 50;

    private const string Program = """
        #include <iostream>
        #include <map>
        #include <string>
        #include <vector>
        int main() {
            std::map<std::string, std::vector<int>> places;
            std::string word;
            for (int i = 0; std::cin >> word; i++) places[word].push_back(i);
            for (const auto& [key, value] : places) std::cout << key << ' ' << value.size() << '\n';
        }
        """;

    private const string ProgramOfEverything = "#include <bits/stdc++.h>\nusing namespace std;\nint main() { int a, b; cin >> a >> b; cout << a + b << endl; }";

    [Fact(Explicit = true)]
    public async Task Sandbox_OrdinaryCommands_CostLittleMoreThanWithoutIt()
    {
        var job = fixture.Folder.CreateJob();
        var everything = Path.Join(job.FullName, "everything.cpp");
        var named = Path.Join(job.FullName, "named.cpp");
        var program = Path.Join(job.FullName, "program");
        await File.WriteAllTextAsync(everything, ProgramOfEverything);
        await File.WriteAllTextAsync(named, Program);
        await File.WriteAllBytesAsync(program, (await fixture.Sandbox.RunAsync(fixture.Toolchain.CompileCpp(everything))).Output);

        var compiler = JudgeFixture.Options.Compiler;
        var plain = Path.Join(job.FullName, "plain");
        string[] flags = ["-O2", "-std=c++17", "-o", plain];
        await CompareAsync("compile four headers", fixture.Toolchain.CompileCpp(named), [compiler, .. flags, named]);
        await CompareAsync("compile bits/stdc++.h", fixture.Toolchain.CompileCpp(everything), [compiler, .. flags, everything]);
        var run = new SandboxCommand(["/box/program"], [], new SandboxLimits(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(7), 256 * SandboxLimits.Mebibyte))
        {
            Files = [new SandboxFile(program, "/box/program")],
        };
        await CompareAsync("one test in C++", run, [plain]);
        await CompareAsync("one test in Python", fixture.Toolchain.RunPython("-c", "print(1)"), [JudgeFixture.Options.Python, "-I", "-B", "-c", "print(1)"]);
        job.Delete(recursive: true);
    }

    private async Task CompareAsync(string what, SandboxCommand command, string[] plain)
    {
        var (isolated, direct) = (new List<double>(), new List<double>());
        for (var round = 0; round < WarmUp + Rounds; round++)
        {
            // In turn: whatever else the machine does hits both.
            var start = Stopwatch.GetTimestamp();
            var result = await fixture.Sandbox.RunAsync(command);
            var inside = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            Assert.True(result.Succeeded, result.ToString());
            start = Stopwatch.GetTimestamp();
            using (var process = Process.Start(new ProcessStartInfo(plain[0], plain[1..]) { RedirectStandardOutput = true, RedirectStandardInput = true })!)
            {
                process.StandardInput.Close();
                await process.StandardOutput.ReadToEndAsync();
                await process.WaitForExitAsync();
                Assert.Equal(0, process.ExitCode);
            }

            var outside = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (round < WarmUp)
                continue;
            isolated.Add(inside);
            direct.Add(outside);
        }

        isolated.Sort();
        direct.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}: in the sandbox p50 {isolated[Rounds / 2]:F0} ms, slowest {isolated[^1]:F0} ms; without p50 {direct[Rounds / 2]:F0} ms; ratio {isolated[Rounds / 2] / direct[Rounds / 2]:F2}"));
    }
}
