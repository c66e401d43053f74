using ShTP.Testing;

namespace ShTP.AppHost.Tests.Deployment.Containers;

/// <summary>
/// The images of deploy/, by its own Containerfile, on stand-ins for the images that it names: no registry has to be
/// reached, only the package sources of this machine.
/// </summary>
internal static class Images
{
    public const string Services = "localhost/shtp-test/services";
    public const string Checker = "localhost/shtp-test/checker";
    public const string Backup = "localhost/shtp-test/backup";
    public const string Postgres = "localhost/shtp-test/postgres";
    public const string Caddy = "localhost/shtp-test/caddy";

    private const string Debian = "localhost/shtp-debian";
    private const string Runtime = "localhost/shtp-test/runtime";
    private const string Programs = "localhost/shtp-test/programs";

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Publishing = TimeSpan.FromMinutes(40);

    public static async Task BuildAsync(Podman podman, Action<string> report)
    {
        if (!await podman.SucceedsAsync(Step, "image", "exists", Debian))
        {
            report("a base of Debian's packages");
            await BuildDebianAsync(podman);
        }

        report("stand-ins for the base images");
        var standIns = DeploymentFiles.PathOf("../tests/ShTP.AppHost.Tests/Deployment/Containers/images");
        foreach (var image in (string[])[Runtime, Postgres, Caddy])
            await podman.RunAsync(Step, "build", "--quiet", "--network", "host", "--file", $"{standIns}/Containerfile", "--target", image.Split('/')[^1],
                "--volume", $"{DotnetFolder()}:/dotnet:ro", "--tag", image, standIns);

        // Kept, so that a second run compiles only what is new.
        var published = Environment.GetEnvironmentVariable("SHTP_PUBLISHED") ?? Repository.PathOf("artifacts", "containers", "app");
        if (Environment.GetEnvironmentVariable("SHTP_PUBLISHED") is null)
        {
            report("the programs, by deploy/publish.sh");
            await podman.RunAsync(DeploymentFiles.PathOf("publish.sh"), Publishing, published);
        }

        await podman.BuildAsync(Step, $"FROM {Debian}\nCOPY . /app\n", published, Programs);

        report("the images of deploy/Containerfile");
        foreach (var image in (string[])[Services, Checker, Backup])
            await podman.RunAsync(Step, "build", "--quiet", "--network", "host", "--file", DeploymentFiles.PathOf("Containerfile"), "--target", image.Split('/')[^1],
                "--build-arg", $"BASE={Runtime}", "--build-arg", $"SDK={Programs}", "--build-arg", $"POSTGRES={Postgres}",
                "--tag", image, Repository.Root);
    }

    private static async Task BuildDebianAsync(Podman podman)
    {
        var archive = Path.Combine(Directory.CreateTempSubdirectory("shtp-debian-").FullName, "debian.tar");
        try
        {
            // From the sources of this machine, whose version it has.
            var sources = new[] { "/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list" }.First(File.Exists);
            var version = (await File.ReadAllLinesAsync("/etc/os-release", Limits.Cancellation)).Single(line => line.StartsWith("VERSION_CODENAME=", StringComparison.Ordinal)).Split('=')[1];
            await podman.RunAsync("mmdebstrap", Step, "--variant=minbase", "--mode=root", "--include=ca-certificates,libssl3,libstdc++6,zlib1g,tzdata", version, archive, sources);
            await podman.RunAsync(Step, "import", "--quiet", "--change", "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", archive, Debian);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(archive)!, recursive: true);
        }
    }

    // shared/Microsoft.NETCore.App/10.0.x/System.Private.CoreLib.dll
    private static string DotnetFolder() => Path.GetFullPath(Path.Combine(typeof(object).Assembly.Location, "../../../.."));
}
