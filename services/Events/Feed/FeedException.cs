namespace ShTP.Events.Feed;

/// <summary>The response of the feed's source is not valid; the message is one line.</summary>
internal sealed class FeedException : Exception
{
    public FeedException()
    {
    }

    public FeedException(string message)
        : base(message)
    {
    }

    public FeedException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
