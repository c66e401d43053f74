namespace ShTP.Events.Feed;

/// <summary>The source of the feed does not answer as it should; says what is wrong in one line.</summary>
public sealed class FeedException : Exception
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
