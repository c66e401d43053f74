using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using ShTP.Testing;

namespace ShTP.AppHost.Tests.Deployment.Containers;

/// <summary>The system that deploy/kubernetes/base describes, played by podman.</summary>
/// <param name="podman">The engine.</param>
/// <param name="folder">Where secrets and what is played are written.</param>
internal sealed class KubeSystem(Podman podman, string folder) : IAsyncDisposable
{
    private const string Network = "shtp-test";
    private const string Proxy = "shtp-test-proxy";

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);

    private static readonly Dictionary<string, string> ImagesByName = new()
    {
        ["shtp"] = Images.Services,
        ["shtp-checker"] = Images.Checker,
        ["shtp-backup"] = Images.Backup,
        ["postgres"] = Images.Postgres,
    };

    private readonly List<JsonObject> _objects = [.. Yaml.Documents(File.ReadAllText(DeploymentFiles.PathOf("kubernetes/base/kustomization.yaml"))).Single()["resources"]!.AsArray()
        .SelectMany(file => Yaml.TypedDocuments(File.ReadAllText(DeploymentFiles.PathOf($"kubernetes/base/{file}"))))];

    private readonly List<string> _pods = [];
    private readonly List<string> _volumes = [];

    /// <summary>The port of this machine at which the first gateway is called.</summary>
    public int GatewayPort { get; } = FreePort.Find();

    /// <summary>The same of the proxy, with TLS.</summary>
    public int ProxyPort { get; } = FreePort.Find();

    public string SecretsFolder { get; } = Path.Combine(folder, "secrets");

    /// <summary>Starts everything in the order of a cluster: the database, the job, the services.</summary>
    public async Task StartAsync(Action<string> report)
    {
        await podman.RunAsync(DeploymentFiles.PathOf("secrets.sh"), Step, SecretsFolder);
        await podman.RunAsync(Step, "network", "create", Network);
        report("PostgreSQL");
        await PlayAsync("postgres", "postgres");
        await Eventually.HoldsAsync(() => podman.SucceedsAsync(Step, "exec", "postgres-postgres", "pg_isready", "--quiet", "--host", "127.0.0.1"), "the database is ready", Step);
        report("migrations");
        await RunToItsEndAsync("migrate");
        report("services");
        foreach (var name in Deployments().Where(name => name != "postgres"))
            await PlayAsync(name, name);
        foreach (var name in Deployments().Where(name => name != "postgres"))
            await HealthyAsync(name);
    }

    /// <summary>Makes what the nightly job makes, and returns what `verify` says of all backups.</summary>
    public async Task<string> BackUpAsync()
    {
        await RunToItsEndAsync("backup");
        return await podman.RunAsync(Step, "run", "--rm", "--read-only", "--tmpfs", "/tmp", "--volume", $"{VolumeOf("backups")}:/backups:ro",
            "--volume", $"{Path.Combine(SecretsFolder, "databases")}:/run/secrets/shtp:ro", "--workdir", "/app/Backup", Images.Backup, "ShTP.Backup.dll", "verify", "/backups");
    }

    /// <summary>Starts another instance of a service, under the same name for those who call it.</summary>
    public async Task AddReplicaAsync(string name)
    {
        await PlayAsync(name, $"{name}-2");
        await HealthyAsync(name, $"{name}-2");
    }

    /// <summary>Starts the proxy with deploy/Caddyfile, for the name localhost. Returns the authority that it makes for the certificate.</summary>
    public async Task<X509Certificate2> AddProxyAsync()
    {
        await podman.RunAsync(Step, "run", "--detach", "--name", Proxy, "--network", Network, "--publish", $"127.0.0.1:{ProxyPort}:443", "--read-only", "--cap-drop", "all", "--cap-add", "NET_BIND_SERVICE",
            "--tmpfs", "/data", "--tmpfs", "/config", "--env", "SHTP_DOMAIN=localhost", "--volume", $"{DeploymentFiles.PathOf("Caddyfile")}:/etc/caddy/Caddyfile:ro", Images.Caddy);
        const string authority = "/data/caddy/pki/authorities/local/root.crt";
        await Eventually.HoldsAsync(() => podman.SucceedsAsync(Step, "exec", Proxy, "test", "-s", authority), "the proxy has a certificate", Step);
        return X509Certificate2.CreateFromPem(await podman.RunAsync(Step, "exec", Proxy, "cat", authority));
    }

    /// <summary>Ends an instance as the kernel would, without a chance to clean up.</summary>
    public Task KillAsync(string pod) => podman.RunAsync(Step, "kill", "--signal", "KILL", $"{pod}-{pod.Split('-')[0]}");

    /// <summary>Starts an instance that was killed, and waits until it is healthy.</summary>
    public async Task ReviveAsync(string pod)
    {
        await podman.RunAsync(Step, "start", $"{pod}-{pod.Split('-')[0]}");
        await HealthyAsync(pod.Split('-')[0], pod);
    }

    public Task<string> LogAsync(string pod) => podman.RunAsync("sh", Step, "-c", $"podman logs {pod}-{pod.Split('-')[0]} 2>&1");

    public async ValueTask DisposeAsync()
    {
        foreach (var pod in _pods)
            await podman.SucceedsAsync(Step, "pod", "rm", "--force", "--time", "0", pod);
        await podman.SucceedsAsync(Step, "rm", "--force", "--time", "0", Proxy);
        foreach (var volume in _volumes)
            await podman.SucceedsAsync(Step, "volume", "rm", "--force", volume);
        await podman.SucceedsAsync(Step, "network", "rm", "--force", Network);
    }

    private IEnumerable<string> Deployments() => _objects.Where(one => (string)one["kind"]! == "Deployment").Select(one => (string)one["metadata"]!["name"]!);

    private static string VolumeOf(string claim) => $"shtp-test-claim-{claim}";

    private async Task RunToItsEndAsync(string job)
    {
        await PlayAsync(job, job);
        var exitCode = (await podman.RunAsync(Step, "wait", $"{job}-{job}")).Trim();
        if (exitCode != "0")
            throw new InvalidOperationException($"The job {job} ended with {exitCode}: {await LogAsync(job)}");
    }

    private Task HealthyAsync(string name, string? pod = null)
    {
        var port = _objects.Single(one => (string)one["kind"]! == "Deployment" && (string)one["metadata"]!["name"]! == name)
            ["spec"]!["template"]!["spec"]!["containers"]![0]!["readinessProbe"]!["httpGet"]!["port"]!.ToJsonString();
        return Eventually.HoldsAsync(() => podman.SucceedsAsync(Step, "exec", $"{pod ?? name}-{name}", "/app/healthy", port), $"{pod ?? name} is healthy", Step);
    }

    /// <summary>Plays a workload as the pod <paramref name="pod"/>, which is found by the name of its service.</summary>
    private async Task PlayAsync(string name, string pod)
    {
        var workload = _objects.Single(one => (string)one["kind"]! is "Deployment" or "Job" or "CronJob" && (string)one["metadata"]!["name"]! == name);
        var text = string.Join("---\n", _objects.Where(one => (string)one["kind"]! == "ConfigMap").Append(PodOf(workload, pod)).Select(one => one.ToJsonString() + "\n"));
        var file = Path.Combine(folder, $"{pod}.yaml");
        await File.WriteAllTextAsync(file, text, Limits.Cancellation);
        _pods.Add(pod);
        await podman.RunAsync(Step, "kube", "play", "--network", $"{Network}:alias={name}", file);
    }

    /// <summary>
    /// The pod of a workload as podman 4.3 takes it: it plays pods, but no jobs; has probes only with systemd; opens every
    /// port that is named; shares volumes of one name between pods; and reads secrets in a form of its own.
    /// </summary>
    private JsonObject PodOf(JsonObject workload, string pod)
    {
        var template = ((workload["spec"]!["jobTemplate"] ?? workload)["spec"]!["template"]!).DeepClone();
        var spec = template["spec"]!.AsObject();
        var container = spec["containers"]!.AsArray().Single()!.AsObject();
        container["image"] = ImagesByName[(string)container["image"]!];
        container["imagePullPolicy"] = "Never";
        foreach (var left in (string[])["startupProbe", "readinessProbe", "livenessProbe", "lifecycle", "ports"])
            container.Remove(left);
        if (pod == "gateway")
            container["ports"] = new JsonArray(new JsonObject { ["containerPort"] = 8080, ["hostPort"] = GatewayPort });
        if ((string)workload["kind"]! == "Job")
            spec["restartPolicy"] = "Never";
        var annotations = new JsonObject();
        if ((string)spec["securityContext"]!["seccompProfile"]!["type"]! == "Unconfined")
            annotations["seccomp.security.alpha.kubernetes.io/pod"] = "unconfined";
        foreach (var volume in spec["volumes"]!.AsArray().Select(volume => volume!.AsObject()))
        {
            var name = (string)volume["name"]!;
            var own = volume["persistentVolumeClaim"] is { } claim ? VolumeOf((string)claim["claimName"]!) : $"shtp-test-{pod}-{name}";
            foreach (var mount in container["volumeMounts"]!.AsArray().Where(mount => (string)mount!["name"]! == name))
                mount!["name"] = own;
            volume["name"] = own;
            if (volume["secret"] is { } secret)
            {
                volume["hostPath"] = new JsonObject { ["path"] = Path.Combine(SecretsFolder, (string)secret["secretName"]!), ["type"] = "Directory" };
                volume.Remove("secret");
            }
            else
            {
                if (volume["persistentVolumeClaim"] is { } claimed)
                    claimed["claimName"] = own;
                _volumes.Add(own);
            }
        }

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = pod, ["labels"] = template["metadata"]!["labels"]!.DeepClone(), ["annotations"] = annotations },
            ["spec"] = spec.DeepClone(),
        };
    }
}
