using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ShTP.Testing;
using Xunit;

namespace ShTP.AppHost.Tests.Deployment;

/// <summary>What the tests of this class share: the model of the AppHost, and secrets as a deployment makes them.</summary>
public sealed class DeploymentFiles : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("shtp-deployment-").FullName;

    internal PublishedModel Model { get; private set; } = null!;

    internal string SecretsFolder => Path.Combine(_home, "secrets");

    internal Drift Drift { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        MissingTool.SkipWithout(("openssl", "openssl"));
        Model = await PublishedModel.PublishAsync(_home);
        await MakeSecretsAsync();
        Drift = new Drift(Model, Directory.GetDirectories(SecretsFolder).ToDictionary(folder => Path.GetFileName(folder)!,
            IReadOnlySet<string> (folder) => Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).ToHashSet()));
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_home, recursive: true);
        return ValueTask.CompletedTask;
    }

    internal Task MakeSecretsAsync() => Processes.RunAsync(new ProcessStartInfo(PathOf("secrets.sh"), [SecretsFolder]));

    internal static string PathOf(string file) => Repository.PathOf("deploy", file);
}

/// <summary>deploy/ against the model of the AppHost: nothing of it may be missing there.</summary>
public sealed class DeploymentTests(DeploymentFiles files) : IClassFixture<DeploymentFiles>
{
    private static readonly string[] Databases = ["auth", "users", "files", "achievements", "events", "notifications", "assignments"];

    [Fact]
    public void Compose_HasAPlaceForEverythingOfTheModel() => Assert.Empty(files.Drift.Find(Compose(_ => { })));

    [Fact]
    public void Manifests_HaveAPlaceForEverythingOfTheModel() => Assert.Empty(files.Drift.Find(Base(_ => { })));

    [Theory]
    [InlineData("https://gateway:8080", "gateway has no place.")]
    [InlineData("services__users__grpc__0", "services__users__grpc__0 of auth must be http://users:5112.")]
    [InlineData("FirstAdmin__Email", "FirstAdmin__Email of auth is not set.")]
    [InlineData("Kestrel__Endpoints__grpc__Url", "Kestrel__Endpoints__grpc__Url of users must be http://*:5112.")]
    [InlineData("networks", "gateway cannot reach users at 5112, its endpoint grpc.")]
    [InlineData("secrets", "ConnectionStrings__usersdb of users is in no file of its secrets, or not in those of all databases.")]
    [InlineData("Users__Cache", "Users__Cache of users is read by no program.")]
    [InlineData("max_connections", "postgres has no argument max_connections=501.")]
    [InlineData("program", "users starts ShTP.Auth.dll instead of ShTP.Users.dll.")]
    [InlineData("ports", "users can be called from outside.")]
    public void Compose_SomethingMissing_IsFound(string what, string fault) => Assert.Contains(fault, files.Drift.Find(Compose(services =>
    {
        var (auth, users) = (services["auth"]!, services["users"]!);
        switch (what)
        {
            case "networks":
                users["networks"] = new JsonArray("out");
                break;
            case "secrets":
                users["volumes"] = new JsonArray();
                break;
            case "Users__Cache":
                users["environment"]!["Users__Cache"] = "1";
                break;
            case "max_connections":
                services["postgres"]!["command"] = new JsonArray("postgres");
                break;
            case "program":
                users["command"] = new JsonArray("ShTP.Auth.dll");
                break;
            case "ports":
                users["ports"] = new JsonArray("5112:5112");
                break;
            case "https://gateway:8080":
                services.Remove("gateway");
                break;
            default:
                (what.StartsWith("Kestrel", StringComparison.Ordinal) ? users : auth)["environment"]!.AsObject().Remove(what);
                break;
        }
    })));

    [Theory]
    [InlineData("Deployment", "gateway", "gateway has no place.")]
    [InlineData("Service", "users", "gateway cannot reach users at 5112, its endpoint grpc.")]
    [InlineData("NetworkPolicy", "users", "auth cannot reach users at 5112, its endpoint grpc.")]
    [InlineData("NetworkPolicy", "nothing", "auth cannot reach users at 5112, its endpoint grpc.")]
    [InlineData("ConfigMap", "addresses", "services__users__grpc__0 of auth must be http://users:5112.")]
    public void Manifests_SomethingMissing_IsFound(string kind, string name, string fault) => Assert.Contains(fault, files.Drift.Find(Base(objects =>
    {
        var one = objects.Single(one => (string)one["kind"]! == kind && (string)one["metadata"]!["name"]! == name);
        if (kind == "ConfigMap")
            one["data"]!.AsObject().Remove("services__users__grpc__0");
        else
            objects.Remove(one);
    })));

