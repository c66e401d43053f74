using ShTP.Rpc.Errors;

namespace ShTP.Events.School;

/// <summary>Texts of an event. Title and place are single lines, because notifications and calendars use them.</summary>
internal static class EventTexts
{
    public static string Title(FieldChecks checks, string title) => checks.Name(title, 1, Event.MaxTitleLength, "title");

    public static string Place(FieldChecks checks, string place) => checks.Name(place, 0, Event.MaxPlaceLength, "place");

    public static void Text(FieldChecks checks, string text) => checks.Text(text, 0, Event.MaxTextLength, "text");
}
