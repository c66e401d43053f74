using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ShTP.AppHost.Tests.Deployment;

/// <summary>What a deployment lacks of the model of the AppHost, and what it has that nothing reads.</summary>
/// <param name="model">The model.</param>
/// <param name="secrets">The names of the files in each folder of secrets (deploy/secrets.sh).</param>
internal sealed partial class Drift(PublishedModel model, IReadOnlyDictionary<string, IReadOnlySet<string>> secrets)
{
    // Programs of the deployment that the AppHost starts on request only.
    private static readonly HashSet<string> Own = ["backup"];

    private readonly List<string> _documented = [.. SettingsDocument.Keys()];

    /// <summary>One sentence for each difference.</summary>
    public IEnumerable<string> Find(DeployedSystem deployed)
    {
        foreach (var (name, project) in model.Projects)
        {
            if (!deployed.Programs.TryGetValue(name, out var program))
            {
                yield return $"{name} has no place.";
                continue;
            }

            foreach (var gap in FindGaps(name, project!, program, deployed))
                yield return gap;
        }

        foreach (var (name, program) in deployed.Programs)
        {
            if (!model.Resources.ContainsKey(name) && !Own.Contains(name))
                yield return $"{name} is no program of the AppHost.";
            foreach (var key in program.Settings.Keys.Concat(FilesOf(program)).Where(key => !IsRead(key)))
                yield return $"{key} of {name} is read by no program.";
        }

        foreach (var path in deployed.Paths.Where(path => path.To != "postgres" && !Calls(path)))
            yield return $"{path.From} may call {path.To} at {path.Port}, which it does not do.";
        foreach (var gap in FindGapsOfServer(deployed.Postgres))
            yield return gap;
    }

    private IEnumerable<string> FindGaps(string name, JsonNode project, DeployedProgram program, DeployedSystem deployed)
    {
        var file = Path.GetFileNameWithoutExtension((string)project["path"]!) + ".dll";
        if (program.Program != file)
            yield return $"{name} starts {program.Program} instead of {file}.";
        var isExternal = project["bindings"]!.AsObject().Any(binding => (string?)binding.Value!["external"]?.ToJsonString() == "true");
        if (isExternal != program.IsPublic)
            yield return $"{name} {(isExternal ? "cannot" : "can")} be called from outside.";
        foreach (var (variable, value) in project["env"]!.AsObject().Where(entry => !IsUnread(entry.Key)))
        {
            foreach (var gap in FindGap(name, variable, (string)value!, program, deployed))
                yield return gap;
        }
    }

    private IEnumerable<string> FindGap(string name, string variable, string value, DeployedProgram program, DeployedSystem deployed)
    {
        if (Endpoint().Match(value) is { Success: true } own)
        {
            var port = PortOf(name, own.Groups["endpoint"].Value);
            if (program.Settings.GetValueOrDefault(variable) != $"http://*:{port}")
                yield return $"{variable} of {name} must be http://*:{port}.";
            if (program.Ports?.Contains(port) == false)
                yield return $"{name} does not open port {port}, its endpoint {own.Groups["endpoint"].Value}.";
        }
        else if (Reference().Match(value) is { Success: true } reference && variable.StartsWith("services__", StringComparison.Ordinal))
        {
            var (called, endpoint) = (reference.Groups["name"].Value, reference.Groups["endpoint"].Value);
            // Only the gateway calls http (docs/settings.md).
            if (endpoint == "http" && name != "gateway")
                yield break;
            var port = PortOf(called, endpoint);
            if (program.Settings.GetValueOrDefault(variable) != $"http://{called}:{port}")
                yield return $"{variable} of {name} must be http://{called}:{port}.";
            if (!deployed.IsOpen(new(name, called, port)))
                yield return $"{name} cannot reach {called} at {port}, its endpoint {endpoint}.";
        }
        else if (Value().Match(value) is { Success: true } parameter && IsSecret(parameter.Groups["name"].Value))
        {
            if (!FilesOf(program).Contains(variable))
                yield return $"{variable} of {name} is in no file of its secrets.";
            if (program.Settings.ContainsKey(variable))
                yield return $"{variable} of {name} is a secret, and in its environment.";
        }
        else if (value.EndsWith(".connectionString}", StringComparison.Ordinal))
        {
            if (!FilesOf(program).Contains(variable) || !FilesOf("databases").Contains(variable))
                yield return $"{variable} of {name} is in no file of its secrets, or not in those of all databases.";
        }
        else if (!program.Settings.ContainsKey(variable) && !FilesOf(program).Contains(variable))
        {
            yield return $"{variable} of {name} is not set.";
        }
    }

