using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>The whole system as the AppHost starts it, with data of its own that goes when the tests are done.</summary>
public partial class RunningSystem : IAsyncLifetime
{
    public static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    public static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(60);

    private const int StartAttempts = 3;
    private const int ShownLines = 40;

    private static readonly string[] Names = ["auth", "users", "files", "achievements", "events", "notifications", "assignments", "gateway"];

    private DistributedApplication? _app;

    public const string AdminEmail = "admin@school.test";

    public string AdminPassword { get; } = RandomNumberGenerator.GetHexString(24);

    /// <summary>What the AppHost is also told. What a test kills it revives itself, unless it says otherwise.</summary>
    protected virtual IReadOnlyList<string> Arguments => ["--CrashRestart=false"];

    public DistributedApplication App => _app ?? throw new InvalidOperationException("The system is not started.");

    public async ValueTask InitializeAsync()
    {
        await MissingTool.SkipWithoutPostgresAsync();
        using var limit = new CancellationTokenSource(StartLimit);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ShTP_AppHost>(
            ["--Data=ephemeral", "--Logging:LogLevel:System.Net.Http.HttpClient=Warning", $"--Parameters:admin-email={AdminEmail}", $"--Parameters:admin-password={AdminPassword}", .. Arguments], limit.Token);
        builder.CreateResourceBuilder<ProjectResource>("gateway")
            // The first call of each kind is compiled while it runs, beside other tests: on a slow machine ten seconds are short.
            .WithEnvironment("Gateway__Transcoding__Timeout", "00:00:30");
        // Tests wait until all messages have arrived.
        builder.CreateResourceBuilder<ProjectResource>("users").WithEnvironment("Users__ForgetAgainAfter", "00:00:10");
        Configure(builder);
        _app = await builder.BuildAsync(limit.Token);
        await _app.StartAsync(limit.Token);
        foreach (var name in Names)
            await HealthyAsync(name, StartLimit);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync().AsTask().WaitAsync(StepLimit);
        GC.SuppressFinalize(this);
    }

    public ApiClient Anonymous() => new(App.CreateHttpClient("gateway", "http"));

    public async Task<ApiClient> AdminAsync() => await Anonymous().LoginAsync(AdminEmail, AdminPassword);

    public async Task<string> ConnectionStringAsync(string database) =>
        await App.GetConnectionStringAsync(database) ?? throw new InvalidOperationException($"'{database}' has no connection string.");

    /// <summary>Ends the process of a resource as the kernel would, without a chance to clean up.</summary>
    public async Task KillAsync(string name)
    {
        Process.GetProcessById(ProcessIdOf(name)).Kill();
        await App.ResourceNotifications.WaitForResourceAsync(name, KnownResourceStates.TerminalStates).WaitAsync(StepLimit);
    }

    /// <summary>The folder of Files, as the AppHost told it. Reads /proc.</summary>
    public string FilesDirectory => VariableOf("files", "Files__Directory");

    /// <summary>A variable in the environment of a process. Reads /proc.</summary>
    public string VariableOf(string name, string variable) => File.ReadAllText($"/proc/{ProcessIdOf(name)}/environ").Split('\0')
        .Single(entry => entry.StartsWith($"{variable}=", StringComparison.Ordinal)).Split('=', 2)[1];

