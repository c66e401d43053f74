using System.Diagnostics;
using System.Net;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ShTP.Auth.V1;
using ShTP.Api.V1;
using ShTP.Data;
using ShTP.Files.V1;
using ShTP.Rpc;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.ServiceDefaults;
using ShTP.ServiceDefaults.Configuration;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

/// <summary>One service calls another: tokens, deadlines, outages, and what becomes of exceptions.</summary>
public sealed class ServiceCallTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_ThroughServiceClient_IsKnownAsTheCaller()
    {
        var callee = new Callee(context => Assert.Equal(ResourceNames.Users, context.CallingService()));
        await using var auth = await FakeService.StartAsync(ResourceNames.Auth, callee);
        await using var users = Caller(auth.Configuration);

        await Client(users).DeleteUserAsync(new DeleteUserRequest(), cancellationToken: Cancel);

        Assert.Equal(1, callee.Calls);
    }

    [Fact]
    public async Task Call_WithoutDeadline_HasTenSeconds()
    {
        var deadline = DateTime.MaxValue;
        await using var auth = await FakeService.StartAsync(ResourceNames.Auth, new Callee(context => deadline = context.Deadline));
        await using var users = Caller(auth.Configuration);

        await Client(users).DeleteUserAsync(new DeleteUserRequest(), cancellationToken: Cancel);

        Assert.InRange(deadline, DateTime.UtcNow.AddSeconds(-20), DateTime.UtcNow.AddSeconds(10));
    }

    [Fact]
    public async Task Call_NobodyListens_IsUnavailableAtOnce()
    {
        await using var users = Caller(new("services:auth:grpc:0", "http://127.0.0.1:9"));
        var clock = Stopwatch.StartNew();

        var fault = await Assert.ThrowsAsync<RpcException>(async () => await Client(users).DeleteUserAsync(new DeleteUserRequest(), cancellationToken: Cancel));

        Assert.Equal(StatusCode.Unavailable, fault.StatusCode);
        Assert.Equal("auth is not available", fault.Status.Detail);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(9));
    }

    [Fact]
    public async Task Call_MachineIsLost_IsUnavailableAndNotCancelled()
    {
        using var silent = new SilentPort(IPAddress.Loopback);
        await using var users = Caller(new("services:auth:grpc:0", silent.Address.ToString()));

        var fault = await Assert.ThrowsAsync<RpcException>(async () => await Client(users).DeleteUserAsync(new DeleteUserRequest(), cancellationToken: Cancel));

        Assert.Equal(new Status(StatusCode.Unavailable, "auth is not available"), fault.Status);
    }

    [Fact]
    public async Task Stream_NobodyListens_IsUnavailableWithoutAddresses()
    {
        await using var users = Caller(new("services:auth:grpc:0", "http://127.0.0.1:9"));
        using var call = users.Services.GetRequiredService<FilesInternal.FilesInternalClient>().Store(cancellationToken: Cancel);
        // It has failed before the first message.
        var answer = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);

        var fault = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new StoreRequest(), Cancel));

        Assert.Equal(new Status(StatusCode.Unavailable, "files is not available"), fault.Status);
        Assert.Equal(fault.Status, answer.Status);
    }

    [Fact]
    public async Task Call_ChangesSomethingAndFails_IsNotRepeated()
    {
        var callee = new Callee(_ => throw RpcErrors.Unavailable("perhaps it happened"));
        await using var auth = await FakeService.StartAsync(ResourceNames.Auth, callee);
        await using var users = Caller(auth.Configuration);

        var fault = await Assert.ThrowsAsync<RpcException>(async () => await Client(users).DeleteUserAsync(new DeleteUserRequest(), cancellationToken: Cancel));

        Assert.Equal("perhaps it happened", fault.Status.Detail);
        Assert.Equal(1, callee.Calls);
    }

    [Fact]
    public async Task Call_HandlerThrows_AnswersWithoutTheInside()
    {
        const string secret = "users_email_key";
        await IsAnsweredAsync(Postgres(PostgresErrorCodes.UniqueViolation), StatusCode.AlreadyExists);
        await IsAnsweredAsync(new DbUpdateException(secret, Postgres(PostgresErrorCodes.UniqueViolation)), StatusCode.AlreadyExists);
        await IsAnsweredAsync(new DbUpdateException(secret, Postgres(PostgresErrorCodes.ForeignKeyViolation)), StatusCode.FailedPrecondition);
        await IsAnsweredAsync(Postgres(PostgresErrorCodes.RestrictViolation), StatusCode.FailedPrecondition);
        await IsAnsweredAsync(new DbUpdateConcurrencyException(secret), StatusCode.Aborted);
        await IsAnsweredAsync(new NpgsqlException(secret, new IOException(secret)), StatusCode.Unavailable);
        await IsAnsweredAsync(Postgres(PostgresErrorCodes.NotNullViolation), StatusCode.Internal);
        await IsAnsweredAsync(new InvalidOperationException(secret), StatusCode.Internal);

        static PostgresException Postgres(string state) => new(secret, "ERROR", "ERROR", state);

        async Task IsAnsweredAsync(Exception thrown, StatusCode status)
        {
            await using var auth = await FakeService.StartAsync(ResourceNames.Auth, new Callee(_ => throw thrown));
            await using var users = Caller(auth.Configuration);
            var fault = await Assert.ThrowsAsync<RpcException>(async () => await Client(users).DeleteUserAsync(new DeleteUserRequest(), cancellationToken: Cancel));
            Assert.Equal(status, fault.StatusCode);
            Assert.DoesNotContain(secret, fault.ToString(), StringComparison.Ordinal);
            if (status == StatusCode.Internal)
                Assert.Matches("^Internal error, trace id [0-9a-f]{32}$", fault.Status.Detail);
        }
    }

    [Fact]
    public async Task Start_WithoutSettings_NamesEveryOneOfThem()
    {
        var builder = Builder();
        builder.Configuration.AddInMemoryCollection([new("ServiceIdentity:PublicKeys:auth", "no key")]);
        builder.AddServiceDefaults(ResourceNames.Users);
        builder.AddUserAccess(ResourceNames.Users);
        builder.AddServiceDatabase<OutboxTestDb>(ResourceNames.UsersDb);
        builder.Services.AddOptions<object>().Validate(_ => false, "Other:Setting is wrong").ValidateOnStart();
        await using var app = builder.Build();

        var fault = Assert.Throws<StartException>(app.Services.GetRequiredService<StartChecks>().ThrowIfFaulty);

        foreach (var key in new[] { "ServiceIdentity:PrivateKey", "ServiceIdentity:PublicKeys:auth", "ConnectionStrings:usersdb", "services:auth:grpc:0", "Other:Setting" })
            Assert.Contains(fault.Faults, line => line.StartsWith(key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Health_OverTheGrpcEndpoint_IsNotFound()
    {
        await using var auth = await FakeService.StartAsync(ResourceNames.Auth, new Callee(_ => { }));
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(auth.GrpcAddress, "/health"))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var answer = await http.SendAsync(request, Cancel);

        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static WebApplicationBuilder Builder()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        return builder;
    }

    private static WebApplication Caller(KeyValuePair<string, string?> auth)
    {
        var builder = Builder();
        builder.Configuration.AddInMemoryCollection([.. TestKeys.ConfigurationOf(ResourceNames.Users), auth]);
        builder.AddServiceDefaults(ResourceNames.Users);
        builder.AddUserAccess(ResourceNames.Users);
        builder.AddServiceClient<AuthInternal.AuthInternalClient>(ResourceNames.Auth);
        builder.Configuration.AddInMemoryCollection([new("services:files:grpc:0", "http://127.0.0.1:9")]);
        builder.AddServiceClient<FilesInternal.FilesInternalClient>(ResourceNames.Files);
        return builder.Build();
    }

    private static AuthInternal.AuthInternalClient Client(WebApplication app) => app.Services.GetRequiredService<AuthInternal.AuthInternalClient>();

    private sealed class Callee(Action<ServerCallContext> handle) : AuthInternal.AuthInternalBase
    {
        private int _calls;

        public int Calls => _calls;

        public override Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context)
        {
            Interlocked.Increment(ref _calls);
            handle(context);
            return Task.FromResult(new Empty());
        }
    }
}
