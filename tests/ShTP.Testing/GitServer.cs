using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ShTP.Testing;

/// <summary>A git server over https on the loopback, with a certificate of its own, for the folders below <see cref="Root"/>.</summary>
public sealed class GitServer : IAsyncDisposable
{
    public const string Host = "git.school.test";

    /// <summary>Where paths below <c>/elsewhere</c> lead to: nobody may go there.</summary>
    public const string ForeignHost = "localhost";

    private readonly WebApplication _app;
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("shtp-git-");

    private GitServer(WebApplication app) => _app = app;

    /// <summary>Repositories: the path of a link is the path below it.</summary>
    public string Root => Path.Join(_home.FullName, "repositories");

    /// <summary>Paths that were asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public IPEndPoint Address => new(IPAddress.Loopback, new Uri(_app.Urls.Single()).Port);

    public string CertificateAuthorities => Path.Join(_home.FullName, "authority.pem");

    /// <summary>Done when somebody waits for an answer that never comes.</summary>
    public TaskCompletionSource Silent { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<GitServer> StartAsync()
    {
        MissingTool.SkipWithout(("git", "git"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        // Without configuration: that of the program under test may lie beside the tests.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        var server = new GitServer(app);
        Directory.CreateDirectory(server.Root);
        await File.WriteAllTextAsync(server.CertificateAuthorities, certificate.ExportCertificatePem());
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Runs git in a folder below <see cref="Root"/>, which is made.</summary>
    public string Git(string folder, params string[] arguments)
    {
        var path = Directory.CreateDirectory(Path.Join(Root, folder)).FullName;
        using var process = Process.Start(Command(path, ["-c", "user.name=Ada", "-c", "user.email=ada@school.test", "-c", "init.defaultBranch=main", .. arguments]))!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"git {string.Join(' ', arguments)} failed.");
    }

    /// <summary>Makes a repository with one commit of these files, and gives its id.</summary>
    public string Commit(string folder, params (string Name, string Text)[] files)
    {
        Git(folder, "init", "--quiet");
        foreach (var (name, text) in files)
        {
            var file = Path.Join(Root, folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        Git(folder, "add", "--all");
        Git(folder, "commit", "--quiet", "--message=Solve");
        return Git(folder, "rev-parse", "HEAD");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _home.Delete(recursive: true);
    }

    private static ProcessStartInfo Command(string folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        Requests.Enqueue(path);
        if (path.StartsWith("/moved/", StringComparison.Ordinal))
        {
            context.Response.Redirect("/school" + path["/moved".Length..] + context.Request.QueryString);
            return;
        }

        if (path.StartsWith("/elsewhere/", StringComparison.Ordinal))
        {
            context.Response.Redirect($"https://{ForeignHost}:{Address.Port}/school{path["/elsewhere".Length..]}{context.Request.QueryString}");
            return;
        }

        if (path.StartsWith("/loop/", StringComparison.Ordinal))
        {
            context.Response.Redirect(path.Replace("/info/refs", "x/info/refs", StringComparison.Ordinal) + context.Request.QueryString);
            return;
        }

        if (path.StartsWith("/silent/", StringComparison.Ordinal))
        {
            Silent.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        const string Service = "git-upload-pack", Advertisement = "/info/refs";
        if (path.StartsWith("/endless/", StringComparison.Ordinal))
        {
            context.Response.ContentType = $"application/x-{Service}-advertisement";
            var line = Encoding.ASCII.GetBytes(new string('0', 64 * 1024));
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(line, context.RequestAborted);
            return;
        }

        var isAdvertisement = path.EndsWith(Advertisement, StringComparison.Ordinal);
        var folder = Path.Join(Root, path[..^(isAdvertisement ? Advertisement.Length : Service.Length + 1)]);
        if (!Directory.Exists(folder) && Directory.Exists(folder + ".git") && isAdvertisement)
        {
            // As GitLab does with the address that a browser shows.
            context.Response.Redirect($"https://{context.Request.Host}{path[..^Advertisement.Length]}.git{Advertisement}{context.Request.QueryString}", permanent: true);
            return;
        }

        if (!Directory.Exists(folder))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var start = Command(folder, ["upload-pack", "--stateless-rpc", .. isAdvertisement ? ["--advertise-refs"] : Array.Empty<string>(), "."]);
        start.Environment["GIT_PROTOCOL"] = context.Request.Headers["Git-Protocol"].ToString();
        context.Response.ContentType = $"application/x-{Service}-{(isAdvertisement ? "advertisement" : "result")}";
        if (isAdvertisement)
            await context.Response.WriteAsync($"001e# service={Service}\n0000");
        using var process = Process.Start(start)!;
        var body = context.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        await body.CopyToAsync(process.StandardInput.BaseStream);
        process.StandardInput.Close();
        await process.StandardOutput.BaseStream.CopyToAsync(context.Response.Body);
        await process.WaitForExitAsync();
    }
}
