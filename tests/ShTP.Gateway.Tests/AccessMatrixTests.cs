using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using ShTP.Api.V1;
using ShTP.Gateway.Tests.EndToEnd;
using ShTP.Protos;
using ShTP.Testing;
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
    /// <summary>What the stand-in service answers: the call went through.</summary>
    private const int Reached = 501;

    private readonly GatewayFixture _gateway = fixture.Gateway;

    public static TheoryData<string> Rpcs => [.. AccessTable.Rows.Where(row => !row.IsInternal).Select(row => row.Rpc)];

    [Theory]
    [MemberData(nameof(Rpcs))]
    public async Task Rpc_OfEachCaller_AnswersAsWrittenDown(string rpc)
    {
        var row = Assert.Single(AccessTable.Rows, row => row.Rpc == rpc);
        var keys = _gateway.Keys;
        var expired = row.Callers == AccessRow.Public ? Reached : 403;
        (string Caller, string? Token, int Expected)[] calls =
        [
            ("nobody", null, row.Callers == AccessRow.Public ? Reached : 401),
            ("student", keys.Mint("student"), ForRole(row, 0)),
            ("teacher", keys.Mint("teacher"), ForRole(row, 1)),
            ("admin", keys.Mint("admin"), ForRole(row, 2)),
            ("refresh token of an admin", keys.Mint("admin", "refresh"), row.Callers is AccessRow.Public or AccessRow.Refresh ? Reached : 401),
            ("expired token of an admin", keys.Mint("admin", age: TimeSpan.FromHours(2)), expired),
        ];
        var wrong = new List<string>();
        foreach (var (verb, path) in row.Routes)
        {
            foreach (var (caller, token, status) in calls)
            {
                // The stand-in does answer this one: the gateway itself needs the keys.
                var expected = rpc == "shtp.auth.v1.AuthService.GetJwks" ? 200 : status;
                foreach (var prefix in new[] { "", "/mobile" })
                {
                    using var response = await CallAsync(rpc, verb, prefix + path, token);
                    if ((int)response.StatusCode != expected)
                        wrong.Add($"{verb} {prefix}{path} {caller}: expected {expected}, got {(int)response.StatusCode} {await response.TextAsync()}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    [Fact]
    public async Task Table_IsThatOfTheContract()
    {
        var expected = AccessTable.Write(Contract.ShTP);
        if (Environment.GetEnvironmentVariable("SHTP_WRITE_ACCESS") == "1")
        {
            await File.WriteAllTextAsync(Repository.PathOf("docs", "access.md"), expected, TestContext.Current.CancellationToken);
            Assert.Fail("docs/access.md is written anew: read what is different, and run the tests again.");
        }

        Assert.Equal(expected, AccessTable.Text);
    }

    [Fact]
    public async Task RpcPath_OfAnyRpc_IsNoRoute()
    {
        var admin = _gateway.Keys.Mint("admin");
        foreach (var rpc in AccessTable.Rows.Select(row => row.Rpc))
        {
            var dot = rpc.LastIndexOf('.');
            foreach (var type in new[] { "application/grpc", Http.Json, Http.Protobuf })
            {
                using var body = Http.Bytes([0, 0, 0, 0, 0], type);
                using var response = await _gateway.SendAsync("POST", $"/{rpc[..dot]}/{rpc[(dot + 1)..]}", body, Http.Json, admin);
                await response.ProblemAsync(404);
            }
        }
    }

    private static int ForRole(AccessRow row, int rank) => row.Callers switch
    {
        AccessRow.Public or AccessRow.SignedIn => Reached,
        AccessRow.Teacher => rank >= 1 ? Reached : 403,
        AccessRow.Admin => rank >= 2 ? Reached : 403,
        AccessRow.Refresh => 401,
        _ => throw new ArgumentException($"{row.Rpc}: unknown callers '{row.Callers}'.", nameof(row)),
    };

    private async Task<HttpResponseMessage> CallAsync(string rpc, string verb, string path, string? token)
    {
        var method = Contract.ShTP.Methods.Single(method => method.FullName == rpc);
        using HttpContent? body = UploadOf(method) is { } field ? FormOf(field) : verb is "GET" or "DELETE" ? null : Http.JsonBody("{}");
        return await _gateway.SendAsync(verb, Variable().Replace(path, variable => variable.Value == "{learning_class}" ? "9" : "6f1c0b52-8c52-4f0e-9e0f-0d6f3a0f9a11"), body, token: token);
    }

    private static FieldDescriptor? UploadOf(MethodDescriptor method) =>
        method.InputType.Fields.InDeclarationOrder().FirstOrDefault(field => field.GetOptions()?.GetExtension(OptionsExtensions.Upload) is not null);

    private static MultipartFormDataContent FormOf(FieldDescriptor field)
    {
        var extension = field.GetOptions().GetExtension(OptionsExtensions.Upload).Extensions.FirstOrDefault() ?? "png";
        return new MultipartFormDataContent { { new ByteArrayContent([1]), field.JsonName, $"a.{extension}" } };
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Variable();
}