    private IEnumerable<string> FindGapsOfServer(DeployedPostgres? deployed)
    {
        if (deployed is null)
            yield break;
        var server = model.Resources["postgres"]!;
        if (!deployed.Image.Contains((string)server["image"]!, StringComparison.Ordinal))
            yield return $"postgres is {deployed.Image} instead of {server["image"]}.";
        foreach (var argument in server["args"]!.AsArray().Select(argument => (string)argument!).Where(argument => !deployed.Arguments.Contains(argument)))
            yield return $"postgres has no argument {argument}.";
        foreach (var variable in server["env"]!.AsObject().Select(entry => entry.Key).Where(variable => !deployed.Variables.Contains(variable) && !deployed.Variables.Contains($"{variable}_FILE")))
            yield return $"{variable} of postgres is not set.";
    }

    private bool Calls(OpenPath path) => model.Resources[path.From]?["env"]?.AsObject().Any(entry => Reference().Match((string)entry.Value!) is { Success: true } reference
        && reference.Groups["name"].Value == path.To && PortOf(path.To, reference.Groups["endpoint"].Value) == path.Port && (reference.Groups["endpoint"].Value != "http" || path.From == "gateway")) == true;

    private bool IsSecret(string parameter) => model.Resources[parameter]?["inputs"]?["value"]?["secret"] is not null || parameter.EndsWith("-public-key", StringComparison.Ordinal);

    private bool IsRead(string variable)
    {
        var setting = variable.Replace("__", ":", StringComparison.Ordinal);
        return _documented.Exists(key => SettingsDocument.AreSame(key, setting));
    }

    private string PortOf(string name, string endpoint) => model.Resources[name]!["bindings"]![endpoint]!["targetPort"]!.ToJsonString();

    private IReadOnlySet<string> FilesOf(DeployedProgram program) => program.Secrets is { } folder ? FilesOf(folder) : new HashSet<string>();

    private IReadOnlySet<string> FilesOf(string folder) => secrets.GetValueOrDefault(folder) ?? new HashSet<string>();

    // What Aspire adds for programs in other languages (USERS_GRPC, USERSDB_HOST), for https, which no service has, and for
    // collectors of telemetry, which a deployment may have. Proxies are trusted by settings of our own, not all of them.
    private static bool IsUnread(string variable) => Unread().IsMatch(variable);

    [GeneratedRegex("^([A-Z]+_(GRPC|HTTP|HTTPS)|[A-Z]+DB_[A-Z]+|services__[a-z]+__https__0|OTEL_[A-Z_]+|ASPNETCORE_FORWARDEDHEADERS_ENABLED)$")]
    private static partial Regex Unread();

    [GeneratedRegex(@"^http://\*:\{[a-z]+\.bindings\.(?<endpoint>[a-z]+)\.targetPort\}$")]
    private static partial Regex Endpoint();

    [GeneratedRegex(@"^\{(?<name>[a-z]+)\.bindings\.(?<endpoint>[a-z]+)\.url\}$")]
    private static partial Regex Reference();

    [GeneratedRegex(@"^\{(?<name>[a-z-]+)\.value\}$")]
    private static partial Regex Value();
}
