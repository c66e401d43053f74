using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Projects;

/// <summary>Finds the level of each line that a project writes to its console.</summary>
/// <remarks>
/// Projects are told to use the simple console formatter, whose entries are
/// <code>
/// warn: Category[0]
///       Message, on one or more lines
/// </code>
/// with colour codes around the level. An entry's level holds for its indented lines.
/// </remarks>
internal sealed partial class ConsoleOutput(ResourceLog log)
{
    private LogLevel _level = LogLevel.Information;

    public void Output(string line)
    {
        var plain = ColourCode().Replace(line, "");
        if (plain.Length > 5 && plain[4] == ':' && Level(plain[..4]) is { } level)
            _level = level;
        else if (!plain.StartsWith("      ", StringComparison.Ordinal))
            _level = LogLevel.Information;
        log.Write(_level, plain);
    }

    /// <summary>Unhandled exceptions and the runtime's last words.</summary>
    public void Error(string line) => log.Write(LogLevel.Error, ColourCode().Replace(line, ""), isError: true);

    private static LogLevel? Level(string name) => name switch
    {
        "trce" => LogLevel.Trace,
        "dbug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "warn" => LogLevel.Warning,
        "fail" => LogLevel.Error,
        "crit" => LogLevel.Critical,
        _ => null,
    };

    [GeneratedRegex("\x1B\\[[0-9;]*m")]
    private static partial Regex ColourCode();
}
