using System.Text.RegularExpressions;
using Google.Api;
using ShTP.Gateway.Tests.EndToEnd;
using ShTP.Protos;
using Http = ShTP.Gateway.Tests.EndToEnd.Http;

namespace ShTP.Gateway.Tests;

/// <summary>ShTP's own contract behind the gateway, before services that implement nothing.</summary>
public sealed class ContractGateway : IAsyncLifetime
{
    internal GatewayFixture Gateway { get; } = new() { Contract = Contract.ShTP };

    public ValueTask InitializeAsync() => Gateway.InitializeAsync();

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}

public sealed partial class AccessMatrixTests(ContractGateway fixture) : IClassFixture<ContractGateway>
{
    private readonly GatewayFixture gateway = fixture.Gateway;

    public static TheoryData<AccessRow> Rows => [.. AccessMatrix.External];

    [Theory]
    [MemberData(nameof(Rows), DisableDiscoveryEnumeration = true)]
    public async Task Rpc_OfEachCaller_AnswersAsWrittenDown(AccessRow row)
    {
        var keys = gateway.Keys;
        (string Caller, string? Token, int Expected)[] calls =
        [
            ("nobody", null, row.Answers.Nobody),
            ("student", keys.Mint("student"), row.Answers.Student),
            ("teacher", keys.Mint("teacher"), row.Answers.Teacher),
            ("admin", keys.Mint("admin"), row.Answers.Admin),
            ("refresh token of an admin", keys.Mint("admin", "refresh"), row.Answers.RefreshToken),
            ("expired token of an admin", keys.Mint("admin", age: TimeSpan.FromHours(2)), row.Answers.ExpiredToken),
        ];
        var wrong = new List<string>();
        foreach (var (caller, token, expected) in calls)
        {
            foreach (var prefix in new[] { "", "/mobile" })
            {
                using var response = await CallAsync(row, prefix, token);
                if ((int)response.StatusCode != expected)
                    wrong.Add($"{caller}{prefix}: expected {expected}, got {(int)response.StatusCode} {await response.TextAsync()}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    [Fact]
    public void Contract_ExternalRpcs_AreThoseWrittenDown()
    {
        var routes =
            from method in Contract.ShTP.Methods
            let rule = method.GetOptions()?.GetExtension(AnnotationsExtensions.Http)
            where rule is not null
            from binding in rule.AdditionalBindings.Prepend(rule)
            select $"{method.FullName} {PatternOf(binding)} {Contract.AccessOf(method)?.RateClass}";

        Assert.Equal(
            AccessMatrix.External.Select(row => $"{row.Rpc} {row.Verb} {row.Path} {row.RateClass}").Order(StringComparer.Ordinal),
            routes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Contract_InternalRpcs_AreThoseWrittenDown()
    {
        var methods = Contract.ShTP.Methods.Where(method => method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is null);

        Assert.Equal(AccessMatrix.Internal.Order(StringComparer.Ordinal), methods.Select(method => method.FullName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task RpcPath_OfAnyRpc_IsNoRoute()
    {
        var admin = gateway.Keys.Mint("admin");
        foreach (var rpc in AccessMatrix.Internal.Concat(AccessMatrix.External.Select(row => row.Rpc)))
        {
            var dot = rpc.LastIndexOf('.');
            foreach (var type in new[] { "application/grpc", Http.Json, Http.Protobuf })
            {
                using var body = Http.Bytes([0, 0, 0, 0, 0], type);
                using var response = await gateway.SendAsync("POST", $"/{rpc[..dot]}/{rpc[(dot + 1)..]}", body, Http.Json, admin);
                await response.ProblemAsync(404);
            }
        }
    }

    private async Task<HttpResponseMessage> CallAsync(AccessRow row, string prefix, string? token)
    {
        using HttpContent? body = row switch
        {
            { FilePart: { } name } => new MultipartFormDataContent { { new ByteArrayContent([1]), name, FileNameOf(name) } },
            { Body: { } json } => Http.JsonBody(json),
            _ => null,
        };
        return await gateway.SendAsync(row.Verb, prefix + Variable().Replace(row.Path, variable => variable.Value == "{learning_class}" ? "9" : "6f1c0b52-8c52-4f0e-9e0f-0d6f3a0f9a11"), body, token: token);
    }

    // Uploads are told apart by their extensions.
    private static string FileNameOf(string part) => part switch
    {
        "csv_file" => "a.csv",
        "source" => "a.py",
        _ => "a.png",
    };

    private static string PatternOf(HttpRule rule) => rule.PatternCase switch
    {
        HttpRule.PatternOneofCase.Get => $"GET {rule.Get}",
        HttpRule.PatternOneofCase.Put => $"PUT {rule.Put}",
        HttpRule.PatternOneofCase.Post => $"POST {rule.Post}",
        HttpRule.PatternOneofCase.Delete => $"DELETE {rule.Delete}",
        HttpRule.PatternOneofCase.Patch => $"PATCH {rule.Patch}",
        _ => "neither verb nor path",
    };

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Variable();
}
