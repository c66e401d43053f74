using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ShTP.Events.Feed;

/// <summary>Parses the source's response, and refuses it as a whole when any part is not as expected.</summary>
internal static partial class FeedDocument
{
    private const int MaxEntries = 500;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <exception cref="FeedException">It does not have the expected form.</exception>
    public static List<FeedEntry> Read(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = JsonDocument.Parse(content, Strict);
            var entries = EventsOf(document.RootElement).EnumerateArray().Select(EntryOf).ToList();
            if (entries.Select(entry => entry.Id).Distinct().Count() != entries.Count)
                throw new FeedException("two events have the same id");
            return entries;
        }
        catch (JsonException fault)
        {
            throw new FeedException("the answer is not JSON, or not all of it", fault);
        }
        catch (InvalidOperationException fault)
        {
            throw new FeedException("the answer has text that is not Unicode", fault);
        }
    }

    private static JsonElement EventsOf(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new FeedException("the answer is not an object");
        if (root.TryGetProperty("errors", out var errors) && errors.ValueKind != JsonValueKind.Null)
            throw new FeedException("the answer has errors");
        if (!root.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object
            || !data.TryGetProperty("events", out var events) || events.ValueKind != JsonValueKind.Array)
            throw new FeedException("the answer has no data.events");
        if (events.GetArrayLength() > MaxEntries)
            throw new FeedException($"the answer has more than {MaxEntries} events");
        return events;
    }

    private static FeedEntry EntryOf(JsonElement row, int index)
    {
        if (row.ValueKind != JsonValueKind.Object)
            throw new FeedException($"events[{index}] is not an object");
        if (!row.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.Number || !id.TryGetInt32(out var number))
            throw new FeedException($"events[{index}].id is not an integer");
        var (date, dateAt) = TimeOf(row, "date", index);
        var (title, audience) = (TextOf(row, "title", 1, FeedEntry.MaxTitleLength, index), TextOf(row, "audience", 0, FeedEntry.MaxNameLength, index));
        return new FeedEntry
        {
            Id = number,
            Title = title,
            Organizer = TextOf(row, "organizer", 0, FeedEntry.MaxNameLength, index),
            Audience = audience,
            SeatsPropotion = SeatsOf(row, index),
            Date = date,
            StartTime = TimeOf(row, "startTime", index).Text,
            FinishTime = TimeOf(row, "finishTime", index).Text,
            DateAt = dateAt,
            OlympiadClasses = Olympiads.ClassesOf(title, audience),
        };
    }

    private static string TextOf(JsonElement row, string name, int min, int max, int index)
    {
        if (!row.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String)
            throw new FeedException($"events[{index}].{name} is not text");
        var text = value.GetString()!;
        if (text.Length < min || text.Length > max || text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
            throw new FeedException($"events[{index}].{name} does not have {min} to {max} printable characters");
        return text;
    }

    private static string SeatsOf(JsonElement row, int index)
    {
        var text = TextOf(row, "seatsPropotion", 1, FeedEntry.MaxSeatsLength, index);
        return Seats().IsMatch(text) ? text : throw new FeedException($"events[{index}].seatsPropotion is not \"taken/all\"");
    }

    private static (string Text, DateTimeOffset Time) TimeOf(JsonElement row, string name, int index)
    {
        var text = TextOf(row, name, 1, FeedEntry.MaxTimeLength, index);
        return IsoTime().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time)
            ? (text, time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond)))
            : throw new FeedException($"events[{index}].{name} is not an ISO 8601 time with a zone");
    }

    [GeneratedRegex(@"\A[0-9]{1,9}/[0-9]{1,9}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Seats();

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,7})?)?(Z|[+-][0-9]{2}:[0-9]{2})\z", RegexOptions.CultureInvariant)]
    private static partial Regex IsoTime();
}
