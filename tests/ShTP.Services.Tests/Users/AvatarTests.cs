using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Testing;
using ShTP.Users.V1;
using Xunit;

namespace ShTP.Services.Tests.Users;

public sealed class AvatarTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    [Fact]
    public async Task SetAvatar_Twice_ClaimsTheNewOneAndReleasesTheOld()
    {
        var user = await system.AddAsync();
        // The same picture: two files with one name.
        var (first, second) = (system.Files.Upload(user.Id), system.Files.Upload(user.Id));
        var client = system.As(user);
        Assert.Equal(first.Name, (await client.SetAvatarAsync(new SetAvatarRequest { Avatar = first })).Avatar);
        await client.SetAvatarAsync(new SetAvatarRequest { Avatar = second });
        Assert.Equal(second.Name, (await client.GetMeAsync(new GetMeRequest())).AvatarPath);
        string[] expected =
        [
            $"claim {first.FileId} of {user.Id} as avatar:{user.Id}",
            $"claim {second.FileId} of {user.Id} as avatar:{user.Id}",
            $"release {first.FileId} as avatar:{user.Id}",
        ];
        await Eventually.HoldsAsync(() => Task.FromResult(TellsOf(user.Id).Length >= expected.Length), "Files hears of the avatars");
        Assert.Equal(expected, TellsOf(user.Id));
    }

    [Fact]
    public async Task SetAvatar_SameFileAgain_KeepsIt()
    {
        var user = await system.AddAsync();
        var file = system.Files.Upload(user.Id);
        var client = system.As(user);
        await client.SetAvatarAsync(new SetAvatarRequest { Avatar = file });
        await client.SetAvatarAsync(new SetAvatarRequest { Avatar = file });
        // A later message of the same key arrives after anything that could have released it.
        await client.SetAvatarAsync(new SetAvatarRequest { Avatar = system.Files.Upload(user.Id) });
        await Eventually.HoldsAsync(() => Task.FromResult(TellsOf(user.Id).Length == 3), "Files hears of both avatars");
        Assert.Single(TellsOf(user.Id), $"release {file.FileId} as avatar:{user.Id}");
        Assert.EndsWith($"release {file.FileId} as avatar:{user.Id}", TellsOf(user.Id)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetAvatar_NotTheCallersAvatar_IsInvalid()
    {
        var user = await system.AddAsync();
        UploadedFile[] files =
        [
            system.Files.Upload(Guid.NewGuid()),
            system.Files.Upload(user.Id, kind: "achievement"),
            new() { FileId = Guid.NewGuid().ToString(), Name = "../../etc/passwd" },
        ];
        foreach (var file in files)
            Assert.Equal(
                new Status(StatusCode.InvalidArgument, "avatar: you have uploaded no such file"),
                await UsersSystem.FailsAsync(system.As(user).SetAvatarAsync(new SetAvatarRequest { Avatar = file })));
        Assert.Equal("default.png", (await system.FindAsync(user.Id))!.AvatarPath);
    }

    [Fact]
    public async Task SetAvatar_NameInTheRequest_IsNotBelieved()
    {
        var user = await system.AddAsync();
        var file = system.Files.Upload(user.Id, "real.jpg");
        var answer = await system.As(user).SetAvatarAsync(new SetAvatarRequest { Avatar = new UploadedFile { FileId = file.FileId, Name = "other.jpg" } });
        Assert.Equal("real.jpg", answer.Avatar);
    }

    [Fact]
    public async Task SetAvatar_NoFile_IsInvalid() =>
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "avatar: field required"),
            await UsersSystem.FailsAsync(system.As(await system.AddAsync()).SetAvatarAsync(new SetAvatarRequest())));

    private string[] TellsOf(Guid user) => [.. system.Files.Told.Where(what => what.Contains(user.ToString(), StringComparison.Ordinal))];
}
