using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Testing.Fakes;
using ShTP.Testing;
using ShTP.Users.V1;
using Xunit;

namespace ShTP.Services.Tests.Users;

public sealed class UpdateUserTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    [Fact]
    public async Task UpdateUser_OwnProfile_WritesAndAnswersWhatWasSent()
    {
        var user = await system.AddAsync(change: u => u.Kaggle = "stays");
        var answer = await system.As(user).UpdateUserAsync(new UpdateUserRequest
        {
            AboutText = "Обо мне",
            NickName = " ann ",
            SocialLinks = new SocialLinks { Github = "https://github.com/ann" },
            UserTelegram = "@ann",
            UserGithub = "the other spelling loses",
            TechStack = new ListValue { Values = { Value.ForString("C#"), Value.ForString(" SQL ") } },
        });
        Assert.Equal(
            new UpdateUserResponse { AboutText = "Обо мне", NickName = "ann", Github = "https://github.com/ann", Telegram = "@ann", TechStack = "C#,SQL" }, answer);
        var stored = (await system.FindAsync(user.Id))!;
        Assert.Equal(("Обо мне", "ann", "https://github.com/ann", "@ann"), (stored.AboutText, stored.NickName, stored.Github, stored.Telegram));
        Assert.Equal(("C#,SQL", "stays", null), (stored.TechStack, stored.Kaggle, stored.Website));
    }

    [Fact]
    public async Task UpdateUser_EmptyValues_ClearNicknameListAndLinks()
    {
        var user = await system.AddAsync(change: u => (u.NickName, u.TechStack, u.Stepik) = ("clear-me", "a,b", "link"));
        var answer = await system.As(user).UpdateUserAsync(new UpdateUserRequest
        {
            NickName = "",
            TechStack = new ListValue(),
            SocialLinks = new SocialLinks { Stepik = "" },
        });
        Assert.Equal(new UpdateUserResponse { NickName = "", TechStack = "", Stepik = "" }, answer);
        var stored = (await system.FindAsync(user.Id))!;
        Assert.Equal((null, "", ""), (stored.NickName, stored.TechStack, stored.Stepik));
        // An empty link is nobody's: the next user may have one too.
        await system.As(await system.AddAsync()).UpdateUserAsync(new UpdateUserRequest { SocialLinks = new SocialLinks { Stepik = "" } });
    }

    [Fact]
    public async Task UpdateUser_Nothing_SaysSo()
    {
        var student = await system.AddAsync();
        UpdateUserRequest[] requests =
        [
            new(),
            new() { SocialLinks = new SocialLinks() },
            new() { Uuid = student.Id.ToString(), Admin = new AdminChange { FirstName = "ignored" } },
        ];
        foreach (var request in requests)
            Assert.Equal(new Status(StatusCode.InvalidArgument, "Nothing to update"), await UsersSystem.FailsAsync(system.As(student).UpdateUserAsync(request)));
        Assert.NotEqual("ignored", (await system.FindAsync(student.Id))!.FirstName);
    }

    [Theory]
    [InlineData(Role.Student, """{"uuid":"$1","aboutText":"x"}""", "uuid: only staff change somebody else")]
    [InlineData(Role.Student, """{"uuid":"$1","admin":{"firstName":"x"}}""", "uuid: only staff change somebody else")]
    [InlineData(Role.Teacher, """{"uuid":"$1","aboutText":"x"}""", "uuid: of somebody else only what is in 'admin' can be changed, together with the rest")]
    [InlineData(Role.Admin, """{"uuid":"$1","password":{"currentPassword":"correct horse","newPassword":"new password","confirmPassword":"new password"}}""", "uuid: of somebody else only what is in 'admin' can be changed, together with the rest; password: only one's own can be changed")]
    [InlineData(Role.Admin, """{"uuid":"$1","admin":{"firstName":"x"},"password":{"currentPassword":"correct horse","newPassword":"new password","confirmPassword":"new password"}}""", "password: only one's own can be changed")]
    public async Task UpdateUser_OfSomebodyElse_NeverChangesTheCaller(Role role, string json, string detail)
    {
        var (caller, other) = (await system.AddAsync(role), await system.AddAsync());
        var request = ClientJson.Parse<UpdateUserRequest>(json.Replace("$1", other.Id.ToString(), StringComparison.Ordinal));
        Assert.Equal(new Status(StatusCode.InvalidArgument, detail), await UsersSystem.FailsAsync(system.As(caller).UpdateUserAsync(request)));
        Assert.DoesNotContain(system.Auth.PasswordChanges, change => change.UserId == caller.Id.ToString() || change.UserId == other.Id.ToString());
        foreach (var user in new[] { caller, other })
            Assert.Equal((user.FirstName, null), ((await system.FindAsync(user.Id))!.FirstName, (await system.FindAsync(user.Id))!.AboutText));
    }

    [Fact]
    public async Task UpdateUser_OwnUuid_ChangesTheCaller()
    {
        var user = await system.AddAsync();
        await system.As(user).UpdateUserAsync(new UpdateUserRequest { Uuid = user.Id.ToString(), AboutText = "me" });
        Assert.Equal("me", (await system.FindAsync(user.Id))!.AboutText);
    }

    [Fact]
    public async Task UpdateUser_AsTheAndroidClientSendsIt_IsStored()
    {
        var user = await system.AddAsync();
        var answer = await system.As(user).UpdateUserAsync(ClientJson.Parse<UpdateUserRequest>(
            """{"aboutText":"","socialLinks":{"userGithub":"gh","userTelegram":"tg","userStepik":"st","userKaggle":"ka","userWebsite":"we"},"techStack":[""]}"""));
        Assert.Equal(new UpdateUserResponse { AboutText = "", Github = "gh", Telegram = "tg", Stepik = "st", Kaggle = "ka", Website = "we", TechStack = "" }, answer);
        var stored = (await system.FindAsync(user.Id))!;
        Assert.Equal(("gh", "tg", "st", "ka", "we", ""), (stored.Github, stored.Telegram, stored.Stepik, stored.Kaggle, stored.Website, stored.TechStack));
        answer = await system.As(user).UpdateUserAsync(ClientJson.Parse<UpdateUserRequest>("""{"techStack":["C#",""," ","SQL"]}"""));
        Assert.Equal("C#,SQL", answer.TechStack);
    }

    [Theory]
    [InlineData("nick")]
    [InlineData("github")]
    [InlineData("telegram")]
    [InlineData("stepik")]
    [InlineData("kaggle")]
    [InlineData("website")]
    public async Task UpdateUser_Taken_IsAConflictAndWritesNothing(string what)
    {
        UpdateUserRequest Request() => new()
        {
            AboutText = "new",
            NickName = what == "nick" ? "taken nick" : null ?? "",
            SocialLinks = what == "nick" ? null : Links(what, $"taken {what}"),
        };
        await system.As(await system.AddAsync()).UpdateUserAsync(Request());
        var second = await system.AddAsync();
        var status = await UsersSystem.FailsAsync(system.As(second).UpdateUserAsync(Request()));
        Assert.Equal(StatusCode.AlreadyExists, status.StatusCode);
        Assert.StartsWith(what == "nick" ? "nickName: " : $"{what}: ", status.Detail, StringComparison.Ordinal);
        Assert.Null((await system.FindAsync(second.Id))!.AboutText);
    }

    [Theory]
    [InlineData("leaderboard", "nickName: this word is reserved")]
    [InlineData("Search", "nickName: this word is reserved")]
    [InlineData("my_apps", "nickName: this word is reserved")]
    [InlineData("..", "nickName: this word is reserved")]
    [InlineData("0190A5B2-0000-7000-8000-000000000000", "nickName: must not look like a uuid")]
    [InlineData("a/b", @"nickName: must not contain /, \, ?, #, %, a tab or a line break")]
    [InlineData(@"a\b", @"nickName: must not contain /, \, ?, #, %, a tab or a line break")]
    [InlineData("a?b", @"nickName: must not contain /, \, ?, #, %, a tab or a line break")]
    [InlineData("a#b", @"nickName: must not contain /, \, ?, #, %, a tab or a line break")]
    [InlineData("a%2fb", @"nickName: must not contain /, \, ?, #, %, a tab or a line break")]
    [InlineData("nul\0", "nickName: must not contain control characters")]
    [InlineData("a\u202Eb", "nickName: must not contain invisible characters or ones that change the direction of text (U+202E)")]
    public async Task UpdateUser_ImpossibleNickname_IsInvalid(string nickName, string detail) =>
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, detail),
            await UsersSystem.FailsAsync(system.As(await system.AddAsync()).UpdateUserAsync(new UpdateUserRequest { NickName = nickName })));

    [Fact]
    public async Task UpdateUser_WrongFields_AreAllNamed()
    {
        var request = new UpdateUserRequest
        {
            AboutText = new string('x', 101),
            NickName = new string('y', 1_000_000),
            SocialLinks = new SocialLinks { Website = " JavaScript:alert(1)", Github = new string('z', 101) },
            TechStack = new ListValue { Values = { Value.ForString("a,b"), Value.ForNumber(1), Value.ForString("") } },
        };
        var status = await UsersSystem.FailsAsync(system.As(await system.AddAsync()).UpdateUserAsync(request));
        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        Assert.Equal(
            "aboutText: must have at most 100 characters; nickName: must have at most 50 characters; "
            + "socialLinks.github: must have at most 100 characters; socialLinks.website: must not be a script; "
            + "techStack[0]: must not contain a comma; techStack[1]: must be a string",
            status.Detail);
    }

    [Fact]
    public async Task UpdateUser_Password_ChangesItAndKeepsTheSession()
    {
        var user = await system.AddAsync();
        var session = Guid.NewGuid();
        var client = system.Host.WithToken<UsersService.UsersServiceClient>(TestTokens.User(user.Id, Role.Student, session: session));
        var answer = await client.UpdateUserAsync(new UpdateUserRequest { AboutText = "and this", Password = Change() });
        Assert.Equal(new UpdateUserResponse { AboutText = "and this" }, answer);
        var change = Assert.Single(system.Auth.PasswordChanges, change => change.UserId == user.Id.ToString());
        Assert.Equal(("hash of new password", session.ToString()), (change.Password.Hash, change.KeepSessionId));
    }

    [Theory]
    [InlineData("wrong", "new password", "new password", "Invalid current password")]
    [InlineData("", "new password", "new password", "Invalid current password")]
    [InlineData(FakeAuth.Password, "new password", "another password", "Confirmation password doesn't match")]
    [InlineData(FakeAuth.Password, "short", "short", "password.newPassword: must have 8 to 128 characters")]
    public async Task UpdateUser_WrongPassword_WritesNothing(string current, string next, string confirmation, string detail)
    {
        var user = await system.AddAsync();
        var fault = await Assert.ThrowsAsync<RpcException>(async () => await system.As(user).UpdateUserAsync(new UpdateUserRequest
        {
            AboutText = "not written",
            Password = new PasswordChange { CurrentPassword = current, NewPassword = next, ConfirmPassword = confirmation },
        }));
        Assert.Equal(new Status(StatusCode.InvalidArgument, detail), new Status(fault.StatusCode, fault.Status.Detail));
        // 400, whose texts the Android client shows: 422 is what names fields.
        Assert.Null(fault.GetRpcStatus()?.GetDetail<Google.Rpc.BadRequest>());
        Assert.Null((await system.FindAsync(user.Id))!.AboutText);
    }

    /// <summary>Hashing is slow by intention, and a class that changes its passwords queues for it.</summary>
    [Fact]
    public async Task UpdateUser_PasswordIsBeingHashed_OtherChangesOfTheUserGoThrough()
    {
        var user = await system.AddAsync();
        system.Auth.Before[user.Id.ToString()] = async () =>
        {
            system.Auth.Before.TryRemove(user.Id.ToString(), out _);
            await system.As(user).UpdateUserAsync(new UpdateUserRequest { AboutText = "in between" });
        };

        await system.As(user).UpdateUserAsync(new UpdateUserRequest { Password = Change() });

        Assert.Equal("in between", (await system.FindAsync(user.Id))!.AboutText);
        Assert.Single(system.Auth.PasswordChanges, change => change.UserId == user.Id.ToString());
    }

    [Fact]
    public async Task UpdateUser_TakenNickname_LeavesThePasswordAlone()
    {
        await system.AddAsync(change: u => u.NickName = "first come");
        var user = await system.AddAsync();
        var request = new UpdateUserRequest { NickName = "first come", Password = Change() };
        Assert.Equal(StatusCode.AlreadyExists, (await UsersSystem.FailsAsync(system.As(user).UpdateUserAsync(request))).StatusCode);
        Assert.DoesNotContain(system.Auth.PasswordChanges, change => change.UserId == user.Id.ToString());
    }

    [Fact]
    public async Task UpdateUser_CallerIsGone_SaysNoLogin()
    {
        var client = system.Host.As<UsersService.UsersServiceClient>(Guid.NewGuid(), Role.Student);
        Assert.Equal(
            new Status(StatusCode.PermissionDenied, "No login"), await UsersSystem.FailsAsync(client.UpdateUserAsync(new UpdateUserRequest { AboutText = "x" })));
    }

    private static PasswordChange Change() => new() { CurrentPassword = FakeAuth.Password, NewPassword = "new password", ConfirmPassword = "new password" };

    private static SocialLinks Links(string name, string value)
    {
        var links = new SocialLinks();
        SocialLinks.Descriptor.FindFieldByName(name).Accessor.SetValue(links, value);
        return links;
    }
}
