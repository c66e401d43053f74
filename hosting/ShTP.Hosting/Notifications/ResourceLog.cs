using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The log of one resource: its last lines, its watchers, and the application's own log behind it.</summary>
internal sealed class ResourceLog(ILogger? forward) : ILogger
{
    private const int Kept = 2_000;

    private readonly Lock _lock = new();
    private readonly Queue<LogLine> _backlog = new();
    private readonly List<Channel<LogLine>> _watchers = [];
    private int _count;
    private bool _completed;

    public void Write(LogLevel level, string line, bool isError = false)
    {
        lock (_lock)
        {
            var entry = new LogLine(++_count, line, isError || level >= LogLevel.Error);
            _backlog.Enqueue(entry);
            if (_backlog.Count > Kept)
                _backlog.Dequeue();
            foreach (var watcher in _watchers)
                watcher.Writer.TryWrite(entry);
        }
        forward?.Log(level, "{Line}", line);
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        var text = formatter(state, exception);
        Write(logLevel, exception is null ? text : $"{text}\n{exception}");
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public LogLine[] Backlog()
    {
        lock (_lock)
            return [.. _backlog];
    }

    public void Clear()
    {
        lock (_lock)
            _backlog.Clear();
    }

    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            foreach (var watcher in _watchers)
                watcher.Writer.TryComplete();
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateUnbounded<LogLine>();
        lock (_lock)
        {
            foreach (var line in _backlog)
                channel.Writer.TryWrite(line);
            if (_completed)
                channel.Writer.TryComplete();
            else
                _watchers.Add(channel);
        }
        try
        {
            await foreach (var line in channel.Reader.ReadAllAsync(cancellationToken))
                yield return [line];
        }
        finally
        {
            lock (_lock)
                _watchers.Remove(channel);
        }
    }
}
