using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Npgsql;
using Xunit;

namespace ShTP.Distributed.Tests.Chaos;

/// <summary>
/// Kills and stops random processes, and cuts connections: to the database, between services and of clients. What it breaks it mends,
/// as a supervisor would. Where the machine lets nobody cut connections between processes, those are stopped instead.
/// </summary>
internal sealed class Faults(RunningSystem system, Random random, bool canCutLinks)
{
    private const string Postgres = "postgres";
    private const string Auth = "auth";
    private const string Checker = "checker";
    private const string Gateway = "gateway";

    private static readonly string[] Processes = [Auth, "users", "files", "achievements", "events", "notifications", "assignments", Checker, Gateway, Postgres];
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(4);

    // As long as everything may take to be healthy after a fault.
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(10);

    private readonly ConcurrentQueue<Outage> _outages = new();

    /// <summary>What was done, in order.</summary>
    public List<string> Done { get; } = [];

    /// <summary>Since the last fault was made.</summary>
    public Stopwatch SinceFault { get; } = new();

    /// <summary>Since it was mended: the process goes on, or runs again and answers for itself. How long that takes is the machine's affair.</summary>
    public Stopwatch SinceMended { get; } = new();

    /// <summary>Whether one of the processes was broken or just mended at this time, or has been since.</summary>
    /// <param name="time">A timestamp of <see cref="Stopwatch"/>.</param>
    /// <param name="processes">Their names.</param>
    public bool HaveHit(long time, params string[] processes) =>
        _outages.Any(outage => processes.Contains(outage.Victim) && outage.End >= time - (long)(Recovery.TotalSeconds * Stopwatch.Frequency));

    /// <summary>One fault, or two at the same time; returns when what was killed is healthy again.</summary>
    public async Task InjectAsync()
    {
        var victims = Processes.OrderBy(_ => random.Next()).Take(random.Next(4) == 0 ? 2 : 1).ToList();
        // All choices are made before anything runs, so that a seed gives the same ones again.
        var faults = victims.ConvertAll(Choose);
        Done.Add(string.Join(" and ", faults.Select(fault => fault.Name)));
        SinceFault.Restart();
        var outages = victims.ConvertAll(victim => new Outage(victim));
        outages.ForEach(_outages.Enqueue);
        var (killed, others) = (faults.FindAll(fault => fault.IsKilled), Task.WhenAll(faults.FindAll(fault => !fault.IsKilled).Select(fault => fault.Make())));
        await Task.WhenAll(killed.Select(fault => fault.Make()));
        await ReviveAsync(killed.Select(fault => fault.Victim));
        await others;
        if (killed.Exists(fault => fault.Victim != Checker))
            await system.HealthyAsync();
        SinceMended.Restart();
        outages.ForEach(outage => outage.End = Stopwatch.GetTimestamp());
    }

    private Fault Choose(string victim)
    {
        var stop = random.NextDouble() * LongestStop;
        var place = random.NextDouble();
        return (victim, random.Next(8)) switch
        {
            (Postgres, 0) => new(victim, "kill -9 a backend", () => SignalBackendAsync("KILL", place)),
            (Postgres, 1) => new(victim, $"stop a backend for {stop.TotalSeconds:0.0} s", () => StopBackendAsync(stop, place)),
            (Postgres, 2 or 3 or 6 or 7) => new(victim, "cut the connections to a database", () => CutAsync(place)),
            (_, 6 or 7) when canCutLinks => new(victim, $"cut the connections to {victim}", () => CutLinksAsync(victim)),
            (_, < 4) => new(victim, $"kill -9 {victim}", () => system.KillAsync(victim), IsKilled: true),
            _ => new(victim, $"stop {victim} for {stop.TotalSeconds:0.0} s", () => StopAsync(system.ProcessIdOf(victim), stop)),
        };
    }

    private async Task ReviveAsync(IEnumerable<string> victims)
    {
        // In the order in which they need each other: Aspire starts nothing whose dependency has ended, and no service is
        // healthy that does not know Auth's revocations.
        foreach (var victim in victims.OrderBy(victim => victim switch { Postgres => 0, Auth => 1, Checker => 3, Gateway => 4, _ => 2 }))
        {
            // Before it is healthy, a checker attacks its sandbox for some seconds. Only the queue waits for it.
            if (victim == Checker)
                await system.CommandAsync(Checker, KnownResourceCommands.StartCommand);
            else
                await system.StartAgainAsync(victim);
        }
    }

    private static async Task StopAsync(int process, TimeSpan time)
    {
        await RunningSystem.SignalAsync(process, "STOP");
        await Task.Delay(time); // the fault itself, not a wait for something
        await RunningSystem.SignalAsync(process, "CONT");
    }

    private async Task SignalBackendAsync(string signal, double place)
    {
        if (Backend(place) is { } backend)
            await RunningSystem.SignalAsync(backend, signal);
    }

    private async Task StopBackendAsync(TimeSpan time, double place)
    {
        if (Backend(place) is { } backend)
            await StopAsync(backend, time);
    }

    private async Task CutAsync(double place)
    {
        string[] databases = ["authdb", "usersdb", "filesdb", "achievementsdb", "eventsdb", "notificationsdb", "assignmentsdb"];
        var database = databases[(int)(place * databases.Length)];
        await using var source = NpgsqlDataSource.Create(await system.ConnectionStringAsync(database) + ";Pooling=false");
        await using var command = source.CreateCommand("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        await command.ExecuteScalarAsync();
    }

    private async Task CutLinksAsync(string victim)
    {
        var ports = await Links.PortsOfAsync(system.ProcessIdOf(victim));
        Assert.NotEmpty(ports);
        await Links.CutAsync(ports);
    }

    /// <summary>A process that the server has started: one of a connection, or a writer.</summary>
    private int? Backend(double place)
    {
        var server = system.ProcessIdOf(Postgres);
        var children = File.ReadAllText($"/proc/{server}/task/{server}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return children.Length == 0 ? null : int.Parse(children[(int)(place * children.Length)], CultureInfo.InvariantCulture);
    }

    /// <param name="Victim">The process.</param>
    /// <param name="Name">What is done to it.</param>
    /// <param name="Make">Does it, and undoes it unless it is killed.</param>
    /// <param name="IsKilled">Whether it has to be started again.</param>
    private sealed record Fault(string Victim, string Name, Func<Task> Make, bool IsKilled = false);

    private sealed class Outage(string victim)
    {
        private long _end = long.MaxValue;

        public string Victim => victim;

        public long End
        {
            get => Volatile.Read(ref _end);
            set => Volatile.Write(ref _end, value);
        }
    }
}
