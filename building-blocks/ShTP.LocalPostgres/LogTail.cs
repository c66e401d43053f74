namespace ShTP.LocalPostgres;

/// <summary>Forwards a server's log and keeps its last lines for error messages.</summary>
internal sealed class LogTail(Action<string>? next)
{
    private const int Kept = 30;

    private readonly Queue<string> _lines = new();

    public void Add(string line)
    {
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > Kept)
                _lines.Dequeue();
        }
        next?.Invoke(line);
    }

    public bool Contains(string text)
    {
        lock (_lines)
            return _lines.Any(line => line.Contains(text, StringComparison.Ordinal));
    }

    public override string ToString()
    {
        lock (_lines)
            return string.Join('\n', _lines);
    }
}
