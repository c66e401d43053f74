using System.Diagnostics;
using System.Globalization;
using ShTP.Files.Blobs;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.Files;

/// <summary>An S3 server (s3rver, from npm) with a bucket in a folder of its own.</summary>
internal sealed class S3Server : IAsyncDisposable
{
    public const string Bucket = "shtp";

    // The only ones that s3rver knows.
    private const string AccessKey = "S3RVER", SecretKey = "S3RVER";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shtp-s3-");
    private readonly Process _process;
    private string _address = "";

    private S3Server()
    {
        var start = new ProcessStartInfo("node", [Repository.PathOf("tests", "clients", "s3.mjs"), _folder.FullName, Bucket])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
    }

    /// <summary>Skips the test where node or the package is missing.</summary>
    public static async Task<S3Server> StartAsync()
    {
        NodeScript.SkipWithout("s3.mjs", "s3rver");
        var server = new S3Server();
        try
        {
            using var limit = new CancellationTokenSource(Limit);
            var port = await server._process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("s3rver did not start.");
            server._address = $"http://127.0.0.1:{port}";
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public S3Options Options(string bucket = Bucket) => new() { ServiceUrl = _address, Bucket = bucket, AccessKey = AccessKey, SecretKey = SecretKey };

    /// <summary>How many objects were put.</summary>
    public async Task<int> CountPutsAsync()
    {
        using var http = new HttpClient { Timeout = Limit };
        return int.Parse(await http.GetStringAsync(new Uri($"{_address}/puts"), TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
