using ShTP.ServiceDefaults.Errors;

namespace ShTP.Events.School;

/// <summary>Texts of an event. Title and place are one line: they stand in notifications and calendars.</summary>
internal static class EventTexts
{
    public static string Title(FieldChecks checks, string title) => Line(checks, title, 1, Event.MaxTitleLength, "title");

    public static string Place(FieldChecks checks, string place) => Line(checks, place, 0, Event.MaxPlaceLength, "place");

    public static void Text(FieldChecks checks, string text) => checks.Text(text, 0, Event.MaxTextLength, "text");

    private static string Line(FieldChecks checks, string text, int min, int max, string field)
    {
        var line = text.Trim();
        checks.Text(line, min, max, field);
        if (line.Length <= max && line.AsSpan().ContainsAny('\n', '\r', '\t'))
            checks.Add(field, "must not contain tabs or line breaks");
        return line;
    }
}
