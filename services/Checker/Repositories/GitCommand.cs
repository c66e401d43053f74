using System.Diagnostics;
using ShTP.Checker.Sandboxing;
using ShTP.Localization;

namespace ShTP.Checker.Repositories;

/// <summary>git with one host, one protocol, its own configuration, and limits of time, memory and files.</summary>
/// <param name="folder">The repository folder, whose size is monitored.</param>
/// <param name="network">The allowed hosts.</param>
/// <param name="pinned">Host, port and address to connect to, in curl's format.</param>
/// <param name="maxBytes">Size of everything below <paramref name="folder"/>.</param>
/// <param name="maxTime">Of one command.</param>
internal sealed class GitCommand(string folder, RepositoryNetwork network, string pinned, long maxBytes, TimeSpan maxTime)
{
    private const int MaxOutputBytes = 2 * 1024 * 1024;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly string[] _settings =
    [
        $"http.curloptResolve={pinned}", "http.followRedirects=false", "http.proxy=", "http.maxRequests=1",
        "protocol.allow=never", "protocol.https.allow=always", "credential.helper=", "core.askPass=/bin/false",
        "core.hooksPath=/dev/null", "core.symlinks=false", "core.attributesFile=/dev/null", "core.bigFileThreshold=1m", "core.fsmonitor=false",
        .. network.CertificateAuthorities is { } authorities ? [$"http.sslCAInfo={authorities}"] : Array.Empty<string>(),
        "filter.lfs.smudge=", "filter.lfs.required=false", "submodule.recurse=false", "transfer.fsckObjects=true", "gc.auto=0",
    ];

    /// <summary>The standard output of a command that succeeds.</summary>
    /// <exception cref="RepositoryRefusedException">It failed or went over a limit.</exception>
    public Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Run(arguments, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private string Run(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Start(arguments);
        using var output = new BoundedOutput(process.StandardOutput.BaseStream, MaxOutputBytes, MaxOutputBytes);
        using var error = new BoundedOutput(process.StandardError.BaseStream, 4096, MaxOutputBytes);
        var clock = Stopwatch.StartNew();
        LocalizedText? fault = null;
        while (fault is null && !process.WaitForExit(LookEvery))
        {
            if (cancellationToken.IsCancellationRequested)
                fault = "Cancelled.";
            else if (clock.Elapsed > maxTime)
                fault = $"Fetching the repository takes longer than {maxTime.TotalSeconds} seconds.";
            else if (FindSize() > 2 * maxBytes || output.IsTooLong || error.IsTooLong)
                fault = "The repository is too large.";
        }

        if (fault is not null)
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
        var (text, _) = (System.Text.Encoding.UTF8.GetString(output.Finish()), error.Finish());
        cancellationToken.ThrowIfCancellationRequested();
        if (fault is null && process.ExitCode != 0)
            fault = "The repository cannot be fetched: it does not exist, is private or empty, was moved, or is too large.";
        return fault is null ? text : throw new RepositoryRefusedException(fault);
    }

    private long FindSize()
    {
        try
        {
            return new DirectoryInfo(folder) is { Exists: true } root ? root.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) : 0;
        }
        catch (IOException)
        {
            // git renames files concurrently; the next pass counts them.
            return 0;
        }
    }

    private Process Start(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("prlimit") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = "/" };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment["HOME"] = "/nonexistent";
        start.Environment["LC_ALL"] = "C";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_ATTR_NOSYSTEM"] = "1";
        start.Environment["GIT_ALLOW_PROTOCOL"] = "https";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_LFS_SKIP_SMUDGE"] = "1";
        string[] all =
        [
            $"--fsize={maxBytes}", $"--cpu={(int)maxTime.TotalSeconds}", $"--as={1024L * 1024 * 1024}", "--core=0", "git",
            .. _settings.SelectMany(setting => new[] { "-c", setting }), .. arguments,
        ];
        foreach (var argument in all)
            start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new RepositoryRefusedException("git did not start.");
        process.StandardInput.Close();
        return process;
    }
}
