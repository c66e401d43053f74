namespace ShTP.Protos;

/// <summary>
/// What the texts of a notification may have, for those who send them and the one who takes them: a message that is refused
/// would never arrive. All are counted in characters of UTF-16, as a string's length is.
/// </summary>
public static class NotificationLimits
{
    /// <summary>What something is called.</summary>
    public const int Name = 500;

    /// <summary>What is said, and why.</summary>
    public const int Text = 1000;

    /// <summary>The text, or as much of it as there is room for, with an ellipsis.</summary>
    public static string Fit(string text, int limit)
    {
        if (text.Length <= limit)
            return text;
        var length = limit - 1;
        return $"{text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)]}…";
    }
}
