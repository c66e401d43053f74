using System.Text.Json;
using ShTP.Assignments.V1;
using ShTP.Import.OldDatabase;

namespace ShTP.Import.Moves;

/// <summary>Results of the old checker, in one format for challenges and another for repositories.</summary>
internal static class OldResults
{
    private const string Column = "tests_results";
    private const int MaxErrorLength = 300;

    /// <summary>Null when there are none, or with a remark when they do not have the checker's format.</summary>
    public static IReadOnlyList<TestResult>? Read(OldRow row)
    {
        if (row.Json(Column) is not { } results)
            return null;
        if (results.ValueKind != JsonValueKind.Array || results.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Object))
        {
            row.Change(Column, $"none, since '{OldRow.Short(results.GetRawText())}' is no list of results");
            return null;
        }

        return [.. results.EnumerateArray().Select(Read)];
    }

    private static TestResult Read(JsonElement item)
    {
        var error = item.TryGetProperty("error_info", out var info) && info.ValueKind == JsonValueKind.String ? info.GetString()! : "";
        var result = new TestResult { Verdict = VerdictOf(item, error), Duration = DurationOf(item) };
        if (error.Length > 0)
            result.Error = error.Length > MaxErrorLength ? error[..(MaxErrorLength - 1)] + "…" : error;
        return result;
    }

    private static Verdict VerdictOf(JsonElement item, string error)
    {
        if (IsTrue(item, "status") || IsTrue(item, "passed"))
            return Verdict.Accepted;
        if (IsTrue(item, "timeout"))
            return Verdict.TimeLimit;
        if (IsTrue(item, "memoryout") || IsTrue(item, "OOM"))
            return Verdict.MemoryLimit;
        var hasFailed = item.TryGetProperty("exitcode", out var code) && code.ValueKind == JsonValueKind.Number && code.GetDouble() != 0;
        return hasFailed || error.Length > 0 ? Verdict.RuntimeError : Verdict.WrongAnswer;
    }

    private static bool IsTrue(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    // A number of milliseconds, as the clients show it.
    private static int DurationOf(JsonElement item) => item.TryGetProperty("duration", out var value) && value.ValueKind == JsonValueKind.Number
        ? (int)Math.Clamp(Math.Round(value.GetDouble()), 0, int.MaxValue)
        : 0;
}
