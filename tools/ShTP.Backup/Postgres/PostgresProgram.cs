using System.Diagnostics;
using System.Text;

namespace ShTP.Backup.Postgres;

/// <summary>Runs <c>pg_dump</c> and <c>pg_restore</c> with their content on standard input or output.</summary>
internal static class PostgresProgram
{
    private const int MaxErrorLength = 4000;

    private static readonly TimeSpan Limit = TimeSpan.FromHours(2);

    /// <summary>Runs the program to its end.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables besides those of this process.</param>
    /// <param name="feed">Writes its standard input; null for none.</param>
    /// <param name="drain">Reads its standard output; null to ignore it.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <exception cref="BackupException">It ended with an error, or not within two hours.</exception>
    public static async Task RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment,
        Func<Stream, CancellationToken, Task>? feed, Func<Stream, CancellationToken, Task>? drain, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var process = Process.Start(start)!;
        try
        {
            var errors = ReadErrorsAsync(process.StandardError, limit.Token);
            var draining = (drain ?? IgnoreAsync)(process.StandardOutput.BaseStream, limit.Token);
            await FeedAsync(process, feed, limit.Token);
            await draining;
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode != 0)
                throw new BackupException($"{Path.GetFileNameWithoutExtension(program)} failed with exit code {process.ExitCode}: {await errors}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BackupException($"{Path.GetFileNameWithoutExtension(program)} did not end within {Limit}.");
        }
        finally
        {
            // Before its input is closed: what came until then must not count as the whole.
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static async Task FeedAsync(Process process, Func<Stream, CancellationToken, Task>? feed, CancellationToken cancellationToken)
    {
        if (feed is not null)
        {
            var input = new PipeToProgram(process.StandardInput.BaseStream);
            try
            {
                await feed(input, cancellationToken);
            }
            catch (PipeToProgram.ClosedException)
            {
                // It has read enough, or failed: its exit code tells.
                return;
            }
        }

        process.StandardInput.Close();
    }

    private static Task IgnoreAsync(Stream output, CancellationToken cancellationToken) => output.CopyToAsync(Stream.Null, cancellationToken);

    private static async Task<string> ReadErrorsAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (text.Length < MaxErrorLength)
                text.Append(text.Length == 0 ? "" : " / ").Append(line);
        }

        return text.ToString();
    }
}
