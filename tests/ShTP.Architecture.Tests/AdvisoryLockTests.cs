using System.Reflection;
using System.Text.RegularExpressions;
using ShTP.Data;
using Xunit;

namespace ShTP.Architecture.Tests;

/// <summary>Two locks with one key wait for each other, which nobody sees where one of them is taken: all keys are in one list.</summary>
public sealed partial class AdvisoryLockTests
{
    [Fact]
    public void Keys_AreTakenFromTheList()
    {
        var calls = SourceTree.Files.Where(file => Path.GetFileName(file) != $"{nameof(AdvisoryLockTests)}.cs")
            .SelectMany(file => CallsIn(File.ReadAllText(file)).Select(call => $"{Path.GetRelativePath(SourceTree.Root, file)}: {call}"))
            .ToList();

        Assert.True(calls.Count >= 10, $"Only {calls.Count} calls were found.");
        Assert.DoesNotContain(calls, call => !IsOfTheList(Arguments(call)));
    }

    [Theory]
    [InlineData("pg_advisory_xact_lock(7236541)")]
    [InlineData("pg_advisory_xact_lock ( {LockId} )")]
    [InlineData("pg_advisory_lock({0})")]
    [InlineData("pg_advisory_xact_lock($1, $2)")]
    [InlineData("pg_try_advisory_xact_lock(hashtextextended('collector', 0))")]
    [InlineData("pg_advisory_xact_lock(hashtextextended({user.ToString()}, 7))")]
    [InlineData("pg_advisory_xact_lock(hashtextextended('collector', {AdvisoryLocks.Files}))")]
    [InlineData("pg_advisory_lock_shared({AdvisoryLocks.Connections}, 5)")]
    [InlineData("PG_ADVISORY_UNLOCK(1, {AdvisoryLocks.Connections})")]
    public void Key_NotOfTheList_IsFound(string sql) => Assert.False(IsOfTheList(Arguments(Assert.Single(CallsIn($"SELECT {sql} AS x, 1")))));

    [Theory]
    [InlineData("pg_advisory_xact_lock({AdvisoryLocks.Tasks})")]
    [InlineData("pg_try_advisory_xact_lock({AdvisoryLocks.RecordedCalls}, {(int)number})")]
    [InlineData("pg_try_advisory_xact_lock({AdvisoryLocks.RecordedCalls}, $1)")]
    [InlineData("pg_advisory_xact_lock(hashtextextended({user.ToString()}, {AdvisoryLocks.WorkOfUser}))")]
    public void Key_OfTheList_IsAllowed(string sql) => Assert.True(IsOfTheList(Arguments(Assert.Single(CallsIn($"SELECT {sql} AS x, 1")))));

    /// <summary>Zero is the seed of texts, of one service each.</summary>
    [Fact]
    public void Keys_AreDifferent()
    {
        var keys = typeof(AdvisoryLocks).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetRawConstantValue()!).Where(key => key is not 0L).ToList();

        Assert.Contains(AdvisoryLocks.Migrations, keys);
        Assert.Equal(keys.Distinct(), keys);
    }

    private static IEnumerable<string> CallsIn(string text) => Call().Matches(text).Select(match => match.Value);

    private static string Arguments(string call) => call[(call.IndexOf('(', StringComparison.Ordinal) + 1)..];

    /// <summary>Whether nothing but values fills the arguments, and one of them is of the list.</summary>
    private static bool IsOfTheList(string arguments)
    {
        var values = Value().Matches(arguments).Select(match => match.Value).ToList();
        return values.Exists(value => value.StartsWith($"{{{nameof(AdvisoryLocks)}.", StringComparison.Ordinal)) && !Literal().IsMatch(Value().Replace(arguments, ""));
    }

    /// <summary>A call with its arguments, whose values may have calls in them.</summary>
    [GeneratedRegex(@"\bpg_(?:try_)?advisory\w*\s*\((?:[^(){}]|\{[^{}]*\}|\((?:[^(){}]|\{[^{}]*\})*\))*\)", RegexOptions.IgnoreCase)]
    private static partial Regex Call();

    [GeneratedRegex(@"\{[^{}]*\}|\$[0-9]+")]
    private static partial Regex Value();

    [GeneratedRegex("[0-9']")]
    private static partial Regex Literal();
}
