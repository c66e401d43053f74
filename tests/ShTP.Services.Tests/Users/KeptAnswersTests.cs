using Npgsql;
using ShTP.Api.V1;
using ShTP.Testing;
using ShTP.Users.V1;
using Xunit;
using DeleteUserRequest = ShTP.Users.V1.DeleteUserRequest;
using GroupsService = ShTP.Users.V1.GroupsService;
using UsersInternal = ShTP.Users.V1.UsersInternal;

namespace ShTP.Services.Tests.Users;

/// <summary>Answers that are kept in memory are those that the database would give.</summary>
public sealed class KeptAnswersTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    [Fact]
    public async Task Profile_AskedForAgain_NeedsNoStatement()
    {
        await using var own = new DisposableSystem();
        var alone = await own.StartAsync();
        var me = alone.As(alone.Admin);
        await Eventually.HoldsAsync(async () =>
        {
            await me.GetMeAsync(new GetMeRequest());
            await me.ListUsersAsync(new ListUsersRequest());
            await me.GetLeaderboardAsync(new GetLeaderboardRequest());
            var before = alone.Statements.Count;
            await me.GetMeAsync(new GetMeRequest());
            await me.GetUserAsync(new GetUserRequest { Id = alone.Admin.Id.ToString() });
            await me.ListUsersAsync(new ListUsersRequest());
            await me.GetLeaderboardAsync(new GetLeaderboardRequest());
            return alone.Statements.Count == before;
        }, "the answers are kept");
    }

    /// <summary>Each change that Users has, asked for at once in the process that made it.</summary>
    [Fact]
    public async Task Profile_AfterEachChange_IsTheChangedOne()
    {
        var group = await system.AddGroupAsync("Before");
        var user = await system.AddAsync(change: u => u.GroupId = group.Id);
        var (me, admin) = (system.As(user), system.As(system.Admin));
        var groups = system.Host.As<GroupsService.GroupsServiceClient>(system.Admin.Id, Role.Admin);
        var achievements = system.Host.AsService<UsersInternal.UsersInternalClient>("achievements");
        Assert.Equal("Before", (await MeAsync()).Group.Name);

        var nickName = $"nick{Guid.NewGuid():N}";
        await me.UpdateUserAsync(new UpdateUserRequest { NickName = nickName });
        Assert.Equal(nickName, (await MeAsync()).NickName);
        await admin.UpdateUserAsync(new UpdateUserRequest { Uuid = user.Id.ToString(), Admin = new AdminChange { Role = Role.Teacher, GroupId = system.Group.Id.ToString() } });
        Assert.Equal((Role.Teacher, system.Group.Name), ((await MeAsync()).Role, (await MeAsync()).Group.Name));
        await admin.UpdateUserAsync(new UpdateUserRequest { Uuid = user.Id.ToString(), Admin = new AdminChange { GroupId = group.Id.ToString() } });
        await me.UpdateUserAsync(new UpdateUserRequest { AboutText = "I am new" });
        Assert.Equal("I am new", (await MeAsync()).AboutText);
        await admin.UpdateUserAsync(new UpdateUserRequest { Uuid = user.Id.ToString(), Admin = new AdminChange { Rating = 77 } });
        Assert.Equal(77, (await MeAsync()).Rating);
        Assert.Contains((await me.GetLeaderboardAsync(new GetLeaderboardRequest { Limit = 100 })).Users, row => row.Uuid == user.Id.ToString() && row.Rating == 77);
        await achievements.AddRatingAsync(new AddRatingRequest { UserId = user.Id.ToString(), Points = 3, Reason = "more", Source = "achievement" }, MessageId());
        Assert.Equal(80, (await MeAsync()).Rating);
        Assert.Contains((await me.GetLeaderboardAsync(new GetLeaderboardRequest { Limit = 100 })).Users, row => row.Uuid == user.Id.ToString() && row.Rating == 80);
        await achievements.SetMedalsAsync(new SetMedalsRequest { UserId = user.Id.ToString(), Medals = new Medals { Gold = 2 } }, MessageId());
        Assert.Equal(2, (await MeAsync()).Medals.Gold);
        await groups.UpdateGroupAsync(new UpdateGroupRequest { Uuid = group.Id.ToString(), Name = "After" });
        Assert.Equal("After", (await MeAsync()).Group.Name);
        await admin.DeleteUserAsync(new DeleteUserRequest { Uuid = user.Id.ToString() });
        Assert.Equal("No login", (await UsersSystem.FailsAsync(me.GetMeAsync(new GetMeRequest()))).Detail);
        Assert.DoesNotContain((await admin.ListUsersAsync(new ListUsersRequest())).Users, row => row.Uuid == user.Id.ToString());

        // Asked for by somebody else beside it too, so that it is always kept.
        async Task<User> MeAsync()
        {
            await system.Anonymous.GetUserAsync(new GetUserRequest { Id = user.Id.ToString() });
            await admin.ListUsersAsync(new ListUsersRequest());
            return await me.GetMeAsync(new GetMeRequest());
        }
    }

    [Fact]
    public async Task Profile_ThatAnotherProcessChanges_IsTheChangedOneSoon()
    {
        var (user, other) = (await system.AddAsync(), await system.AddAsync());
        Assert.Equal((0, 0), (await RatingAsync(user.Id), await RatingAsync(other.Id)));

        await ExecuteAsync($"UPDATE users SET rating = 5 WHERE id = '{user.Id}'");
        await Eventually.HoldsAsync(async () => await RatingAsync(user.Id) == 5, "one user is told of");
        await ExecuteAsync($"UPDATE users SET rating = 6 WHERE id IN ('{user.Id}', '{other.Id}')");
        await Eventually.HoldsAsync(async () => await RatingAsync(user.Id) == 6 && await RatingAsync(other.Id) == 6, "several are told of");
        await ExecuteAsync($"DELETE FROM rating_entries WHERE user_id = '{other.Id}'; DELETE FROM users WHERE id = '{other.Id}'");
        await Eventually.HoldsAsync(async () => (await system.As(system.Admin).ListUsersAsync(new ListUsersRequest())).Users.All(row => row.Uuid != other.Id.ToString()), "a deletion is told of");
    }

    [Fact]
    public async Task Profile_ChangedWhileNobodyListened_IsNotTheOldOne()
    {
        var user = await system.AddAsync();
        Assert.Equal(0, await RatingAsync(user.Id));

        await ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'users_changed' AND datname = current_database()");
        await ExecuteAsync($"UPDATE users SET rating = 9 WHERE id = '{user.Id}'");

        await Eventually.HoldsAsync(async () => await RatingAsync(user.Id) == 9, "the change is seen");
    }

    [Fact]
    public async Task Profiles_ReadWhileTheyChange_AreNeverOlderThanTheAnswerOfTheChange()
    {
        var users = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => system.AddAsync()));
        using var done = new CancellationTokenSource();
        var answered = new int[users.Length];
        var readers = users.Select((user, i) => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                var least = Volatile.Read(ref answered[i]);
                var rating = await RatingAsync(user.Id);
                Assert.True(rating >= least, $"{rating} after {least} was answered");
            }
        })).ToList();

        await Task.WhenAll(users.Select(async (user, i) =>
        {
            for (var rating = 1; rating <= 50; rating++)
            {
                await system.As(system.Admin).UpdateUserAsync(new UpdateUserRequest { Uuid = user.Id.ToString(), Admin = new AdminChange { Rating = rating } });
                Volatile.Write(ref answered[i], rating);
                Assert.Equal(rating, await RatingAsync(user.Id));
            }
        }));

        await done.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Fact]
    public async Task Unread_OfWhomNotificationsCallsQuiet_IsAskedForOnce_UntilItTells()
    {
        var user = await system.AddAsync();
        system.Notifications.Quiet[user.Id.ToString()] = true;
        await Eventually.HoldsAsync(async () =>
        {
            await system.As(user).GetMeAsync(new GetMeRequest());
            var before = system.Notifications.Asked(user.Id);
            Assert.False((await system.As(user).GetMeAsync(new GetMeRequest())).NewNotifications);
            return system.Notifications.Asked(user.Id) == before;
        }, "Notifications is not asked again");

        system.Notifications.Unread[user.Id.ToString()] = true;
        system.Notifications.Wake(user.Id);

        await Eventually.HoldsAsync(async () => (await system.As(user).GetMeAsync(new GetMeRequest())).NewNotifications, "it is told of");
    }

    private static Grpc.Core.Metadata MessageId() => new() { { ShTP.Data.Outbox.OutboxExtensions.MessageIdHeader, Guid.NewGuid().ToString() } };

    private async Task<int> RatingAsync(Guid user) => (await system.Anonymous.GetUserAsync(new GetUserRequest { Id = user.ToString() })).Rating;

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(system.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
