using System.Globalization;

namespace ShTP.Load;

/// <summary>
/// The gateway against plain YARP forwarding of ready-made JSON (HTTP/1.1 to the backend) and against Microsoft's JSON
/// transcoding behind that YARP, same backend, in interleaved rounds; quoted is the median of the ratios within rounds.
/// Access tokens and rate limits are on; what the rate limits cost is a line of its own.
/// </summary>
internal static class GatewayRatios
{
    private const int Rounds = 5;
    private const int Connections = 32;
    private const int HttpPort = 5801, GrpcPort = 5802, ProxyPort = 5803, GatewayPort = 5804;
    private const int TranscodingHttpPort = 5805, TranscodingGrpcPort = 5806, TranscodingProxyPort = 5807;
    private static readonly TimeSpan RoundLength = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    public static async Task RunAsync()
    {
        using var tokens = new Tokens();
        using var backend = Measured.Start("ShTP.Load.Targets", "bench/ShTP.Load.Targets",
            ["backend", "--http", $"{HttpPort}", "--grpc", $"{GrpcPort}", "--jwk", tokens.Jwk]);
        using var proxy = Measured.Start("ShTP.Load.Targets", "bench/ShTP.Load.Targets",
            ["proxy", "--port", $"{ProxyPort}", "--to", $"http://127.0.0.1:{HttpPort}"]);
        using var transcoding = Measured.Start("ShTP.Load.Targets", "bench/ShTP.Load.Targets",
            ["transcoding", "--http", $"{TranscodingHttpPort}", "--grpc", $"{TranscodingGrpcPort}"]);
        using var transcodingProxy = Measured.Start("ShTP.Load.Targets", "bench/ShTP.Load.Targets",
            ["proxy", "--port", $"{TranscodingProxyPort}", "--to", $"http://127.0.0.1:{TranscodingHttpPort}"]);
        using var gateway = Measured.Start("ShTP.Gateway", "gateway/ShTP.Gateway", [], GatewayEnvironment(tokens));
        await WaitAsync($"http://127.0.0.1:{GatewayPort}/health");
        await WaitAsync($"http://127.0.0.1:{ProxyPort}/ready/me");
        await WaitAsync($"http://127.0.0.1:{TranscodingProxyPort}/ready/me");

        var token = tokens.AccessToken("teacher");
        var plain = $"http://127.0.0.1:{ProxyPort}";
        var ours = $"http://127.0.0.1:{GatewayPort}";
        await CompareAsync("JSON, small", gateway.Id, proxy.Id, ours + "/api/v1/auth/me", plain + "/ready/me", token, null);
        await CompareAsync("JSON, list of 100", gateway.Id, proxy.Id, ours + "/api/v1/users", plain + "/ready/list", token, null);
        await CompareAsync("protobuf, small", gateway.Id, proxy.Id, ours + "/api/v1/auth/me", plain + "/ready/me", token, "application/x-protobuf");
        await CompareAsync("protobuf, list of 100", gateway.Id, proxy.Id, ours + "/api/v1/users", plain + "/ready/list", token, "application/x-protobuf");
        await CompareAsync("JSON, list of 100, against JSON transcoding behind YARP", gateway.Id, transcodingProxy.Id,
            ours + "/api/v1/users", $"http://127.0.0.1:{TranscodingProxyPort}/api/v1/users", token, null);
        await CompareAsync("a public call with a token against the same without (cost of access)", gateway.Id, gateway.Id,
            ours + "/api/v1/users/x", ours + "/api/v1/users/x", token, null);
    }

    private static async Task CompareAsync(string name, int ourPid, int otherPid, string url, string otherUrl, string? token, string? accept)
    {
        List<(double Ratio, WrkResult Ours, WrkResult Other, double OurCpu, double OtherCpu)> rounds = [];
        for (var round = -1; round < Rounds; round++)
        {
            var (ours, ourCpu) = await RoundAsync(url, ourPid, token, accept);
            var (other, otherCpu) = await RoundAsync(otherUrl, otherPid, null, null);
            if (ours.Errors + other.Errors > 0)
                throw new InvalidOperationException($"{name}: {ours.Errors} and {other.Errors} calls failed; the figures would mean nothing.");
            if (round >= 0)
                rounds.Add((ours.PerSecond / other.PerSecond, ours, other, ourCpu, otherCpu));
        }

        Report.Row(name, Report.Median(rounds, r => r.Ratio), rounds.Min(r => r.Ratio), rounds.Max(r => r.Ratio),
            Report.Median(rounds, r => r.Ours.PerSecond), Report.Median(rounds, r => r.Other.PerSecond),
            Report.Median(rounds, r => r.Ours.P99), Report.Median(rounds, r => r.OurCpu), Report.Median(rounds, r => r.OtherCpu));
    }

    /// <summary>One run, with the microseconds of processor time that the process spent for each answer.</summary>
    private static async Task<(WrkResult, double)> RoundAsync(string url, int pid, string? token, string? accept)
    {
        var before = Measured.CpuSeconds(pid);
        var result = await Wrk.RunAsync(url, Connections, RoundLength, token, accept);
        return (result, (Measured.CpuSeconds(pid) - before) * 1e6 / (result.PerSecond * RoundLength.TotalSeconds));
    }

    private static Dictionary<string, string> GatewayEnvironment(Tokens tokens)
    {
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
            ["Kestrel__Endpoints__http__Url"] = $"http://127.0.0.1:{GatewayPort}",
            ["ServiceIdentity__PrivateKey"] = tokens.GatewayPrivateKey,
            ["ServiceIdentity__PublicKeys__gateway"] = tokens.GatewayPublicKey,
        };
        foreach (var service in (string[])["auth", "users", "files", "notifications"])
        {
            environment[$"services__{service}__grpc__0"] = $"http://127.0.0.1:{GrpcPort}";
            environment[$"services__{service}__http__0"] = $"http://127.0.0.1:{HttpPort}";
        }

        // The limits stay on and are counted for every call, with buckets that the benchmark cannot empty.
        foreach (var subject in (string[])["Address", "User"])
        {
            environment[$"Gateway__RateLimits__Ordinary__{subject}__Burst"] = "1000000";
            environment[$"Gateway__RateLimits__Ordinary__{subject}__PerSecond"] = "10000000";
        }

        return environment;
    }

    private static async Task WaitAsync(string url)
    {
        using var http = new HttpClient();
        using var limit = new CancellationTokenSource(StartLimit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(url, limit.Token);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}

/// <summary>Rows of a Markdown table.</summary>
internal static class Report
{
    private static bool started;

    public static double Median<T>(IReadOnlyCollection<T> items, Func<T, double> value) => items.Select(value).Order().ElementAt(items.Count / 2);

    public static void Row(string name, double ratio, double min, double max, double ours, double other, double p99, double ourCpu, double otherCpu)
    {
        if (!started)
        {
            Console.WriteLine("| what | ratio (min..max) | ours, 1/s | other, 1/s | our p99, ms | our CPU, us | other CPU, us |");
            Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
            started = true;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {ratio:F2} ({min:F2}..{max:F2}) | {ours:F0} | {other:F0} | {p99:F1} | {ourCpu:F0} | {otherCpu:F0} |"));
    }
}
