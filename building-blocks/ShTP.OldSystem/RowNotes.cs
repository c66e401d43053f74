using Google.Protobuf.WellKnownTypes;
using ShTP.Rpc.Errors;
using ShTP.Rpc.Text;

namespace ShTP.OldSystem;

/// <summary>Remarks about one row: faults refuse it, changes are corrections that allow it.</summary>
public sealed class RowNotes
{
    private const int MaxShown = 200;

    // 0001-01-01 and the last second of 9999, the range of Timestamp.
    private const long MinSeconds = -62_135_596_800;
    private const long MaxSeconds = 253_402_300_799;
    private const int MaxNanos = 999_999_999;

    private readonly List<string> _changes = [];

    /// <summary>Faults here refuse the row.</summary>
    public FieldChecks Checks { get; } = new();

    /// <summary>Whether the row's subject was deleted in the new system and must not be restored.</summary>
    public bool IsDeleted { get; internal set; }

    /// <summary>The changes, one line each.</summary>
    public IReadOnlyList<string> Changes => _changes;

    /// <summary>Records a change.</summary>
    public void Change(string field, string what) => _changes.Add($"{field}: {what}");

    /// <summary>Records a value that is not stored, so that the report still has it.</summary>
    public void Drop(string field, string value, string why) => Change(field, $"'{Short(value)}' is not kept: {why}");

    /// <summary>Text without control characters and of at most <paramref name="max"/> characters; <paramref name="ifEmpty"/> for an empty one.</summary>
    public string Fit(string text, int max, string field, string ifEmpty = "")
    {
        var fitting = text;
        if (fitting.Any(IsForbidden))
        {
            fitting = string.Concat(fitting.Where(c => !IsForbidden(c)));
            Change(field, "control characters are left out");
        }

        if (fitting.Length > max)
        {
            // Do not split a surrogate pair.
            fitting = fitting[..(char.IsHighSurrogate(fitting[max - 1]) ? max - 1 : max)];
            Change(field, $"cut from {text.Length} to {fitting.Length} characters");
        }

        if (fitting.Length > 0 || ifEmpty.Length == 0)
            return fitting;
        Change(field, $"empty, now '{ifEmpty}'");
        return ifEmpty;
    }

    /// <summary>The same for a line, such as a name, without white space around it.</summary>
    public string FitLine(string text, int max, string field, string ifEmpty = "")
    {
        var line = text.Trim();
        if (line.AsSpan().ContainsAny('\n', '\r', '\t'))
        {
            line = line.Replace('\n', ' ').Replace('\r', ' ').Replace('\t', ' ');
            Change(field, "line breaks and tabs became spaces");
        }

        if (UnicodeText.FindInvisible(line) is not null || !UnicodeText.IsVisible(line))
        {
            var visible = UnicodeText.RemoveInvisible(line).Trim();
            visible = UnicodeText.IsVisible(visible) ? visible : "";
            if (visible != line)
                Change(field, "invisible characters are left out");
            line = visible;
        }

        return Fit(line, max, field, ifEmpty);
    }

    /// <summary>The nearest number within bounds.</summary>
    public int Clamp(int value, int min, int max, string field)
    {
        var nearest = Math.Clamp(value, min, max);
        if (nearest != value)
            Change(field, $"{value} became {nearest}");
        return nearest;
    }

    /// <summary>A required time, in whole microseconds like the database.</summary>
    public DateTimeOffset Time(Timestamp? time, string field)
    {
        if (time is { Seconds: >= MinSeconds and <= MaxSeconds, Nanos: >= 0 and <= MaxNanos })
        {
            var value = time.ToDateTimeOffset();
            return value.AddTicks(-(value.Ticks % TimeSpan.TicksPerMicrosecond));
        }

        Checks.Add(field, time is null ? "field required" : "is not a time");
        return default;
    }

    private static bool IsForbidden(char c) => char.IsControl(c) && c is not ('\n' or '\r' or '\t');

    private static string Short(string value) => value.Length > MaxShown ? value[..MaxShown] + "…" : value;
}
