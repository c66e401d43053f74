using System.Diagnostics;

namespace ShTP.LocalPostgres.Processes;

/// <summary>Runs a program to its end, within a time limit.</summary>
internal static class Command
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromMinutes(2);

    public static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, ServerAccount? account,
        CancellationToken cancellationToken, string? input = null, TimeSpan? limit = null)
    {
        var (exitCode, output) = await TryRunAsync(program, arguments, account, cancellationToken, input, limit);
        return exitCode == 0
            ? output
            : throw new LocalPostgresException($"{program} failed with exit code {exitCode}: {output.Trim()}");
    }

    public static async Task<(int ExitCode, string Output)> TryRunAsync(string program, IReadOnlyList<string> arguments,
        ServerAccount? account, CancellationToken cancellationToken, string? input = null, TimeSpan? limit = null)
    {
        var start = new ProcessStartInfo(account is null ? program : "setpriv")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // A directory that every account can enter.
            WorkingDirectory = Path.GetPathRoot(Environment.SystemDirectory) is { Length: > 0 } root ? root : "/",
        };
        foreach (var argument in account is null ? arguments : [.. account.SetprivArguments, "--", program, .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment["LC_ALL"] = "C";

        using var process = Process.Start(start)!;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit ?? DefaultLimit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var error = process.StandardError.ReadToEndAsync(timeout.Token);
            await WriteAsync(process.StandardInput, input);
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, await output + await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new LocalPostgresException($"{program} did not end within {limit ?? DefaultLimit}.");
        }
    }

    private static async Task WriteAsync(StreamWriter to, string? input)
    {
        try
        {
            await to.WriteAsync(input);
            to.Close();
        }
        catch (IOException)
        {
            // The program exited without reading its input. Its exit code and output have the reason.
        }
    }
}
