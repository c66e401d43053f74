using System.IO.Compression;
using System.Text.Json;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Users.V1;
using Xunit;
using User = ShTP.Users.Profiles.User;

namespace ShTP.Services.Tests.Users;

public sealed class ExportTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    private static readonly string[] Services = ["auth", "achievements", "events", "notifications", "assignments", "files"];

    [Fact]
    public async Task Export_OfOneself_HoldsWhatEveryServiceKnows()
    {
        var student = await system.AddAsync();
        await system.As(system.Admin).UpdateUserAsync(new UpdateUserRequest { Uuid = student.Id.ToString(), Admin = new AdminChange { Rating = 7, LastName = "Байрон" } });

        var (type, zip) = await ReadAsync(student, student.Id);

        Assert.Equal("application/zip", type);
        using var archive = new ZipArchive(new MemoryStream(zip), ZipArchiveMode.Read);
        var profile = Assert.Single(Rows(archive, "users/profile.json"));
        Assert.Equal(student.Email, profile.GetProperty("email").GetString());
        Assert.Equal(student.FirstName, profile.GetProperty("firstName").GetString());
        Assert.Equal("student", profile.GetProperty("role").GetString());
        Assert.Equal(7, Assert.Single(Rows(archive, "users/rating.json")).GetProperty("points").GetInt32());
        var change = Assert.Single(Rows(archive, "users/audit.json"), entry => entry.GetProperty("action").GetString() == "UsersService.UpdateUser");
        Assert.Equal((system.Admin.Id, "admin"), (change.GetProperty("actorId").GetGuid(), change.GetProperty("actorRole").GetString()));
        Assert.Equal("Байрон", change.GetProperty("after").GetProperty($"User {student.Id}").GetProperty("LastName").GetString());
        foreach (var service in Services)
        {
            Assert.Equal($"{service} {student.Id}", Assert.Single(Rows(archive, $"{service}/one.json")).GetString());
            Assert.Equal(50_000, archive.GetEntry($"{service}/two/big.bin")!.Length);
        }
    }

    [Fact]
    public async Task Export_OfASomebodyElse_IsForStaffOnly()
    {
        var (student, other) = (await system.AddAsync(), await system.AddAsync());
        var teacher = await system.AddAsync(Role.Teacher);

        var refused = await Assert.ThrowsAsync<RpcException>(() => ReadAsync(student, other.Id));
        Assert.Equal((StatusCode.PermissionDenied, "You can export your own data only"), (refused.StatusCode, refused.Status.Detail));
        Assert.NotEmpty((await ReadAsync(teacher, other.Id)).Zip);
    }

    [Theory]
    [InlineData("nonsense", StatusCode.InvalidArgument)]
    [InlineData("6f1c0b52-8c52-4f0e-9e0f-0d6f3a0f9a11", StatusCode.NotFound)]
    public async Task Export_OfNobody_IsRefused(string uuid, StatusCode expected)
    {
        var fault = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            using var call = system.As(system.Admin).ExportUserData(new ExportUserDataRequest { Uuid = uuid });
            await call.ResponseStream.MoveNext(CancellationToken.None);
        });
        Assert.Equal(expected, fault.StatusCode);
    }

    [Fact]
    public async Task Export_AServiceBreaksOff_FailsInsteadOfBeingShort()
    {
        var student = await system.AddAsync();
        system.Events.Held.Broken[student.Id.ToString()] = true;

        var fault = await Assert.ThrowsAsync<RpcException>(() => ReadAsync(student, student.Id));

        Assert.Equal(StatusCode.Unavailable, fault.StatusCode);
    }

    private async Task<(string Type, byte[] Zip)> ReadAsync(User caller, Guid id)
    {
        using var call = system.As(caller).ExportUserData(new ExportUserDataRequest { Uuid = id.ToString() });
        var (type, zip) = ("", new MemoryStream());
        await foreach (var body in call.ResponseStream.ReadAllAsync())
        {
            type += body.ContentType;
            body.Data.WriteTo(zip);
        }

        return (type, zip.ToArray());
    }

    private static JsonElement[] Rows(ZipArchive archive, string path)
    {
        using var entry = archive.GetEntry(path)!.Open();
        return [.. JsonDocument.Parse(entry).RootElement.EnumerateArray()];
    }
}
