using System.Text.Json.Nodes;

namespace ShTP.AppHost.Tests.Deployment;

/// <summary>A program as a deployment starts it.</summary>
/// <param name="Program">The program file.</param>
/// <param name="Settings">Its environment.</param>
/// <param name="Secrets">The folder of its secrets (deploy/secrets.sh), or none.</param>
/// <param name="Ports">What it says to listen on; null where that need not be said.</param>
/// <param name="IsPublic">Whether it can be called from outside.</param>
internal sealed record DeployedProgram(string Program, IReadOnlyDictionary<string, string> Settings, string? Secrets, IReadOnlySet<string>? Ports, bool IsPublic);

/// <summary>A path that the network leaves open.</summary>
internal sealed record OpenPath(string From, string To, string Port);

/// <summary>What a deployment starts, and who may call whom.</summary>
/// <param name="Programs">By name.</param>
/// <param name="IsOpen">Whether the network lets a call through.</param>
/// <param name="Paths">All open paths between programs, where the deployment chooses them.</param>
/// <param name="Postgres">Image, arguments and environment of the database server; null when it is elsewhere.</param>
internal sealed record DeployedSystem(
    IReadOnlyDictionary<string, DeployedProgram> Programs, Func<OpenPath, bool> IsOpen, IReadOnlyCollection<OpenPath> Paths, DeployedPostgres? Postgres)
{
    /// <summary>Reads deploy/compose.yaml.</summary>
    public static DeployedSystem OfCompose(JsonObject compose, string proxy)
    {
        var services = compose["services"]!.AsObject();
        var programs = new Dictionary<string, DeployedProgram>();
        foreach (var (name, service) in services)
        {
            if (Texts(service!["command"]).FirstOrDefault(part => part.EndsWith(".dll", StringComparison.Ordinal)) is not { } program)
                continue;
            var secrets = Texts(service["volumes"]).Select(volume => volume.Split(':')).Where(parts => parts[1] == "/run/secrets/shtp").Select(parts => Path.GetFileName(parts[0])).SingleOrDefault();
            var environment = service["environment"]?.AsObject().ToDictionary(entry => entry.Key, entry => (string)entry.Value!) ?? [];
            // Only the proxy has ports of the server.
            programs[name] = new(program, environment, secrets, null, IsPublic: service["ports"] is not null || proxy.Contains($"{name} ", StringComparison.Ordinal));
        }

        return new(programs, path => Networks(path.From).Intersect(Networks(path.To)).Any(), [], Server(services));

        IEnumerable<string> Networks(string name) => Texts(services[name]?["networks"]);

        static DeployedPostgres? Server(JsonObject services) => services["postgres"] is not { } postgres ? null
            : new((string)postgres["image"]!, Texts(postgres["command"]), postgres["environment"]!.AsObject().Select(entry => entry.Key).ToHashSet());
    }

    /// <summary>Reads manifests of Kubernetes.</summary>
    public static DeployedSystem OfKubernetes(IReadOnlyList<JsonObject> objects)
    {
        var maps = Kind("ConfigMap").ToDictionary(Name, map => map["data"]!.AsObject());
        var entrances = Kind("Ingress").SelectMany(ingress => ingress["spec"]!["rules"]!.AsArray())
            .SelectMany(rule => rule!["http"]!["paths"]!.AsArray()).Select(path => (string)path!["backend"]!["service"]!["name"]!).ToHashSet();
        var policies = Kind("NetworkPolicy").Where(policy => Label(policy["spec"]!["podSelector"]) is not null).ToDictionary(policy => Label(policy["spec"]!["podSelector"])!, policy => policy["spec"]!);
        var services = Kind("Service").ToDictionary(Name, service => service["spec"]!["ports"]!.AsArray().Select(port => (string)port!["port"]!).ToHashSet());
        var programs = new Dictionary<string, DeployedProgram>();
        foreach (var deployment in Kind("Deployment"))
        {
            var pod = deployment["spec"]!["template"]!["spec"]!;
            var container = pod["containers"]!.AsArray().Single()!;
            if (Texts(container["args"]).FirstOrDefault(part => part.EndsWith(".dll", StringComparison.Ordinal)) is not { } program)
                continue;
            var environment = new Dictionary<string, string>();
            foreach (var source in container["envFrom"]?.AsArray() ?? [])
                foreach (var (key, value) in maps[(string)source!["configMapRef"]!["name"]!])
                    environment[key] = (string)value!;
            foreach (var entry in container["env"]?.AsArray() ?? [])
                environment[(string)entry!["name"]!] = (string?)entry["value"] ?? ReferredTo(entry["valueFrom"]!["configMapKeyRef"]!);
            var ports = container["ports"]!.AsArray().Select(port => (string)port!["containerPort"]!).ToHashSet();
            var secrets = pod["volumes"]!.AsArray().Select(volume => (string?)volume!["secret"]?["secretName"]).SingleOrDefault(name => name is not null);
            programs[Name(deployment)] = new(program, environment, secrets, ports, IsPublic: entrances.Contains(Name(deployment)) || IsOpenToAll(Name(deployment)));
        }

        var paths = policies.SelectMany(policy => Openings(policy.Key, policy.Value["ingress"])).ToList();
        var isClosed = Kind("NetworkPolicy").Any(policy => policy["spec"]!["podSelector"]!.AsObject().Count == 0 && policy["spec"]!["ingress"] is null);
        return new(programs, path => isClosed && paths.Contains(path) && services.GetValueOrDefault(path.To)?.Contains(path.Port) == true && MayLeave(path), paths, Server());

        IEnumerable<JsonObject> Kind(string kind) => objects.Where(one => (string)one["kind"]! == kind);

        string ReferredTo(JsonNode reference) => (string)maps[(string)reference["name"]!][(string)reference["key"]!]!;

        bool IsOpenToAll(string name) => policies.GetValueOrDefault(name)?["ingress"]?.AsArray().Any(rule => rule!["from"] is null) == true;

        // A policy with rules for the way out closes all others.
        bool MayLeave(OpenPath path) => policies.GetValueOrDefault(path.From)?["egress"] is not JsonArray ways
            || ways.Any(way => way!["to"]?.AsArray().Any(to => Label(to!["podSelector"]) == path.To) == true && way["ports"]!.AsArray().Any(port => (string)port!["port"]! == path.Port));

        DeployedPostgres? Server()
        {
            var container = Kind("Deployment").SingleOrDefault(deployment => Name(deployment) == "postgres")?["spec"]!["template"]!["spec"]!["containers"]![0];
            return container is null ? null : new((string)container["image"]!, Texts(container["args"]), container["env"]!.AsArray().Select(entry => (string)entry!["name"]!).ToHashSet());
        }

        static string Name(JsonObject one) => (string)one["metadata"]!["name"]!;

        static string? Label(JsonNode? selector) => (string?)selector?["matchLabels"]?["app"];

        static IEnumerable<OpenPath> Openings(string to, JsonNode? rules) => (rules?.AsArray() ?? []).SelectMany(rule => (rule!["from"]?.AsArray() ?? [])
            .SelectMany(from => rule["ports"]!.AsArray().Select(port => new OpenPath(Label(from!["podSelector"])!, to, (string)port!["port"]!))));
    }

    private static IReadOnlyList<string> Texts(JsonNode? list) => list is null ? [] : [.. list.AsArray().Select(entry => (string)entry!)];
}

/// <summary>The database server as a deployment starts it.</summary>
internal sealed record DeployedPostgres(string Image, IReadOnlyList<string> Arguments, IReadOnlySet<string> Variables);
