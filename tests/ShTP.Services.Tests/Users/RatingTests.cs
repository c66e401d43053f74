using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Data.Outbox;
using ShTP.Users.V1;
using Xunit;

namespace ShTP.Services.Tests.Users;

public sealed class RatingTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    private UsersInternal.UsersInternalClient Achievements => system.Host.AsService<UsersInternal.UsersInternalClient>("achievements");

    [Fact]
    public async Task Rating_FiftyConcurrentEdits_EqualsTheSumOfItsEntries()
    {
        var student = await system.AddAsync();
        var client = system.As(system.Admin);
        await Task.WhenAll(Enumerable.Range(1, 50).Select(async i =>
        {
            if (i % 2 == 0)
                await client.UpdateUserAsync(new UpdateUserRequest { Uuid = student.Id.ToString(), Admin = new AdminChange { Rating = i } });
            else
                await AddAsync(student.Id, i, Guid.NewGuid());
        }));
        var entries = (await client.ListRatingEntriesAsync(new ListRatingEntriesRequest { Uuid = student.Id.ToString() })).Entries;
        Assert.Equal(entries.Sum(entry => entry.Points), (await system.FindAsync(student.Id))!.Rating);
        Assert.Equal(25, entries.Count(entry => !entry.HasAuthorId));
        Assert.NotEqual(0, entries.Count(entry => entry.AuthorId == system.Admin.Id.ToString()));
    }

    [Fact]
    public async Task AddRating_DeliveredTwice_CountsOnce()
    {
        var student = await system.AddAsync();
        var message = Guid.NewGuid();
        await AddAsync(student.Id, 7, message);
        await AddAsync(student.Id, 7, message);
        Assert.Equal(7, (await system.FindAsync(student.Id))!.Rating);
    }

    [Fact]
    public async Task AddRating_UserIsGone_IsDropped()
    {
        var gone = Guid.NewGuid();
        await AddAsync(gone, 7, Guid.NewGuid());
        Assert.False(await system.WithDbAsync(db => db.RatingEntries.AnyAsync(e => e.UserId == gone)));
    }

    [Fact]
    public async Task AddRating_SumOutOfRange_IsRefusedAndNothingIsWritten()
    {
        var student = await system.AddAsync();
        await system.WithDbAsync(db => db.Users.Where(u => u.Id == student.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(u => u.Rating, int.MinValue + 1)));

        var refused = await Assert.ThrowsAsync<RpcException>(() => AddAsync(student.Id, -7, Guid.NewGuid()));

        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Equal(int.MinValue + 1, (await system.FindAsync(student.Id))!.Rating);
        Assert.False(await system.WithDbAsync(db => db.RatingEntries.AnyAsync(e => e.UserId == student.Id)));
    }

    [Fact]
    public async Task AddRating_WrongFields_AreAllNamed()
    {
        var status = await UsersSystem.FailsAsync(Achievements.AddRatingAsync(new AddRatingRequest { UserId = "x", Points = 1_000_001, AuthorId = "y" }));
        Assert.Equal(
            "userId: value is not a valid uuid; points: must be between -1000000 and 1000000; reason: field required; "
            + "authorId: value is not a valid uuid; source: field required", status.Detail);
    }

    [Fact]
    public async Task UpdateUser_SameRating_AddsNoEntry()
    {
        var student = await system.AddAsync();
        var request = new UpdateUserRequest { Uuid = student.Id.ToString(), Admin = new AdminChange { Rating = 15 } };
        for (var i = 0; i < 2; i++)
            Assert.Equal(new UpdateUserResponse { Rating = 15 }, await system.As(system.Admin).UpdateUserAsync(request));
        var entry = Assert.Single((await system.As(student).ListRatingEntriesAsync(new ListRatingEntriesRequest { Uuid = student.Id.ToString() })).Entries);
        Assert.Equal((15, "Изменение рейтинга", system.Admin.Id.ToString()), (entry.Points, entry.Reason, entry.AuthorId));
    }

    [Fact]
    public async Task ListRatingEntries_PageByPage_GivesNewestFirst()
    {
        var student = await system.AddAsync();
        for (var points = 1; points <= 5; points++)
            await AddAsync(student.Id, points, Guid.NewGuid());
        var client = system.As(student);
        var request = new ListRatingEntriesRequest { Uuid = student.Id.ToString(), Limit = 2 };
        var seen = new List<int>();
        while ((await client.ListRatingEntriesAsync(request)).Entries is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(entry => entry.Points));
            request.Before = page[^1].Uuid;
        }

        Assert.Equal([5, 4, 3, 2, 1], seen);
    }

    [Fact]
    public async Task ListRatingEntries_NotOnesOwn_IsForStaff()
    {
        var student = await system.AddAsync();
        var request = new ListRatingEntriesRequest { Uuid = student.Id.ToString() };
        Assert.Equal(
            new Status(StatusCode.PermissionDenied, "You can see your own rating only"),
            await UsersSystem.FailsAsync(system.As(await system.AddAsync()).ListRatingEntriesAsync(request)));
        Assert.Empty((await system.As(await system.AddAsync(Role.Teacher)).ListRatingEntriesAsync(request)).Entries);
        request.Uuid = Guid.NewGuid().ToString();
        Assert.Equal(StatusCode.NotFound, (await UsersSystem.FailsAsync(system.As(system.Admin).ListRatingEntriesAsync(request))).StatusCode);
        request = new ListRatingEntriesRequest { Uuid = student.Id.ToString(), Before = Guid.NewGuid().ToString() };
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "before: the user has no entry with this uuid"),
            await UsersSystem.FailsAsync(system.As(student).ListRatingEntriesAsync(request)));
    }

    [Fact]
    public async Task GetLeaderboard_Ties_GoByNameAndZeroIsLeftOut()
    {
        await using var own = new DisposableSystem();
        var users = await own.StartAsync();
        await users.AddAsync(change: u => (u.Rating, u.LastName, u.FirstName) = (5, "Б", "А"));
        await users.AddAsync(change: u => (u.Rating, u.LastName, u.FirstName) = (5, "А", "Б"));
        await users.AddAsync(change: u => (u.Rating, u.LastName, u.FirstName) = (5, "А", "А"));
        await users.AddAsync(change: u => (u.Rating, u.LastName, u.FirstName, u.NickName) = (9, "Я", "Я", "best"));
        await users.AddAsync(change: u => u.Rating = -1);
        var rows = (await users.Anonymous.GetLeaderboardAsync(new GetLeaderboardRequest())).Users;
        Assert.Equal(["ЯЯ9", "АА5", "АБ5", "БА5"], rows.Select(row => row.LastName + row.FirstName + row.Rating));
        Assert.Equal(("best", false, "default.png"), (rows[0].NickName, rows[1].HasNickName, rows[0].UserAvatarPath));
        Assert.Equal(2, (await users.Anonymous.GetLeaderboardAsync(new GetLeaderboardRequest { Limit = 2 })).Users.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public async Task GetLeaderboard_LimitOutOfBounds_IsInvalid(int limit) =>
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "limit: must be between 1 and 100"),
            await UsersSystem.FailsAsync(system.Anonymous.GetLeaderboardAsync(new GetLeaderboardRequest { Limit = limit })));

    private async Task AddAsync(Guid user, int points, Guid message) => await Achievements.AddRatingAsync(
        new AddRatingRequest { UserId = user.ToString(), Points = points, Reason = "Олимпиада", Source = "achievement:1" },
        new Metadata { { OutboxExtensions.MessageIdHeader, message.ToString() } });
}
