using ShTP.Rpc.Errors;

namespace ShTP.Events.School;

/// <summary>Texts of an event, and whom it is for. Title and place are one line: they stand in notifications and calendars.</summary>
internal static class EventTexts
{
    public static string Title(FieldChecks checks, string title) => checks.Name(title, 1, Event.MaxTitleLength, "title");

    public static string Place(FieldChecks checks, string place) => checks.Name(place, 0, Event.MaxPlaceLength, "place");

    public static Guid[] Groups(FieldChecks checks, IReadOnlyCollection<string> groups)
    {
        if (groups.Count > Event.MaxGroups)
            checks.Add("forGroups", $"must have at most {Event.MaxGroups} items");
        return [.. groups.Take(Event.MaxGroups).Select((group, index) => checks.Uuid(group, $"forGroups[{index}]")).Distinct()];
    }

    public static void Text(FieldChecks checks, string text) => checks.Text(text, 0, Event.MaxTextLength, "text");
}
