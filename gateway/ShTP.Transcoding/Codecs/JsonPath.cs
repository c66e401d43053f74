using System.Globalization;
using System.Text;

namespace ShTP.Transcoding.Codecs;

/// <summary>
/// Finds the path of a fault, such as <c>tests[3].input</c>, by reading the document again up to it. Valid documents
/// therefore cost nothing. The document may be malformed after the fault.
/// </summary>
internal static class JsonPath
{
    private const int LongestName = 100;
    private const int LongestPath = 500;

    /// <summary>The path of the innermost value at or around the position, or null at the top.</summary>
    internal static string? Find(ReadOnlySpan<byte> json, int position)
    {
        var steps = new Stack<(int Index, string? Name)>();
        var at = 0;
        while (at < position && at < json.Length)
        {
            var unit = json[at];
            switch (unit)
            {
                case (byte)'{':
                    steps.Push((-1, null));
                    break;
                case (byte)'[':
                    steps.Push((0, null));
                    break;
                case (byte)'}' or (byte)']':
                    steps.TryPop(out _);
                    break;
                case (byte)',' when steps.TryPop(out var step):
                    steps.Push((step.Index < 0 ? -1 : step.Index + 1, null));
                    break;
                case (byte)'"':
                    var end = End(json, at);
                    if (end >= position && position > at)
                        return Text(steps);
                    if (IsName(json, end) && steps.TryPop(out var owner))
                        steps.Push((owner.Index, Unescaped(json[(at + 1)..(end - 1)])));
                    at = end - 1;
                    break;
                default:
                    break;
            }

            at++;
        }

        return Text(steps);
    }

    /// <summary>The position after the closing quote, or the end of the document.</summary>
    private static int End(ReadOnlySpan<byte> json, int start)
    {
        var at = start + 1;
        while (at < json.Length && json[at] != '"')
            at += json[at] == '\\' ? 2 : 1;
        return Math.Min(at + 1, json.Length);
    }

    private static bool IsName(ReadOnlySpan<byte> json, int at) => json[at..].TrimStart(" \t\r\n"u8) is [(byte)':', ..];

    private static string Unescaped(ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestName)
            return "...";
        using var buffer = new PooledBuffer();
        JsonCursor.Unescape(name, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string? Text(Stack<(int Index, string? Name)> steps)
    {
        var path = new StringBuilder();
        foreach (var (index, name) in steps.Reverse())
        {
            if (index >= 0)
                path.Append(CultureInfo.InvariantCulture, $"[{index}]");
            else if (name is not null)
                path.Append(path.Length == 0 ? "" : ".").Append(name);
            if (path.Length > LongestPath)
                return path.ToString(0, LongestPath) + "...";
        }

        return path.Length == 0 ? null : path.ToString();
    }
}
