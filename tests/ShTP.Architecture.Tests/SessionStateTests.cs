using System.Text.RegularExpressions;
using Xunit;

namespace ShTP.Architecture.Tests;

/// <summary>
/// Connections return to the pool of a service as they are (docs/decisions/0046): what one of its users sets for the session, the
/// next one would have. The tools have connections of their own.
/// </summary>
public sealed partial class SessionStateTests
{
    // Each opens a connection of its own outside the pool, but for migrations, which undo what they do.
    private static readonly string[] Allowed = ["ConnectionClaim.cs", "ListeningService.cs", "Migrations.cs", "OutboxListener.cs"];

    [Fact]
    public void StateOfASession_IsSetOutsideThePoolAlone()
    {
        var found = SourceTree.Files
            .Where(file => Path.GetRelativePath(SourceTree.Root, file).Split(Path.DirectorySeparatorChar)[0] is "services" or "building-blocks")
            .Where(file => SetsState(File.ReadAllText(file)))
            .Select(file => Path.GetFileName(file))
            .Order()
            .ToList();

        Assert.Equal(Allowed, found);
    }

    [Theory]
    [InlineData("\"SELECT pg_advisory_lock({AdvisoryLocks.Tasks})\"")]
    [InlineData("\"SELECT pg_try_advisory_lock_shared({AdvisoryLocks.Tasks})\"")]
    [InlineData("$\"LISTEN {channel}\"")]
    [InlineData("\"SET lock_timeout = 100\"")]
    [InlineData("\"SELECT 1; SET statement_timeout TO 5\"")]
    [InlineData("\"set session authorization other\"")]
    [InlineData("\"\"\"\n    SET lock_timeout = 100;\n\"\"\"")]
    [InlineData("\"SET ROLE other\"")]
    [InlineData("\"CREATE TEMP TABLE rows (id int)\"")]
    [InlineData("\"SELECT set_config('app.user', {id}, false)\"")]
    [InlineData("\"DECLARE rows CURSOR WITH HOLD FOR SELECT 1\"")]
    [InlineData("\"PREPARE plan AS SELECT 1\"")]
    public void StateOfASession_IsFound(string code) => Assert.True(SetsState($"Execute({code});"));

    [Theory]
    [InlineData("\"SELECT pg_advisory_xact_lock({AdvisoryLocks.Tasks})\"")]
    [InlineData("\"SET LOCAL lock_timeout = 100\"")]
    [InlineData("\"SET TRANSACTION READ ONLY\"")]
    [InlineData("\"UPDATE work SET state = 1\"")]
    [InlineData("\"\"\"\n    UPDATE work\n    SET state = 1\n\"\"\"")]
    [InlineData("\"SELECT set_config('app.user', {id}, true)\"")]
    public void StateOfATransaction_IsAllowed(string code) => Assert.False(SetsState($"Execute({code});"));

    private static bool SetsState(string code) => State().IsMatch(code);

    [GeneratedRegex(
        """
        \bpg_(?:try_)?advisory_lock(?:_shared)?\s*\(
        | \bset_config\s*\([^()]*,\s*false\s*\)
        | [";]\s* (?: LISTEN\s | PREPARE\s | SET\s+(?!LOCAL\b|TRANSACTION\b|CONSTRAINTS\b)\w+ )
        | \bCREATE\s+(?:LOCAL\s+)?TEMP | \bWITH\s+HOLD\b
        """, RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex State();
}
