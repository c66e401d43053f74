using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using ShTP.Testing;
using Xunit;

namespace ShTP.AppHost.Tests.Deployment.Containers;

/// <summary>The images and manifests of deploy/ in containers. Takes minutes, so only on request: deploy/README.md.</summary>
public sealed class ContainerTests(ITestOutputHelper output)
{
    private const string AdminEmail = "admin@school.example";
    private const int Workers = 4;

    private static readonly TimeSpan Tour = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan BeforeAndAfter = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _time = Stopwatch.StartNew();

    [Fact(Explicit = true)]
    public async Task BaseManifests_InPodman_MakeTheTourAndLoseNoSafeRequestWithAReplica()
    {
        var folder = Directory.CreateTempSubdirectory("shtp-containers-").FullName;
        try
        {
            var podman = new Podman(folder);
            await Images.BuildAsync(podman, Report);
            await using var system = new KubeSystem(podman, folder);
            await system.StartAsync(Report);

            Report("the tour of the README");
            var password = (await File.ReadAllTextAsync(Path.Combine(system.SecretsFolder, "kept", "admin-password"), Limits.Cancellation)).Trim();
            var tour = await podman.RunAsync("bash", Tour, "-c", ReadmeTour.Script(new Uri($"http://127.0.0.1:{system.GatewayPort}/"), AdminEmail, password));
            Assert.All(["\"role\":\"admin\"", "\"name\":\"Python\"", "\"lastName\":\"Lovelace\"", "\"status\":422", "{\"avatar\":\"", "HTTP/1.1 200 OK", "\"name\":\"C++\""], part => Assert.Contains(part, tour, StringComparison.Ordinal));
            // The points are on their way when the tour asks for them.
            using (var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{system.GatewayPort}/") })
                await Eventually.HoldsAsync(async () => (await http.GetStringAsync("api/v1/users/leaderboard")).Contains("\"rating\":30", StringComparison.Ordinal), "Ada leads");

            // Its health is good only when its sandbox withstood all attacks.
            Assert.Contains("Judging in SameUserInNamespace", await system.LogAsync("checker"), StringComparison.Ordinal);

            Report("the nightly backup");
            Report(await system.BackUpAsync());

            Report("two instances of Users and the gateway, and a proxy with TLS");
            await system.AddReplicaAsync("users");
            await system.AddReplicaAsync("gateway");
            using var authority = await system.AddProxyAsync();
            await using var load = await SafeLoad.StartAsync(new Uri($"https://localhost:{system.ProxyPort}/"), authority, AdminEmail, password, Workers);
            foreach (var lost in (string[])["users", "gateway", "users-2", "gateway-2"])
            {
                await load.AnswerForAsync(BeforeAndAfter);
                Report($"{lost} is killed");
                await system.KillAsync(lost);
                await load.AnswerForAsync(BeforeAndAfter);
                Report($"{lost} comes back");
                await system.ReviveAsync(lost);
            }

            await load.AnswerForAsync(BeforeAndAfter);
            Report($"{load.Answered} safe requests were answered, {load.Failures.Count} not");
            Assert.Empty(load.Failures);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Report(string what) => output.WriteLine($"{_time.Elapsed:mm\\:ss} {what}");

    /// <summary>Requests that are safe to repeat, one after the other by each worker.</summary>
    private sealed class SafeLoad : IAsyncDisposable
    {
        private static readonly string[] Paths = ["api/v1/users/leaderboard", "api/v1/groups", "api/v1/users/search?query=love", "api/v1/auth/me", "storage/avatars/default.png"];
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

        private readonly CancellationTokenSource _end = new();
        private readonly HttpClient _http;
        private Task _work = Task.CompletedTask;
        private int _answered;

        private SafeLoad(HttpClient http) => _http = http;

        public int Answered => _answered;

        public ConcurrentQueue<string> Failures { get; } = [];

        public static async Task<SafeLoad> StartAsync(Uri address, X509Certificate2 authority, string email, string password, int workers)
        {
            var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority }, RevocationMode = X509RevocationMode.NoCheck };
            var http = new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust } }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };
            var load = new SafeLoad(http);
            await Eventually.HoldsAsync(async () => await load.IsUpAsync(), "the proxy serves");
            using var answer = await http.PostAsJsonAsync("api/v1/auth/login", new { email, password });
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, text);
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)JsonNode.Parse(text)!["accessToken"]!);
            load._work = Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(() => load.WorkAsync(worker))));
            return load;
        }

        /// <summary>Returns after this time, in which there must have been answers.</summary>
        public async Task AnswerForAsync(TimeSpan time)
        {
            var before = _answered;
            await Task.Delay(time, TestContext.Current.CancellationToken);
            Assert.True(_answered > before, "Nothing was answered.");
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _work;
            _http.Dispose();
            _end.Dispose();
        }

        private async Task<bool> IsUpAsync()
        {
            try
            {
                using var answer = await _http.GetAsync("alive");
                return answer.StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }

        private async Task WorkAsync(int worker)
        {
            for (var i = worker; !_end.IsCancellationRequested; i++)
            {
                var path = Paths[i % Paths.Length];
                try
                {
                    using var answer = await _http.GetAsync(path);
                    var length = (await answer.Content.ReadAsByteArrayAsync()).Length;
                    if (answer.IsSuccessStatusCode && length > 0)
                        Interlocked.Increment(ref _answered);
                    else
                        Failures.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                }
                catch (Exception broken) when (broken is HttpRequestException or TaskCanceledException or IOException)
                {
                    Failures.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {path}: {broken.Message}");
                }

                await Task.Delay(Pause);
            }
        }
    }
}