    [Fact]
    public void Manifests_PathThatNobodyTakes_IsFound() => Assert.Contains("checker may call users at 5112, which it does not do.", files.Drift.Find(Base(objects =>
    {
        var policy = objects.Single(one => (string)one["kind"]! == "NetworkPolicy" && (string)one["metadata"]!["name"]! == "users");
        policy["spec"]!["ingress"]!.AsArray()[1]!["from"]!.AsArray().Add(JsonNode.Parse("""{"podSelector":{"matchLabels":{"app":"checker"}}}"""));
    })));

    // Explicit, because kubectl is no package of Debian's; .ci/run runs both where it finds it.
    [Fact(Explicit = true)]
    public async Task District_IsTheSame_WithTwoOfEachAndServersElsewhere()
    {
        var objects = Yaml.Documents(await RenderAsync("overlays/district")).ToList();

        Assert.Empty(files.Drift.Find(DeployedSystem.OfKubernetes(objects)));
        var deployments = objects.Where(one => (string)one["kind"]! == "Deployment").ToList();
        Assert.Equal(files.Model.Projects.Select(project => project.Key).Order(), deployments.Select(one => (string)one["metadata"]!["name"]!).Order());
        Assert.All(deployments, one => Assert.Equal("2", (string)one["spec"]!["replicas"]!));
        // No database server, no volume, and no backup, which needs that of Files.
        Assert.DoesNotContain(objects, one => (string)one["metadata"]!["name"]! == "postgres" || (string)one["kind"]! is "PersistentVolumeClaim" or "CronJob");
    }

    [Fact(Explicit = true)]
    public async Task Manifests_AsKubectlRendersThem_AreThoseOfTheFiles()
    {
        var rendered = Yaml.Documents(await RenderAsync("base")).Select(Title).Order();

        Assert.Equal(ReadBase().Select(Title).Order(), rendered);
    }

    [Fact]
    public void Manifests_ProgramsAreBounded()
    {
        foreach (var one in ReadBase().Where(one => (string)one["kind"]! is "Deployment" or "Job" or "CronJob"))
        {
            var pod = ((string)one["kind"]! == "CronJob" ? one["spec"]!["jobTemplate"]! : one)["spec"]!["template"]!["spec"]!;
            var container = pod["containers"]!.AsArray().Single()!;
            Assert.Equal("true", (string)pod["securityContext"]!["runAsNonRoot"]!);
            Assert.Equal("true", (string)container["securityContext"]!["readOnlyRootFilesystem"]!);
            Assert.Equal("false", (string)container["securityContext"]!["allowPrivilegeEscalation"]!);
            Assert.NotNull(container["resources"]!["limits"]!["memory"]);
            if ((string)one["kind"]! == "Deployment")
                Assert.All(["startupProbe", "readinessProbe", "livenessProbe"], probe => Assert.NotNull(container[probe]));
        }
    }

    [Fact]
    public void Backup_OfTheBase_ReadsTheFilesOfFilesAndTheDatabasesAndIsKept()
    {
        var objects = ReadBase();
        var pod = objects.Single(one => (string)one["kind"]! == "CronJob")["spec"]!["jobTemplate"]!["spec"]!["template"]!["spec"]!;
        var container = pod["containers"]!.AsArray().Single()!;
        var volumes = pod["volumes"]!.AsArray().ToDictionary(volume => (string)volume!["name"]!, volume => volume!);
        var mounts = container["volumeMounts"]!.AsArray().ToDictionary(mount => (string)mount!["mountPath"]!, mount => mount!);

        Assert.Equal("databases", (string)volumes[(string)mounts["/run/secrets/shtp"]["name"]!]["secret"]!["secretName"]!);
        Assert.Equal("files", (string)volumes[(string)mounts[(string)container["env"]![0]!["value"]!]["name"]!]["persistentVolumeClaim"]!["claimName"]!);
        var kept = (string)volumes[(string)mounts[(string)container["args"]![2]!]["name"]!]["persistentVolumeClaim"]!["claimName"]!;
        Assert.Contains(objects, one => (string)one["kind"]! == "PersistentVolumeClaim" && (string)one["metadata"]!["name"]! == kept);
    }

