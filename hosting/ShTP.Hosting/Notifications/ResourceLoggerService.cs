using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>What each resource writes, with a backlog for those who look later.</summary>
public class ResourceLoggerService : IDisposable
{
    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where lines also go; set when the application wants them in its own log.</summary>
    internal Func<string, ILogger>? Forward { get; set; }

    public ILogger GetLogger(IResource resource) => Log(resource.Name);

    public ILogger GetLogger(string resourceName) => Log(resourceName);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => WatchAsync(resource.Name);

    /// <summary>The backlog, then every new line, until the log is completed.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => Watch(resourceName, default);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource) => GetAllAsync(resource.Name);

    /// <summary>The backlog.</summary>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        await Task.CompletedTask;
        yield return Log(resourceName).Backlog();
    }

    public void Complete(IResource resource) => Complete(resource.Name);

    public void Complete(string name) => Log(name).Complete();

    public void ClearBacklog(string resourceName) => Log(resourceName).Clear();

    public void Dispose()
    {
        foreach (var log in _logs.Values)
            log.Complete();
        GC.SuppressFinalize(this);
    }

    internal ResourceLog Log(string resourceName) =>
        _logs.GetOrAdd(resourceName, name => new ResourceLog(Forward?.Invoke(name)));

    private async IAsyncEnumerable<IReadOnlyList<LogLine>> Watch(string resourceName,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var lines in Log(resourceName).WatchAsync(cancellationToken))
            yield return lines;
    }
}
