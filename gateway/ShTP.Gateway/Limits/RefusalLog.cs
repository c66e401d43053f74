namespace ShTP.Gateway.Limits;

/// <summary>Says at most once a minute that something was refused, and how often.</summary>
internal sealed class RefusalLog(TimeProvider time, Action<long> write)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _writtenAt;
    private bool _isWritten;
    private long _since;

    public void Note()
    {
        long count;
        lock (_gate)
        {
            _since++;
            if (_isWritten && time.GetElapsedTime(_writtenAt) < Interval)
                return;
            (_isWritten, _writtenAt, count, _since) = (true, time.GetTimestamp(), _since, 0);
        }

        write(count);
    }
}