    [Fact]
    public async Task Migrate_KnowsEveryDatabase()
    {
        var script = await File.ReadAllTextAsync(DeploymentFiles.PathOf("image/migrate"), Limits.Cancellation);
        var published = await File.ReadAllTextAsync(DeploymentFiles.PathOf("publish.sh"), Limits.Cancellation);

        foreach (var (name, project) in files.Model.Projects)
        {
            var program = Path.GetFileNameWithoutExtension((string)project!["path"]!)["ShTP.".Length..];
            Assert.Equal(project["env"]!.AsObject().Any(entry => entry.Key.StartsWith("ConnectionStrings__", StringComparison.Ordinal)), script.Contains($" {program}", StringComparison.Ordinal));
            Assert.Contains(program, published, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Secrets_AreMadeOnce_AndOpenToTheirOwnerOnly()
    {
        var folder = files.SecretsFolder;
        var before = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order().Select(file => (file, File.ReadAllText(file))).ToList();
        await files.MakeSecretsAsync();
        var after = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order().Select(file => (file, File.ReadAllText(file))).ToList();

        Assert.Equal(before, after);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        foreach (var (name, _) in files.Model.Projects)
        {
            using var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(Convert.FromBase64String(Read(name, "ServiceIdentity__PrivateKey")), out _);
            Assert.All(files.Model.Projects, reader => Assert.Equal(Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()), Read(reader.Key, $"ServiceIdentity__PublicKeys__{name}")));
        }

        Assert.All(Databases, name => Assert.EndsWith($";Database={name}db", Read(name, $"ConnectionStrings__{name}db"), StringComparison.Ordinal));
        Assert.Equal(Read("files", "Files__LinkKey"), Read("achievements", "Files__LinkKey"));

        string Read(string program, string setting) => File.ReadAllText(Path.Combine(folder, program, setting));
    }

    private static DeployedSystem Compose(Action<JsonObject> change)
    {
        var compose = Yaml.Documents(File.ReadAllText(DeploymentFiles.PathOf("compose.yaml"))).Single();
        change(compose["services"]!.AsObject());
        return DeployedSystem.OfCompose(compose, File.ReadAllText(DeploymentFiles.PathOf("Caddyfile")));
    }

    private static DeployedSystem Base(Action<List<JsonObject>> change)
    {
        var objects = ReadBase();
        change(objects);
        foreach (var container in objects.Where(one => (string)one["kind"]! == "Deployment").Select(one => one["spec"]!["template"]!["spec"]!["containers"]![0]!))
        {
            // As the kustomization names the images.
            if ((string)container["image"]! == "postgres")
                container["image"] = (string)Kustomization()["images"]!.AsArray().Where(image => (string)image!["name"]! == "postgres").Select(image => $"{image!["newName"]}:{image["newTag"]}").Single();
        }

        return DeployedSystem.OfKubernetes(objects);
    }

    // The base is plain: its files are what is applied, but for names of images.
    private static List<JsonObject> ReadBase() =>
        [.. Kustomization()["resources"]!.AsArray().SelectMany(file => Yaml.Documents(File.ReadAllText(DeploymentFiles.PathOf($"kubernetes/base/{file}"))))];

    private static JsonObject Kustomization() => Yaml.Documents(File.ReadAllText(DeploymentFiles.PathOf("kubernetes/base/kustomization.yaml"))).Single();

    private static string Title(JsonObject one) => $"{one["kind"]} {one["metadata"]!["name"]}";

    private static async Task<string> RenderAsync(string folder)
    {
        if (MissingTool.Find([("kubectl", "kubectl")]).Count > 0)
            MissingTool.Skip("kubectl: not on the PATH.", "https://kubernetes.io/docs/tasks/tools/");
        return await Processes.RunAsync(new ProcessStartInfo("kubectl", ["kustomize", DeploymentFiles.PathOf($"kubernetes/{folder}")]));
    }
}
