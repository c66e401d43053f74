using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using ShTP.LocalPostgres.Processes;

namespace ShTP.Hosting.Tests;

/// <summary>The sample AppHost as a process of its own, ended in every way.</summary>
public sealed class AppHostProcessTests
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(9)]
    [InlineData(15)]
    [InlineData(2)]
    public async Task AppHost_Ended_LeavesNoProcessBehind(int signal)
    {
        using var appHost = Start(RandomPorts);
        using var end = new KillAtEnd(appHost);
        var (front, back, connection) = await ReadyAsync(appHost);
        int[] children = [await ProcessIdAsync(front), await ProcessIdAsync(back), await PostmasterAsync(connection)];
        Assert.All(children, id => Assert.True(LifecycleTests.IsAlive(id)));
        var since = Stopwatch.StartNew();

        ((UnixSignal)signal).Send(appHost.Id);
        await appHost.WaitForExitAsync(TestModels.Cancellation);
        await TestModels.EventuallyAsync(() => Task.FromResult(
            children.Where(LifecycleTests.IsAlive).ToArray() is { Length: > 0 } left ? $"still there: {string.Join(", ", left)}" : null));

        Assert.True(since.Elapsed < StopLimit, $"It took {since.Elapsed}.");
        if (signal != 9)
            Assert.Equal(0, appHost.ExitCode);
    }

    [Fact]
    public async Task AppHost_WithTakenPort_SaysSoAndHowToChooseAnother()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        using var appHost = Start("--port", $"{port}");
        var error = await appHost.StandardError.ReadToEndAsync(TestModels.Cancellation);
        await appHost.WaitForExitAsync(TestModels.Cancellation);

        Assert.Equal(1, appHost.ExitCode);
        Assert.Contains($"Port {port} is taken by another program.", error);
        Assert.Contains($"dotnet run --project ShTP.AppHost -- --port {port + 1}", error);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("http")]
    public async Task AppHost_WithBadPort_NamesIt(string port)
    {
        using var appHost = Start("--port", port);
        var error = await appHost.StandardError.ReadToEndAsync(TestModels.Cancellation);
        await appHost.WaitForExitAsync(TestModels.Cancellation);

        Assert.Equal(1, appHost.ExitCode);
        Assert.Contains($"--port {port}: a port is a number from 1 to 65535.", error);
    }

    [Fact]
    public async Task AppHost_OfAnOrdinaryUser_RunsWithItsOwnFolders()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            Assert.Skip("Only root can become another user; otherwise every other test runs as an ordinary user.");
        var home = Directory.CreateTempSubdirectory("shtp-home-").FullName;
        await Command.RunAsync("chown", ["nobody", home], null, TestModels.Cancellation);
        try
        {
            using var appHost = Start(["setpriv", "--reuid=nobody", "--clear-groups", "env", $"HOME={home}", "TMPDIR="],
                RandomPorts, "--environment=Development");
            using var end = new KillAtEnd(appHost);
            var (front, _, _) = await ReadyAsync(appHost);
            var owner = await Command.RunAsync("stat", ["-c", "%U", $"/proc/{await ProcessIdAsync(front)}"], null, TestModels.Cancellation);

            Assert.Equal("nobody", owner.Trim());
            Assert.Contains("Parameters:sample-secret", await File.ReadAllTextAsync(
                Path.Combine(home, ".microsoft/usersecrets/shtp-hosting-sample/secrets.json"), TestModels.Cancellation));
            UnixSignal.Terminate.Send(appHost.Id);
            await appHost.WaitForExitAsync(TestModels.Cancellation);
            Assert.Equal(0, appHost.ExitCode);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private const string RandomPorts = "--DcpPublisher:RandomizePorts=true";

    private static Process Start(params string[] args) => Start([], [.. args, "--Parameters:sample-secret=s"]);

    private static Process Start(string[] prefix, params string[] args)
    {
        string[] command = [.. prefix, "dotnet", typeof(Projects.ShTP_Hosting_SampleAppHost).Assembly.Location, .. args];
        return Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    private sealed class KillAtEnd(Process process) : IDisposable
    {
        public void Dispose()
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static async Task<(Uri Front, Uri Back, string Connection)> ReadyAsync(Process appHost)
    {
        var seen = new List<string>();
        while (await appHost.StandardOutput.ReadLineAsync(TestModels.Cancellation) is { } line)
        {
            seen.Add(line);
            if (line.Split(' ', 4) is ["READY", var front, var back, var connection])
            {
                // A full pipe would block the process.
                _ = appHost.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return (new Uri(front), new Uri(back), connection);
            }
        }
        throw new InvalidOperationException($"The AppHost ended: {string.Join('\n', seen)}");
    }

    private static async Task<int> ProcessIdAsync(Uri service)
    {
        using var client = new HttpClient();
        return int.Parse(await client.GetStringAsync(new Uri(service, "/pid"), TestModels.Cancellation));
    }

    /// <summary>The server process of a connection is a child of the server itself.</summary>
    private static async Task<int> PostmasterAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(TestModels.Cancellation);
        var stat = await File.ReadAllTextAsync($"/proc/{connection.ProcessID}/stat", TestModels.Cancellation);
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1]);
    }
}