    public int ProcessIdOf(string name)
    {
        Assert.True(App.ResourceNotifications.TryGetCurrentState(name, out var state), $"'{name}' is not known");
        return Convert.ToInt32(state.Snapshot.Properties.Single(property => property.Name == "executable.pid").Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Stops the process of a resource, so that it takes connections and answers nothing. Returns its id, for <see cref="SignalAsync"/> with CONT.</summary>
    public async Task<int> StopAsync(string name)
    {
        var process = ProcessIdOf(name);
        await SignalAsync(process, "STOP");
        return process;
    }

    public static async Task SignalAsync(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    public Task HealthyAsync() => Task.WhenAll(Names.Select(name => HealthyAsync(name, StartLimit)));

    /// <summary>Waits until a resource is healthy.</summary>
    /// <exception cref="TimeoutException">It is not in time; with its state and the end of its log.</exception>
    public async Task HealthyAsync(string name, TimeSpan limit)
    {
        try
        {
            await App.ResourceNotifications.WaitForResourceHealthyAsync(name).WaitAsync(limit);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"'{name}' is not healthy within {limit}: {await DescribeAsync(name)}", late);
        }
    }

    /// <summary>Does what the dashboard offers for a resource.</summary>
    public async Task<ExecuteCommandResult> CommandAsync(string name, string command)
    {
        var result = await App.ResourceCommands.ExecuteCommandAsync(name, command).WaitAsync(StartLimit);
        Assert.True(result.Success, result.Message);
        return result;
    }

    /// <summary>Starts what was killed, and returns when everything is healthy: nothing else may have ended with it.</summary>
    public async Task ReviveAsync(string name)
    {
        await StartAgainAsync(name);
        foreach (var part in Names)
            await HealthyAsync(part, StartLimit);
    }

    /// <summary>Starts what was killed, and returns when it is healthy.</summary>
    public async Task StartAgainAsync(string name)
    {
        for (var attempt = 1; ; attempt++)
        {
            await CommandAsync(name, KnownResourceCommands.StartCommand);
            try
            {
                await HealthyAsync(name, StartLimit);
                break;
            }
            catch (DistributedApplicationException) when (attempt < StartAttempts)
            {
                // Seen once: Aspire reported that a process which it had just seen end failed to start. Why is not known.
            }
        }
    }

    /// <summary>Lets it happen; when it fails by an answer that names its request, adds what all logs say of that.</summary>
    public async Task ExplainAsync(Func<Task> happen)
    {
        try
        {
            await happen();
        }
        catch (Exception fault) when (RequestId().Match(fault.Message) is { Success: true } request)
        {
            throw new InvalidOperationException($"{fault.Message}\n{await FindInLogsAsync(request.Groups[1].Value)}", fault);
        }
    }

    private async Task<string> FindInLogsAsync(string text)
    {
        var found = new List<string>();
        var logs = App.Services.GetRequiredService<ResourceLoggerService>();
        foreach (var name in Names)
        {
            if (!App.ResourceNotifications.TryGetCurrentState(name, out var state))
                continue;
            var log = new List<string>();
            await foreach (var lines in logs.GetAllAsync(state.ResourceId))
                log.AddRange(lines.Select(line => line.Content));
            for (var at = log.FindIndex(line => line.Contains(text, StringComparison.Ordinal)); at >= 0; at = log.FindIndex(at + 1, line => line.Contains(text, StringComparison.Ordinal)))
                found.AddRange([$"{name}:", .. log.Skip(at).Take(ShownLines)]);
        }

        return string.Join('\n', found.Take(10 * ShownLines));
    }

    // "Internal error, request 08e2fa...".
    [GeneratedRegex("request ([0-9a-f]{32})")]
    private static partial Regex RequestId();

    private async Task<string> DescribeAsync(string name)
    {
        if (!App.ResourceNotifications.TryGetCurrentState(name, out var state))
            return "it is not known";
        var log = new List<string>();
        await foreach (var lines in App.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(state.ResourceId))
            log.AddRange(lines.Select(line => line.Content));
        var reports = state.Snapshot.HealthReports.Select(report => $"{report.Name} is {report.Status}: {report.Description} {report.ExceptionText}");
        return string.Join('\n', [$"{state.Snapshot.State?.Text}, exit code {state.Snapshot.ExitCode}", .. reports, .. log.TakeLast(ShownLines)]);
    }

    /// <summary>A chance to change the model before it is built.</summary>
    protected virtual void Configure(IDistributedApplicationTestingBuilder builder)
    {
    }
}
