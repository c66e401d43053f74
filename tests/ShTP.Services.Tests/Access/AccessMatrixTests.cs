using Google.Protobuf.Reflection;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Protos;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.Access;

/// <summary>Every RPC at its service's own port, called by everybody there is.</summary>
public sealed class AccessMatrixTests(RunningServices services) : IClassFixture<RunningServices>
{
    private const string LetIn = "let in";
    private const string NoHeader = "Unauthenticated: Missing Authorization Header";
    private const string UnknownKey = "Unauthenticated: Signature verification failed";
    private const string OnlyAccess = "Unauthenticated: Only access tokens are allowed";
    private const string OnlyRefresh = "Unauthenticated: Only refresh tokens are allowed";
    private const string RoleTooLow = "PermissionDenied: You can't access this endpoint!";

    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(bytes => bytes, bytes => bytes);

    public static TheoryData<string> Rpcs => [.. Contract.ShTP.Methods.Select(Contract.PathOf).Order()];

    [Theory]
    [MemberData(nameof(Rpcs))]
    public async Task Rpc_CalledByEverybody_LetsInThoseOfTheTable(string path)
    {
        var method = Contract.ShTP.FindMethod(path)!;
        var area = Contract.AreaOf(path);
        Assert.True(services.Serves(area, path), $"No running service maps {path}.");
        var access = Assert.Single(AccessTable.Rows, row => row.Path == path).Callers;

        var faults = new List<string>();
        foreach (var (caller, token, expected) in Callers(area, access))
        {
            var answer = await CallAsync(method, area, token);
            if (answer != expected)
                faults.Add($"{caller}: expected '{expected}', got '{answer}'");
        }

        Assert.True(faults.Count == 0, $"{path} ({access}){Environment.NewLine}{string.Join(Environment.NewLine, faults)}");
    }

    private static IEnumerable<(string Caller, string? Token, string Expected)> Callers(string area, string access)
    {
        var isInternal = access.StartsWith("internal:", StringComparison.Ordinal);
        var listed = isInternal ? access["internal:".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
        yield return ("nobody", null, access == AccessRow.Public ? LetIn : NoHeader);
        foreach (var role in Enum.GetValues<Role>())
            yield return (role.ToString(), TestTokens.User(Guid.NewGuid(), role), ForRole(access, role, isInternal));
        yield return ("refresh token of an admin", TestTokens.User(Guid.NewGuid(), Role.Admin, "refresh"), access switch
        {
            AccessRow.Public or AccessRow.Refresh => LetIn,
            _ => isInternal ? UnknownKey : OnlyAccess,
        });

        var forService = access == AccessRow.Public ? LetIn : UnknownKey;
        foreach (var service in TestKeys.ServiceNames)
        {
            yield return ($"service {service}", TestTokens.Service(service, area),
                !isInternal ? forService : listed.Contains(service) ? LetIn : $"PermissionDenied: {service} may not call this RPC.");
        }

        // The right service with what it would show to another one, with a token of yesterday, and somebody who only claims to be it.
        var right = listed.FirstOrDefault() ?? "gateway";
        yield return ("wrong audience", TestTokens.Service(right, "other"), isInternal ? "Unauthenticated: Invalid audience" : forService);
        yield return ("old service token", TestTokens.Service(right, area, DateTimeOffset.UtcNow.AddDays(-1)), isInternal ? "Unauthenticated: Signature has expired" : forService);
        yield return ("wrong issuer", TestTokens.Service(right, area, change: token => token.Issuer = "other"), isInternal ? "Unauthenticated: Invalid issuer" : forService);
    }

    private static string ForRole(string access, Role role, bool isInternal) => access switch
    {
        AccessRow.Public or AccessRow.SignedIn => LetIn,
        AccessRow.Teacher => role == Role.Student ? RoleTooLow : LetIn,
        AccessRow.Admin => role == Role.Admin ? LetIn : RoleTooLow,
        AccessRow.Refresh => OnlyRefresh,
        _ => isInternal ? UnknownKey : throw new ArgumentException($"Unknown access '{access}'.", nameof(access)),
    };

    // What access says is told by its words: a handler that was reached may well refuse by the same codes.
    private static string Describe(Status status)
    {
        var answer = $"{status.StatusCode}: {status.Detail}";
        if (status.StatusCode == StatusCode.Unimplemented)
            return answer;
        return answer is NoHeader or UnknownKey or OnlyAccess or OnlyRefresh or RoleTooLow or
            "Unauthenticated: Invalid audience" or "Unauthenticated: Signature has expired" or "Unauthenticated: Invalid issuer" ||
            status.Detail.EndsWith("may not call this RPC.", StringComparison.Ordinal) ||
            status.StatusCode is StatusCode.Unavailable or StatusCode.Internal && status.Detail.Contains("Tokens cannot be checked", StringComparison.Ordinal)
            ? answer : LetIn;
    }

    // A live stream says nothing of itself; a negative number makes it answer at once.
    private static byte[] RequestOf(MethodDescriptor method) => method.InputType.FindFieldByName("last_event_id") is { } field
        ? [(byte)(field.FieldNumber << 3), .. Enumerable.Repeat<byte>(0xff, 9), 1]
        : [];

    /// <summary>An empty request; for streams that is no request, or the first answer.</summary>
    private async Task<string> CallAsync(MethodDescriptor method, string area, string? token)
    {
        var type = (method.IsClientStreaming, method.IsServerStreaming) switch
        {
            (false, false) => MethodType.Unary,
            (true, false) => MethodType.ClientStreaming,
            (false, true) => MethodType.ServerStreaming,
            _ => MethodType.DuplexStreaming,
        };
        var rpc = new Method<byte[], byte[]>(type, method.Service.FullName, method.Name, Bytes, Bytes);
        var headers = token is null ? [] : new Metadata { { "authorization", $"Bearer {token}" } };
        var options = new CallOptions(headers, DateTime.UtcNow.AddSeconds(30), TestContext.Current.CancellationToken);
        var invoker = services.For(area);
        try
        {
            switch (type)
            {
                case MethodType.Unary:
                    await invoker.AsyncUnaryCall(rpc, null, options, []);
                    break;
                case MethodType.ClientStreaming:
                    using (var call = invoker.AsyncClientStreamingCall(rpc, null, options))
                    {
                        await call.RequestStream.CompleteAsync();
                        await call;
                    }

                    break;
                case MethodType.ServerStreaming:
                    using (var call = invoker.AsyncServerStreamingCall(rpc, null, options, RequestOf(method)))
                        await call.ResponseStream.MoveNext(options.CancellationToken);
                    break;
                default:
                    throw new NotSupportedException($"No RPC of ShTP is {type}; {method.FullName} needs a case here.");
            }

            return LetIn;
        }
        catch (RpcException fault)
        {
            return Describe(fault.Status);
        }
    }
}
