using System.Collections.Concurrent;

namespace ShTP.Notifications.Messages;

/// <summary>
/// Users for whom nothing waits: no unread notification, and none in a response that may be lost. Their polls need no
/// statement. Only a new notification ends it: those of this process wake them before they are answered, those of other
/// replicas within milliseconds, by the reader of live notifications.
/// </summary>
internal sealed class QuietUsers
{
    private const int MaxUsers = 100_000;

    private readonly ConcurrentDictionary<Guid, Mark> _marks = new();
    private volatile bool _isOpen;

    public bool Contains(Guid user) => _marks.TryGetValue(user, out var mark) && mark.IsConfirmed;

    /// <summary>Must be called before the database is asked: a concurrent notification removes the mark.</summary>
    public Mark Begin(Guid user)
    {
        var mark = new Mark(user);
        if (_marks.Count >= MaxUsers)
            _marks.Clear();
        if (_isOpen)
            _marks[user] = mark;
        return mark;
    }

    /// <summary>The database had nothing for the user.</summary>
    public void Confirm(Mark mark)
    {
        if (_marks.TryGetValue(mark.User, out var current) && current == mark)
            mark.IsConfirmed = true;
    }

    public void Wake(Guid user) => _marks.TryRemove(user, out _);

    /// <summary>Anybody may have something.</summary>
    public void WakeAll() => _marks.Clear();

    /// <summary>From here on every new notification is reported.</summary>
    public void Open()
    {
        _marks.Clear();
        _isOpen = true;
    }

    /// <summary>New notifications are not reported any more.</summary>
    public void Close()
    {
        _isOpen = false;
        _marks.Clear();
    }

    internal sealed class Mark(Guid user)
    {
        public Guid User => user;

        public bool IsConfirmed { get; set; }
    }
}
