using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>The AppHost as a newcomer starts it: a process of its own.</summary>
[Collection(OwnSystem.Name)]
public sealed class AppHostProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static string AppHostDll => Path.Combine(AppContext.BaseDirectory, "ShTP.AppHost.dll");

    [Fact]
    public async Task Kill_OfTheAppHost_LeavesNoProcessBehind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        using var host = Start(FreePort());
        await Eventually.HoldsAsync(() => Task.FromResult(Descendants(host.Id).Length >= 5), "postgres, three services and the gateway run", Limit);
        var children = Descendants(host.Id);

        host.Kill();

        await Eventually.HoldsAsync(() => Task.FromResult(!children.Any(IsAlive)), "every child is gone", TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Port_Taken_SaysSoAndHowToChooseAnother()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        using var host = Start(port);
        var output = host.StandardOutput.ReadToEndAsync();
        var error = host.StandardError.ReadToEndAsync();
        await host.WaitForExitAsync().WaitAsync(Limit);

        Assert.NotEqual(0, host.ExitCode);
        Assert.Contains($"{port}", await output + await error);
        Assert.Contains("--port", await output + await error);
    }

    private static Process Start(int port)
    {
        var start = new ProcessStartInfo("dotnet", [AppHostDll, "--Data=ephemeral", "--port", $"{port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Assembly.Load("ShTP.AppHost").GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(attribute => attribute.Key == "apphostprojectpath").Value,
        };
        return Process.Start(start)!;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool IsAlive(int pid) => File.Exists($"/proc/{pid}/stat") && Stat(pid) is not { State: "Z" };

    private static int[] Descendants(int pid)
    {
        var parents = Directory.EnumerateDirectories("/proc")
            .Select(directory => int.TryParse(Path.GetFileName(directory), out var id) ? id : 0)
            .Where(id => id > 0)
            .Select(id => (Id: id, Stat(id)?.Parent))
            .ToLookup(process => process.Parent, process => process.Id);
        IEnumerable<int> Below(int id) => parents[id].SelectMany(child => Below(child).Prepend(child));
        return [.. Below(pid)];
    }

    // pid (command) state ppid ...: the command may hold blanks and brackets.
    private static (string State, int Parent)? Stat(int pid)
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ", 2)[1].Split(' ');
            return (fields[0], int.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null; // gone while looking
        }
    }
}
