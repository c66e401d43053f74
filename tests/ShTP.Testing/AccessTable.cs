using System.Reflection;
using System.Text;
using Google.Api;
using Google.Protobuf.Reflection;
using ShTP.Api.V1;
using ShTP.Protos;

namespace ShTP.Testing;

/// <summary>One RPC of <c>docs/access.md</c>.</summary>
/// <param name="Rpc">Full name.</param>
/// <param name="Callers">One of the levels below, or the calling services separated by spaces after <c>internal:</c>.</param>
/// <param name="Limit">The rate limit that counts the calls of people.</param>
/// <param name="Routes">Verb and path of each HTTP route.</param>
public sealed record AccessRow(string Rpc, string Callers, string Limit, IReadOnlyList<(string Verb, string Path)> Routes)
{
    public const string Public = "public";
    public const string SignedIn = "signed in";
    public const string Teacher = "teacher";
    public const string Admin = "admin";
    public const string Refresh = "refresh token";

    /// <summary>The HTTP/2 path of the RPC.</summary>
    public string Path => $"/{Rpc[..Rpc.LastIndexOf('.')]}/{Rpc[(Rpc.LastIndexOf('.') + 1)..]}";

    public bool IsInternal => Callers.StartsWith(AccessTable.InternalMark, StringComparison.Ordinal);

    public override string ToString() => Rpc;
}

/// <summary>
/// Who may call what, as <c>docs/access.md</c> says. The file repeats the contract on purpose: whoever changes an option of
/// an RPC changes a table that a reviewer reads, and the tests of gateway and services try every row of it.
/// </summary>
public static class AccessTable
{
    internal const string InternalMark = "internal:";

    private const string Resource = "access.md";

    private const string Introduction =
        """
        # Who may call what

        Made from the `access` options of the `.proto` files, and compared with them by a test: what is here was read by a
        person. After a change of the contract write it anew with
        `SHTP_WRITE_ACCESS=1 dotnet test --project tests/ShTP.Gateway.Tests` and read the difference.

        | RPC | callers | limit | routes |
        | --- | --- | --- | --- |

        """;

    /// <summary>The rows of the file.</summary>
    public static IReadOnlyList<AccessRow> Rows { get; } = [.. Text.Split('\n').Where(line => line.StartsWith("| shtp.", StringComparison.Ordinal)).Select(Parse)];

    /// <summary>The file as it was built in.</summary>
    public static string Text
    {
        get
        {
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)
                ?? throw new InvalidOperationException($"{Resource} is not embedded in {Assembly.GetExecutingAssembly().GetName().Name}.");
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }

    /// <summary>The file as the contract wants it.</summary>
    public static string Write(Contract contract)
    {
        var text = new StringBuilder(Introduction);
        foreach (var method in contract.Methods.OrderBy(method => method.FullName, StringComparer.Ordinal))
        {
            var access = Contract.AccessOf(method);
            var limit = access?.Internal is not null ? "" : access?.RateClass is null or RateClass.Unspecified ? "ordinary" : access.RateClass.ToString().ToLowerInvariant();
            text.Append("| ").AppendJoin(" | ", method.FullName, Describe(access), limit, string.Join(", ", RoutesOf(method).Select(route => $"`{route}`"))).Append(" |\n");
        }

        return text.ToString();
    }

    private static string Describe(Access? access) => access?.CallerCase switch
    {
        Access.CallerOneofCase.Internal => InternalMark + string.Concat(access.Internal.Callers.Select(caller => $" {caller}")),
        Access.CallerOneofCase.Level => access.Level switch
        {
            Level.Public => AccessRow.Public,
            Level.SignedIn => AccessRow.SignedIn,
            Level.Teacher => AccessRow.Teacher,
            Level.Admin => AccessRow.Admin,
            Level.RefreshToken => AccessRow.Refresh,
            _ => "not defined",
        },
        _ => "nothing is said",
    };

    private static IEnumerable<string> RoutesOf(MethodDescriptor method) =>
        method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is { } rule ? rule.AdditionalBindings.Prepend(rule).Select(PatternOf) : [];

    private static string PatternOf(HttpRule rule) => rule.PatternCase switch
    {
        HttpRule.PatternOneofCase.Get => $"GET {rule.Get}",
        HttpRule.PatternOneofCase.Put => $"PUT {rule.Put}",
        HttpRule.PatternOneofCase.Post => $"POST {rule.Post}",
        HttpRule.PatternOneofCase.Delete => $"DELETE {rule.Delete}",
        HttpRule.PatternOneofCase.Patch => $"PATCH {rule.Patch}",
        _ => "neither verb nor path",
    };

    private static AccessRow Parse(string line)
    {
        var cells = line[1..line.LastIndexOf('|')].Split('|', StringSplitOptions.TrimEntries);
        var routes = cells[3].Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(route => route.Trim('`').Split(' ')).Select(route => (route[0], route[1]));
        return new AccessRow(cells[0], cells[1], cells[2], [.. routes]);
    }
}
