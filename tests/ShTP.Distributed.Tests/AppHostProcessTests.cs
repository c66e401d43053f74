using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>The AppHost as a newcomer starts it: a process of its own.</summary>
[Collection(OwnSystem.Name)]
public sealed class AppHostProcessTests
{
    private const int SigTerm = 15;
    private const int SigInt = 2;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Kill_OfTheAppHost_LeavesNoProcessBehind()
    {
        using var host = await AppHostProcess.StartAsync();
        await host.PrintsAsync("ShTP is up: ", Limit);
        Assert.True(host.Processes().Count(IsService) >= 9, "the services and the gateway run");

        host.Kill();

        await host.LeavesNothingAsync();
    }

    [Fact]
    public async Task Interrupt_OfARunningSystem_EndsItInOrder()
    {
        using var host = await AppHostProcess.StartAsync();
        await host.PrintsAsync("ShTP is up: ", Limit);
        var output = host.Output;
        Assert.Contains("First admin: admin@shtp.local, password ", output);
        Assert.Matches(@"\nDashboard: http://localhost:\d+/login\?t=\w+\n\n$", output);

        host.Signal(SigInt);
        await host.EndsAsync(Limit);

        Assert.Equal(0, host.ExitCode);
        Assert.DoesNotContain("   at ", host.Output + host.Errors);
        await host.LeavesNothingAsync();
    }

    [Fact]
    public async Task Terminate_DuringTheStart_IsNoStackTrace()
    {
        using var host = await AppHostProcess.StartAsync();
        await host.PrintsAsync("starting", Limit);

        host.Signal(SigTerm);
        await host.EndsAsync(Limit);

        Assert.DoesNotContain("   at ", host.Output + host.Errors);
        Assert.DoesNotContain("Unhandled exception", host.Output + host.Errors);
        await host.LeavesNothingAsync();
    }

    [Fact]
    public async Task Service_ThatCannotStart_EndsTheAppHostWithItsOwnWords()
    {
        using var host = await AppHostProcess.StartAsync("--Parameters:files-link-key=short");

        await host.EndsAsync(Limit);

        Assert.Equal(1, host.ExitCode);
        Assert.Contains("ShTP cannot start:", host.Errors);
        // Both have the key; whoever is first ends all others, before they can say so.
        Assert.Matches("(?m)^  (files|achievements): ended with exit code 1", host.Errors);
        Assert.Contains("Files:LinkKey", host.Errors);
        await host.LeavesNothingAsync();
    }

    [Fact]
    public async Task Port_Taken_SaysSoAndHowToChooseAnother()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        using var host = await AppHostProcess.StartAsync("--port", $"{port}");
        await host.EndsAsync(Limit);

        Assert.Equal(1, host.ExitCode);
        Assert.Equal($"Port {port} is taken by another program. Choose another port:\n  dotnet run --project ShTP.AppHost -- --port {port + 1}\n", host.Errors);
        Assert.Empty(host.Processes());
    }

    [Fact]
    public async Task Options_Wrong_AreNamedAndNothingIsStarted()
    {
        using var host = await AppHostProcess.StartAsync("--Data", "sometimes", "--OnFailure", "wait");

        await host.EndsAsync(Limit);

        Assert.Equal(1, host.ExitCode);
        Assert.Equal("--Data=sometimes: the only value is 'ephemeral'.\n--OnFailure=wait: it is 'end' or 'stay'.\n", host.Errors);
        Assert.Empty(host.Processes());
    }

    private static bool IsService(string commandLine) => commandLine.Contains("/artifacts/bin/ShTP.", StringComparison.Ordinal) && !commandLine.Contains("AppHost", StringComparison.Ordinal);
}

/// <summary>A running AppHost with data of its own, and everything that was started for it.</summary>
internal sealed class AppHostProcess : IDisposable
{
    // Inherited by whatever is started: the orchestrator is no child of the AppHost.
    private const string Mark = "SHTP_TEST_RUN";

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    private readonly string _mark = $"{Guid.NewGuid():N}";
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private AppHostProcess(string[] args)
    {
        // Later options win.
        var start = new ProcessStartInfo(Metadata("builtprograms").Replace("*", "ShTP.AppHost", StringComparison.Ordinal), ["--Data=ephemeral", "--port", $"{FreePort.Find()}", .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Metadata("apphostprojectpath"),
            Environment = { [Mark] = _mark, ["DOTNET_ENVIRONMENT"] = "Development", ["ASPNETCORE_ENVIRONMENT"] = "Development" },
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    public int ExitCode => _process.ExitCode;

    public static async Task<AppHostProcess> StartAsync(params string[] args)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        await MissingTool.SkipWithoutPostgresAsync();
        return new AppHostProcess(args);
    }

    public void Kill() => _process.Kill();

    public void Signal(int signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public Task PrintsAsync(string text, TimeSpan limit) => Eventually.HoldsAsync(
        () => _process.HasExited ? throw new InvalidOperationException($"it ended: {Output}{Errors}") : Task.FromResult(Output.Contains(text, StringComparison.Ordinal) && Output.EndsWith('\n')),
        $"the AppHost prints '{text}'", limit);

    public Task EndsAsync(TimeSpan limit) => _process.WaitForExitAsync().WaitAsync(limit);

    /// <summary>The orchestrator and what it watches end after the AppHost, soon.</summary>
    public async Task LeavesNothingAsync()
    {
        var end = DateTime.UtcNow + EndLimit;
        while (Processes() is { Length: > 0 } left)
        {
            Assert.True(DateTime.UtcNow < end, $"still there: {string.Join('\n', left)}");
            await Task.Delay(100);
        }
    }

    /// <summary>Command lines of what was started for this run and is still there, itself included.</summary>
    public string[] Processes() => [.. Directory.EnumerateDirectories("/proc")
        .Where(directory => int.TryParse(Path.GetFileName(directory), out _))
        .Where(directory => Read(Path.Combine(directory, "environ")).Contains($"{Mark}={_mark}", StringComparison.Ordinal))
        .Select(directory => Read(Path.Combine(directory, "cmdline")).Replace('\0', ' '))
        .Where(command => command.Length > 0)];

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private static string Metadata(string key) =>
        Assembly.Load("ShTP.AppHost").GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
            if (line is not null)
                text.Append(line).Append('\n');
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
