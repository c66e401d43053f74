namespace ShTP.LocalPostgres.Processes;

/// <summary>An exclusive lock between processes that the system releases when its holder dies.</summary>
internal static class FileLock
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits for the lock; a <see cref="LocalPostgresException"/> after the limit names the file.</summary>
    public static async Task<FileStream> TakeAsync(string file, TimeSpan limit, CancellationToken cancellationToken)
    {
        var end = DateTime.UtcNow + limit;
        while (true)
        {
            if (TryTake(file) is { } held)
                return held;
            if (DateTime.UtcNow > end)
                throw new LocalPostgresException($"Another process has held the lock {file} for {limit}.");
            await Task.Delay(Retry, cancellationToken);
        }
    }

    /// <summary>The lock, or null when another process holds it.</summary>
    public static FileStream? TryTake(string file)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
    }
}
