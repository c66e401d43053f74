using Grpc.Core;
using ShTP.Users.V1;
using Xunit;

namespace ShTP.Services.Tests.Users;

public sealed class AudienceTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    private UsersInternal.UsersInternalClient Notifications => system.Host.AsService<UsersInternal.UsersInternalClient>("notifications");

    private UsersInternal.UsersInternalClient Achievements => system.Host.AsService<UsersInternal.UsersInternalClient>("achievements");

    [Fact]
    public async Task ListUserIds_OfGroups_GivesTheirMembersOnly()
    {
        var (one, two, three) = (await system.AddGroupAsync("one"), await system.AddGroupAsync("two"), await system.AddGroupAsync("three"));
        var a = await system.AddAsync(change: u => u.GroupId = one.Id);
        var b = await system.AddAsync(change: u => u.GroupId = two.Id);
        await system.AddAsync(change: u => u.GroupId = three.Id);

        var answer = await Notifications.ListUserIdsAsync(new() { GroupIds = { one.Id.ToString(), two.Id.ToString() }, RequireGroups = true });

        Assert.Equal(new[] { a.Id, b.Id }.Order(), Read(answer).Order());
    }

    [Fact]
    public async Task ListUserIds_OfEveryone_HasEverybody()
    {
        var student = await system.AddAsync();

        var ids = Read(await Notifications.ListUserIdsAsync(new() { Everyone = true }));

        Assert.Superset(new HashSet<Guid> { student.Id, system.Admin.Id }, ids.ToHashSet());
        Assert.Distinct(ids);
    }

    [Fact]
    public async Task ListUserIds_UnknownGroup_IsLeftOutOrNamed()
    {
        var group = Guid.NewGuid().ToString();

        Assert.Empty(Read(await Notifications.ListUserIdsAsync(new() { GroupIds = { group } })));
        var status = await UsersSystem.FailsAsync(Notifications.ListUserIdsAsync(new() { GroupIds = { group }, RequireGroups = true }));
        Assert.Equal(StatusCode.NotFound, status.StatusCode);
        Assert.Contains(group, status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListUserIds_NonsenseOrTooMany_IsRefused()
    {
        var nonsense = await UsersSystem.FailsAsync(Notifications.ListUserIdsAsync(new() { GroupIds = { "nonsense" } }));
        var many = await UsersSystem.FailsAsync(Notifications.ListUserIdsAsync(new() { GroupIds = { Enumerable.Range(0, 101).Select(_ => Guid.NewGuid().ToString()) } }));

        Assert.Equal((StatusCode.InvalidArgument, StatusCode.InvalidArgument), (nonsense.StatusCode, many.StatusCode));
    }

    [Fact]
    public async Task SetMedals_Delivered_AreOnTheProfile()
    {
        var student = await system.AddAsync();

        await Achievements.SetMedalsAsync(new() { UserId = student.Id.ToString(), Medals = new() { Gold = 1, Silver = 2, Bronze = 3 } }, NewMessage());
        await Achievements.SetMedalsAsync(new() { UserId = Guid.NewGuid().ToString(), Medals = new() { Gold = 1 } }, NewMessage());

        var profile = await system.Anonymous.GetUserAsync(new GetUserRequest { Id = student.Id.ToString() });
        Assert.Equal(new Medals { Gold = 1, Silver = 2, Bronze = 3 }, profile.Medals);
    }

    [Fact]
    public async Task SetMedals_Negative_IsRefused()
    {
        var status = await UsersSystem.FailsAsync(Achievements.SetMedalsAsync(new() { UserId = Guid.NewGuid().ToString(), Medals = new() { Gold = -1 } }, NewMessage()));

        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        Assert.Contains("medals.gold", status.Detail, StringComparison.Ordinal);
    }

    private static Metadata NewMessage() => new() { { "shtp-message-id", Guid.NewGuid().ToString() } };

    private static List<Guid> Read(ListUserIdsResponse answer) =>
        [.. answer.UserIds.ToByteArray().Chunk(16).Select(bytes => new Guid(bytes, bigEndian: true))];
}
