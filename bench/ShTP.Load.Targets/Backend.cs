using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ShTP.Auth.V1;
using ShTP.Users.V1;

namespace ShTP.Load.Targets;

/// <summary>
/// Ready-made answers, so that what is measured is the way to them: bytes over gRPC and as plain JSON; or, as a role of
/// its own, messages through Microsoft's JSON transcoding, which takes no bytes.
/// </summary>
internal static class Backend
{
    public static async Task<int> RunAsync(string[] args, bool transcoding)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        var configuration = builder.Configuration;
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenLocalhost(configuration.GetValue<int>("http"), listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.ListenLocalhost(configuration.GetValue<int>("grpc"), listen => listen.Protocols = HttpProtocols.Http2);
        });
        var grpc = builder.Services.AddGrpc();
        if (transcoding)
            grpc.AddJsonTranscoding();
        else
            builder.Services.AddSingleton<ReadyAnswers>().AddSingleton(new Keys(JsonParser.Default.Parse<Jwk>(configuration["jwk"])));

        var app = builder.Build();
        var me = Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(Answers.Me));
        var list = Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(Answers.List));
        app.MapGet("/ready/me", () => Results.Bytes(me, "application/json"));
        app.MapGet("/ready/list", () => Results.Bytes(list, "application/json"));
        app.MapGet("/alive", () => "Healthy");
        if (transcoding)
        {
            app.MapGrpcService<UsersAnswers>();
        }
        else
        {
            app.MapGrpcService<ReadyAnswers>();
            app.MapGrpcService<AuthAnswers>();
            app.MapGrpcService<Revocations>();
        }

        await app.RunAsync();
        return 0;
    }
}

/// <summary>The key that verifies the tokens of the run.</summary>
internal sealed record Keys(Jwk Key);

/// <summary>A profile of about 300 bytes and a list of 100 rows.</summary>
internal static class Answers
{
    public static User Me { get; } = new()
    {
        Uuid = "7b7f5f5c-0f0e-4c38-9a53-0d6f7a1d7f10",
        Rating = 120,
        LearningClass = 10,
        Group = new GroupSummary { Uuid = "2f1c5c5e-64e4-4e2c-9a67-7fd3f8d0a001", Name = "Python", Color = "#3776ab" },
        GroupId = "2f1c5c5e-64e4-4e2c-9a67-7fd3f8d0a001",
        FirstName = "Ада",
        LastName = "Лавлейс",
        AvatarPath = "default.png",
        UserAvatarPath = "default.png",
        NewNotifications = false,
    };

    public static ListUsersResponse List { get; } = new()
    {
        Users =
        {
            Enumerable.Range(0, 100).Select(i => new UserRow
            {
                Uuid = new Guid(i, 1, 2, [3, 4, 5, 6, 7, 8, 9, 10]).ToString(),
                FirstName = $"Имя{i}",
                LastName = $"Фамилия{i}",
                AvatarPath = "d41d8cd98f00b204e9800998ecf8427e.png",
                UserAvatarPath = "d41d8cd98f00b204e9800998ecf8427e.png",
                GroupId = "2f1c5c5e-64e4-4e2c-9a67-7fd3f8d0a001",
                LearningClass = 10,
                NickName = $"nick{i}",
            }),
        },
    };
}

internal sealed class UsersAnswers : UsersService.UsersServiceBase
{
    public override Task<User> GetMe(GetMeRequest request, ServerCallContext context) => Task.FromResult(Answers.Me);

    public override Task<ListUsersResponse> ListUsers(ListUsersRequest request, ServerCallContext context) => Task.FromResult(Answers.List);
}

/// <summary>The answers as ready-made bytes behind Grpc.AspNetCore, as the JSON ones are behind its routing.</summary>
[BindServiceMethod(typeof(ReadyAnswers), nameof(Bind))]
public class ReadyAnswers
{
    private static readonly Marshaller<byte[]> AsIs = new(bytes => bytes, bytes => bytes);
    private readonly Task<byte[]> _me = Task.FromResult(Answers.Me.ToByteArray());
    private readonly Task<byte[]> _list = Task.FromResult(Answers.List.ToByteArray());

    // Grpc.AspNetCore finds the methods by their names, among the virtual ones.
    public static void Bind(ServiceBinderBase binder, ReadyAnswers? _)
    {
        foreach (var name in (string[])[nameof(GetMe), nameof(GetUser), nameof(ListUsers)])
            binder.AddMethod(
                new Method<byte[], byte[]>(MethodType.Unary, UsersService.Descriptor.FullName, name, AsIs, AsIs),
                (UnaryServerMethod<byte[], byte[]>)null!);
    }

    public virtual Task<byte[]> GetMe(byte[] request, ServerCallContext context) => _me;

    public virtual Task<byte[]> GetUser(byte[] request, ServerCallContext context) => _me;

    public virtual Task<byte[]> ListUsers(byte[] request, ServerCallContext context) => _list;
}

internal sealed class AuthAnswers(Keys keys) : AuthService.AuthServiceBase
{
    public override Task<GetJwksResponse> GetJwks(GetJwksRequest request, ServerCallContext context) =>
        Task.FromResult(new GetJwksResponse { Keys = { keys.Key } });
}

internal sealed class Revocations : AuthInternal.AuthInternalBase
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    public override async Task WatchRevocations(
        WatchRevocationsRequest request, IServerStreamWriter<WatchRevocationsResponse> responses, ServerCallContext context)
    {
        await responses.WriteAsync(new WatchRevocationsResponse { SnapshotEnd = true });
        using var timer = new PeriodicTimer(Heartbeat);
        while (await timer.WaitForNextTickAsync(context.CancellationToken))
            await responses.WriteAsync(new WatchRevocationsResponse());
    }
}
