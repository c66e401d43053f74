using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using ShTP.Assignments.V1;
using ShTP.Auth;
using ShTP.Auth.V1;
using ShTP.Import;
using ShTP.Notifications.V1;
using ShTP.ServiceDefaults;
using ShTP.Users.V1;
using Xunit;
using AuthService = ShTP.Auth.V1.AuthService;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Services.Tests.OldSystem;

/// <summary>What an import makes of a school, seen through the services' own RPCs.</summary>
public sealed class ImportTests(ImportedSchool imported) : IClassFixture<ImportedSchool>
{
    private static readonly string[] FileTables = ["avatars (files)", "achievements (files)"];

    private readonly OldSchool _school = imported.School;

    private UsersService.UsersServiceClient Users => imported.System.Users.As<UsersService.UsersServiceClient>(_school.Teacher, Role.Teacher);

    [Fact]
    public void DryRun_WholeSchool_WritesNothing()
    {
        Assert.All(imported.CountsAfterDryRun, count => Assert.Equal(0, count.Value));
        Assert.Equal(0, imported.FilesAfterDryRun);
        Assert.Equal(ImportRun.Incomplete, imported.DryRun.ExitCode);
    }

    [Fact]
    public void DryRun_EveryRow_SaysWhatTheImportDoesLater() => Assert.Equal(
        imported.First.Lines.Select(line => (line.Table, line.Id, line.Outcome, string.Join("; ", line.Reasons))),
        imported.DryRun.Lines.Select(line => (line.Table, line.Id, line.Outcome, string.Join("; ", line.Reasons))));

    [Fact]
    public void Import_WholeSchool_LeavesWhatWasNotRefused()
    {
        Assert.Equal(OldSchool.Expected, imported.CountsAfterFirst);
        Assert.Equal(ImportRun.Incomplete, imported.First.ExitCode);
        Assert.Equal("", imported.First.Errors);
    }

    [Fact]
    public async Task Import_AfterADeletion_BringsNobodyBack()
    {
        await using var own = await OldSchool.CreateAsync();
        await using var system = await ImportSystem.StartAsync();
        var first = await system.RunAsync(own.Database);
        var achievements = $"SELECT count(*) FROM achievements WHERE user_id = '{own.Ada}'";
        Assert.NotEqual(0, await system.CountAsync(ResourceNames.Achievements, achievements));

        await system.Users.As<UsersService.UsersServiceClient>(own.Teacher, Role.Teacher).DeleteUserAsync(new ShTP.Users.V1.DeleteUserRequest { Uuid = own.Ada.ToString() });
        // Users does not know where Achievements is.
        await system.Achievements.AsService<AchievementsInternal.AchievementsInternalClient>(ResourceNames.Users).DeleteUserAsync(
            new ShTP.Api.V1.DeleteUserRequest { UserId = own.Ada.ToString() }, new Metadata { { "shtp-message-id", Guid.NewGuid().ToString() } });
        var credentials = $"SELECT count(*) FROM credentials WHERE user_id = '{own.Ada}'";
        await ShTP.Testing.Eventually.HoldsAsync(async () => await system.CountAsync(ResourceNames.Auth, credentials) == 0, "Auth has forgotten her");
        var dry = await system.RunAsync(own.Database, ["--dry-run"]);
        var again = await system.RunAsync(own.Database);

        Assert.Equal(("deleted", "deleted"), (dry.Fate("users", own.Ada), again.Fate("users", own.Ada)));
        // But for somebody else who could not come before, because she had the same e-mail.
        var refused = first.Lines.Where(line => line.Outcome == "refused").Select(line => line.Id).ToHashSet();
        Assert.All(again.Lines.Where(line => line.Outcome is "moved" or "changed"), line => Assert.Contains(line.Id, refused));
        Assert.Contains(again.Lines, line => line is { Table: "achievements", Outcome: "deleted" });
        Assert.Equal(0, await system.CountAsync(ResourceNames.Users, $"SELECT count(*) FROM users WHERE id = '{own.Ada}'"));
        Assert.Equal(0, await system.CountAsync(ResourceNames.Auth, credentials));
        Assert.Equal(0, await system.CountAsync(ResourceNames.Achievements, achievements));
        // Also for a caller that does not ask Users first.
        var direct = await system.Auth.AsService<AuthImport.AuthImportClient>(ResourceNames.Import).ImportCredentialsAsync(new ImportCredentialsRequest
        {
            Credentials = { new Credentials { UserId = own.Ada.ToString(), Email = "ada@example.org", PasswordHash = BCrypt.Net.BCrypt.HashPassword("long enough", 4) } },
        });
        Assert.Equal(ImportOutcome.Deleted, direct.Results.Single().Outcome);
    }

    [Fact]
    public void Import_Again_MovesNothing()
    {
        Assert.Equal(imported.CountsAfterFirst, imported.CountsAfterSecond);
        Assert.Equal(imported.FilesAfterFirst, imported.FilesAfterSecond);
        Assert.DoesNotContain(imported.Second.Lines, line => line.Outcome is "moved" or "changed" or "different");
        // Everything else as before, with the same reasons; files were not brought again.
        Assert.Equal(
            imported.First.Lines.Where(line => !FileTables.Contains(line.Table) && line.Outcome == "refused").Select(line => (line.Table, line.Id, string.Join("; ", line.Reasons))),
            imported.Second.Lines.Where(line => line.Outcome == "refused").Select(line => (line.Table, line.Id, string.Join("; ", line.Reasons))));
        Assert.Equal(imported.First.Lines.Count(line => !FileTables.Contains(line.Table)), imported.Second.Lines.Count);
    }

    [Fact]
    public void Report_EveryRow_HasALine()
    {
        Assert.Equal(19, imported.First.Lines.Count(line => line.Table == "users"));
        Assert.Equal(5, imported.First.Lines.Count(line => line.Table == "groups"));
        Assert.Equal(11, imported.First.Lines.Count(line => line.Table == "achievements"));
        Assert.Equal(13, imported.First.Lines.Count(line => line.Table == "notifications"));
        Assert.Equal(3, imported.First.Lines.Count(line => line.Table == "system_notifications"));
        Assert.Equal(5, imported.First.Lines.Count(line => line.Table == "tasks"));
        Assert.Equal(3, imported.First.Lines.Count(line => line.Table == "contests"));
        Assert.Equal(9, imported.First.Lines.Count(line => line.Table == "submits"));
        Assert.All(imported.First.Lines, line => Assert.True(line.Outcome == "moved" || line.Reasons.Length > 0, line.ToString()));
    }

    [Fact]
    public async Task User_WithEverything_IsTheSame()
    {
        var ada = await Users.GetUserAsync(new GetUserRequest { Id = "ada" });

        Assert.Equal(_school.Ada.ToString(), ada.Uuid);
        Assert.Equal(("Ada", "Lovelace", "Байроновна"), (ada.FirstName, ada.LastName, ada.PatronymicName));
        Assert.Equal((Role.Student, 57, 10, false), (ada.Role, ada.Rating, ada.LearningClass, ada.ShtpMaintainer));
        Assert.Equal(("@ada", "C#,SQL", "Первая"), (ada.Telegram, ada.TechStack, ada.AboutText));
        Assert.Equal(("Python", "#3776ab"), (ada.Group.Name, ada.Group.Color));
        Assert.NotEqual("default.png", ada.AvatarPath);
        using var http = new HttpClient();
        Assert.Equal("image/jpeg", (await http.GetAsync(new Uri(imported.System.Files.HttpAddress, $"/storage/avatars/{ada.AvatarPath}"), TestContext.Current.CancellationToken)).Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Rating_OfOldUsers_IsTheSumOfTheLedger()
    {
        foreach (var (user, rating) in new[] { (_school.Ada, 57), (_school.Negative, -5), (_school.NullGroup, 0) })
        {
            var entries = (await Users.ListRatingEntriesAsync(new ListRatingEntriesRequest { Uuid = user.ToString() })).Entries;
            Assert.Equal(rating, entries.Sum(entry => entry.Points));
            Assert.Equal(rating, (await Users.GetUserAsync(new GetUserRequest { Id = user.ToString() })).Rating);
            Assert.True(entries.Count <= 1);
        }
    }

    [Fact]
    public async Task Login_OldPassword_WorksAndIsUpgraded()
    {
        Assert.StartsWith("$2", await HashOfAsync(_school.Ada), StringComparison.Ordinal);
        var auth = imported.System.Auth.Anonymous<AuthService.AuthServiceClient>();
        var login = new LoginRequest { Email = OldSchool.AdaEmail, Password = OldSchool.Password };
        var caller = new Metadata { { "x-forwarded-for", "192.0.2.7" } };

        Assert.NotEmpty((await auth.LoginAsync(login, caller)).AccessToken);
        Assert.StartsWith("$argon2id$", await HashOfAsync(_school.Ada), StringComparison.Ordinal);
        Assert.NotEmpty((await auth.LoginAsync(login, caller)).AccessToken);
        login.Password = "wrong";
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(async () => await auth.LoginAsync(login, caller))).StatusCode);

        var again = await imported.System.RunAsync(_school.Database);
        Assert.Equal("present", again.Of("credentials", _school.Ada).Outcome);
        Assert.StartsWith("$argon2id$", await HashOfAsync(_school.Ada), StringComparison.Ordinal);
    }

    [Fact]
    public void Users_WithFaults_AreChangedOrRefusedWithAReason()
    {
        Assert.Equal($"refused: email: {_school.Ada} has it already", imported.First.Fate("users", _school.AdaByDomain));
        Assert.Equal($"refused: email: {_school.Ada} has it already", imported.First.Fate("users", _school.AdaByCase));
        Assert.Equal("refused: email: value is not a valid email address", imported.First.Fate("users", _school.BadEmail));
        Assert.Equal("changed: role: '7' became student", imported.First.Fate("users", _school.RoleSeven));
        Assert.Equal("changed: first_name: empty, now '—'", imported.First.Fate("users", _school.NoFirstName));
        Assert.Contains("group_id: Без группы, since the group ", imported.First.Fate("users", _school.GoneGroup), StringComparison.Ordinal);
        Assert.Contains("group_id: Без группы, since there is none", imported.First.Fate("users", _school.NullGroup), StringComparison.Ordinal);
        Assert.Contains("rating: 'NULL' became 0", imported.First.Fate("users", _school.NullGroup), StringComparison.Ordinal);
        Assert.Equal("changed: last_name: cut from 60 to 50 characters; learning_class: 15 became 11; about_text: cut from 150 to 100 characters", imported.First.Fate("users", _school.Long));
        Assert.Equal(
            "changed: nick_name: 'leaderboard' is not kept: nick_name: this word is reserved; website: 'javascript:alert(1)' is not kept: website: must not be a script",
            imported.First.Fate("users", _school.BadLinks));
        Assert.Equal($"changed: nick_name: 'ada' is not kept: {_school.Ada} has it", imported.First.Fate("users", _school.SameNick));
        Assert.Equal("moved", imported.First.Fate("users", _school.BadHash));
        Assert.Equal("refused: password: is not a password hash that Auth can check", imported.First.Fate("credentials", _school.BadHash));
    }

    [Fact]
    public async Task Users_WithFaults_CanBeShown()
    {
        Assert.Equal("bob", (await Users.GetUserAsync(new GetUserRequest { Id = _school.BadLinks.ToString() })).Github);
        var homeless = await Users.GetUserAsync(new GetUserRequest { Id = _school.GoneGroup.ToString() });
        Assert.Equal("Без группы", homeless.Group.Name);
        Assert.Contains((await imported.System.Users.As<GroupsService.GroupsServiceClient>(_school.Teacher, Role.Teacher).ListGroupsAsync(new ListGroupsRequest())).Groups, group => group.Uuid == homeless.GroupId);
        Assert.Contains((await Users.SearchUsersAsync(new SearchUsersRequest { Query = "Lovelace" })).Users, row => row.Uuid == _school.Ada.ToString());
        Assert.Equal("changed: color: 'red;background:url(x)' is not kept: color: is not a colour as CSS writes one", imported.First.Fate("groups", _school.BadColor));
        Assert.Equal("changed: name: empty, now '—'", imported.First.Fate("groups", _school.NoName));
    }

    [Fact]
    public async Task Avatars_ThatAreNone_AreNotTaken()
    {
        foreach (var (user, reason) in new[]
        {
            (_school.MissingAvatar, "there is no file 'gone.png'"), (_school.TrickAvatar, "'../../secret.png' is no name of a file"),
            (_school.LinkAvatar, "'link.png' is a link"), (_school.TextAvatar, "'text.png': Files with such extensions are forbidden: the content is of no known type"),
        })
        {
            Assert.Contains(reason, imported.First.Fate("avatars (files)", user), StringComparison.Ordinal);
            Assert.StartsWith("refused", imported.First.Fate("avatars (files)", user), StringComparison.Ordinal);
            Assert.StartsWith($"changed: avatar_path: the default avatar: {reason}", imported.First.Fate("users", user), StringComparison.Ordinal);
            Assert.Equal("default.png", (await Users.GetUserAsync(new GetUserRequest { Id = user.ToString() })).AvatarPath);
        }
    }

    [Fact]
    public async Task Achievements_OfOneStudent_AreListedAsBefore()
    {
        var client = imported.System.Achievements.As<AchievementsService.AchievementsServiceClient>(_school.Ada, Role.Student);
        var accepted = (await client.ListAchievementsAsync(new ListAchievementsRequest())).Achievements.ToDictionary(one => one.Uuid);
        var pending = (await client.ListPendingAsync(new ListPendingRequest())).Achievements.ToDictionary(one => one.Uuid);

        Assert.Equal(new[] { _school.Accepted, _school.MissingProof, _school.UnknownModerator, _school.PointsWithoutTime }.Select(id => id.ToString()).Order(), accepted.Keys.Order());
        Assert.Equal(5, pending.Count);
        var one = accepted[_school.Accepted.ToString()];
        Assert.Equal(("Олимпиада", "Первое место", EventType.Olimpiad, 30, _school.Teacher.ToString()), (one.Title, one.Description, one.EventType, one.Points, one.AcceptedBy));
        Assert.Equal(new DateTime(2023, 10, 1, 12, 0, 0, DateTimeKind.Utc).AddMicroseconds(1), one.AcceptedAt.ToDateTime());
        Assert.Equal(2023, one.CreatedAt.ToDateTime().Year);
        Assert.Equal("Ada", one.User.FirstName);
        Assert.Equal(EventType.Event, pending[_school.Pending.ToString()].EventType);
        using var http = new HttpClient();
        var proof = await http.GetAsync(new Uri(imported.System.Files.HttpAddress, $"/storage/achievements/{one.AttachmentName}"), TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(_school.Database.Uploads, "achievements/proof.png"), TestContext.Current.CancellationToken), await proof.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        var placeholder = await http.GetAsync(new Uri(imported.System.Files.HttpAddress, $"/storage/achievements/{accepted[_school.MissingProof.ToString()].AttachmentName}"), TestContext.Current.CancellationToken);
        Assert.Equal("application/pdf", placeholder.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public void Achievements_WithFaults_AreChangedOrRefusedWithAReason()
    {
        Assert.Equal("moved", imported.First.Fate("achievements", _school.Accepted));
        Assert.Equal("changed: attachment_name: a page that says so takes its place: there is no file 'gone.png'", imported.First.Fate("achievements", _school.MissingProof));
        Assert.Contains("'../avatars/ada.png' is no name of a file", imported.First.Fate("achievements", _school.TrickProof), StringComparison.Ordinal);
        Assert.Contains("The file is too large", imported.First.Fate("achievements", _school.LargeProof), StringComparison.Ordinal);
        Assert.Contains("refused: user_id: the user ", imported.First.Fate("achievements", _school.NobodysAchievement), StringComparison.Ordinal);
        Assert.Contains("accepted_by: nobody, since ", imported.First.Fate("achievements", _school.UnknownModerator), StringComparison.Ordinal);
        Assert.Equal("changed: accepted_at: unknown, now the time it was handed in; title: empty, now '—'", imported.First.Fate("achievements", _school.PointsWithoutTime));
        Assert.Equal("changed: description: cut from 6000 to 5000 characters", imported.First.Fate("achievements", _school.LongDescription));
    }

    [Fact]
    public async Task Notifications_OfOneStudent_AreInTheirOrderAndReadAsBefore()
    {
        var client = imported.System.Notifications.As<NotificationsService.NotificationsServiceClient>(_school.Ada, Role.Student);
        var counts = await client.CountNotificationsAsync(new CountNotificationsRequest());
        var unread = (await client.ListUnreadAsync(new ListUnreadRequest())).Notifications;

        Assert.Equal((5, 7), (counts.Unread, counts.Total));
        Assert.Equal(_school.AdasNotifications[2..].Reverse().Select(id => id.ToString()), unread.Select(one => one.Uuid));
        Assert.Equal([2, 5, 4, 3, 2], unread.Select(one => one.Type));
        Assert.Equal("gold", unread[3].Data.Fields["medal"].StringValue);
        Assert.Equal("name", Assert.Single(unread[0].Data.Fields.Keys));
        Assert.Equal("changed: data.colour: '\"red\"' is not kept: notifications of type 2 have no such field", imported.First.Fate("notifications", _school.MoreData));
    }

    [Fact]
    public void Notifications_WithFaults_AreRefusedWithAReason()
    {
        Assert.Equal("refused: type: must be between 0 and 5", imported.First.Fate("notifications", _school.TypeNine));
        Assert.Equal("refused: data: '[1, 2]' is no JSON object", imported.First.Fate("notifications", _school.ListData));
        Assert.Equal("refused: data.name: field required", imported.First.Fate("notifications", _school.NoNameData));
        Assert.Contains("refused: to_user: the user ", imported.First.Fate("notifications", _school.NobodysNotification), StringComparison.Ordinal);
        Assert.Equal($"refused: to_user: the user {_school.AdaByDomain} was not moved", imported.First.Fate("notifications", _school.RefusedOnesNotification));
    }

    [Fact]
    public async Task Banners_WithWhatCouldAct_LoseItAndAreInactive()
    {
        var client = imported.System.Notifications.As<BannersService.BannersServiceClient>(_school.Teacher, Role.Teacher);
        var all = (await client.ListAllBannersAsync(new ListAllBannersRequest())).Banners.ToDictionary(banner => banner.Uuid);
        var active = (await client.ListBannersAsync(new ListBannersRequest())).Banners;

        Assert.Equal(_school.GoodBanner.ToString(), Assert.Single(active).Uuid);
        Assert.Equal((BannerType.Warning, "Ремонт", "<p>До <b>пятницы</b></p>"), (active[0].Type, active[0].Title, active[0].Content));
        Assert.Equal("<p>До</p>", all[_school.ScriptBanner.ToString()].Content);
        Assert.Equal(
            "changed: content: holds a script; taken out; active: switched off, until somebody has looked at the content",
            imported.First.Fate("system_notifications", _school.ScriptBanner));
        Assert.Equal("changed: type: 'neon' became info; title: empty, now '—'", imported.First.Fate("system_notifications", _school.OddBanner));
    }

    [Fact]
    public async Task Tasks_WithAndWithoutFaults_AreThere()
    {
        var client = imported.System.Assignments.As<TasksService.TasksServiceClient>(_school.Teacher, Role.Teacher);
        var listed = (await client.ListTasksAsync(new ListTasksRequest())).Tasks;
        var tasks = (await Task.WhenAll(listed.Select(task => client.GetTaskAsync(new GetTaskRequest { Uuid = task.Uuid }).ResponseAsync))).ToDictionary(task => task.Uuid);
        var sum = tasks[_school.Sum.ToString()];

        Assert.Equal(("Сумма", "<p>Сложите</p>", 2, 64, true), (sum.Title, sum.Text, sum.TimeLimit, sum.MemoryLimit, sum.DayChallenge));
        Assert.Equal([("1 2", "3", true), ("2 2", "4", false)], sum.Tests.Select(test => (test.Input, test.Output, test.Demo)));
        Assert.Equal(_school.Sum.ToString(), (await client.GetChallengeAsync(new GetChallengeRequest())).Uuid);
        Assert.Equal("add", tasks[_school.Function.ToString()].FunctionName);
        Assert.Equal(["int", "int", "long long"], [.. tasks[_school.Function.ToString()].TestsTypes.Input, .. tasks[_school.Function.ToString()].TestsTypes.Output]);
        Assert.Equal([("1\n2", "3"), ("1 2", "3")], tasks[_school.Function.ToString()].Tests.Select(test => (test.Input, test.Output)));
        Assert.Equal("<p>Красный</p>", tasks[_school.StyledTask.ToString()].Text);
        Assert.Equal("changed: text: holds a video, a sound or another page; taken out", imported.First.Fate("tasks", _school.StyledTask));
        Assert.Equal($"changed: time_limit: 100 became 50; memory_limit: 4 became 16; day_challenge: no, since {_school.Sum} is the challenge", imported.First.Fate("tasks", _school.SecondChallenge));
        Assert.Contains("tests: none, since ", imported.First.Fate("tasks", _school.BadTests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Contests_WithAndWithoutFaults_AreThere()
    {
        var client = imported.System.Assignments.As<ContestsService.ContestsServiceClient>(_school.Teacher, Role.Teacher);
        var contests = (await client.ListContestsAsync(new ListContestsRequest())).Contests.ToDictionary(contest => contest.Uuid);
        var loops = contests[_school.Loops.ToString()];

        Assert.Equal([_school.Sum.ToString(), _school.Function.ToString()], loops.Tasks.ToArray());
        Assert.Equal(_school.Python.ToString(), Assert.Single(loops.ForGroups));
        Assert.Equal(("Циклы", 10, 2, 1, 1), (loops.Title, loops.ForLearningClass, loops.Mark5, loops.Mark4, loops.Mark3));
        Assert.Equal(new DateTime(2033, 1, 1, 0, 0, 0, DateTimeKind.Utc), loops.Deadline.ToDateTime());
        var half = contests[_school.HalfContest.ToString()];
        Assert.Equal((_school.Sum.ToString(), 1, 1, 0), (Assert.Single(half.Tasks), half.Mark5, half.Mark4, half.Mark3));
        Assert.Null(half.Deadline);
        Assert.Contains("mark5: 9 became 1; mark4: 10 became 1; mark3: -1 became 0", imported.First.Fate("contests", _school.HalfContest), StringComparison.Ordinal);
        Assert.StartsWith("refused: ", imported.First.Fate("contests", _school.EmptyContest), StringComparison.Ordinal);
        Assert.Contains("tasks: a contest has at least one task", imported.First.Fate("contests", _school.EmptyContest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submits_WithAndWithoutFaults_AreThereAndNothingIsJudged()
    {
        var client = imported.System.Assignments.As<SubmitsService.SubmitsServiceClient>(_school.Ada, Role.Student);
        var solved = await client.GetSubmitAsync(new GetSubmitRequest { Uuid = _school.Solved.ToString() });
        Assert.Equal((2, true, "print(3)"), (solved.Status, solved.Solved, solved.Source));
        Assert.Equal(
            // Nobody knows which of its tests students could see.
            [(true, 1000.0, false, "accepted"), (false, 1000.0, true, "timeLimit")],
            solved.TestsResults.Values.Select(value => value.StructValue.Fields).Select(fields =>
                (fields["status"].BoolValue, fields["duration"].NumberValue, fields["timeout"].BoolValue, fields["verdict"].StringValue)));
        var repository = await client.GetSubmitAsync(new GetSubmitRequest { Uuid = _school.Repository.ToString() });
        Assert.Equal(("https://github.com/ada/loops", "0123abc", _school.Loops.ToString()), (repository.Source, repository.GitCommitId, repository.ReferedContest));
        Assert.True(repository.TestsResults.Values[0].StructValue.Fields["memoryout"].BoolValue);
        var rejected = await client.GetSubmitAsync(new GetSubmitRequest { Uuid = _school.RejectedSubmit.ToString() });
        Assert.Equal((3, false), (rejected.Status, rejected.Solved));
        var unjudged = await client.GetSubmitAsync(new GetSubmitRequest { Uuid = _school.Unjudged.ToString() });
        Assert.Equal((2, false, "Не проверено в прежней системе"), (unjudged.Status, unjudged.Solved, unjudged.Message));
        Assert.Equal("", (await client.GetSubmitAsync(new GetSubmitRequest { Uuid = _school.TrickSource.ToString() })).Source);

        Assert.Equal(0, await imported.System.CountAsync(ResourceNames.Assignments, "SELECT count(*) FROM work"));
        Assert.Equal("changed: source: no program: there is no file 'gone.cpp'", imported.First.Fate("submits", _school.NoSource));
        Assert.Equal("changed: source: no program: '../../secret.png' is no name of a file", imported.First.Fate("submits", _school.TrickSource));
        Assert.Equal("changed: source: no program: 'bytes.cpp' is no text in UTF-8", imported.First.Fate("submits", _school.NoUnicode));
        Assert.Contains("tests_results: '\"oops\"' is no JSON", imported.First.Fate("submits", _school.BadResults), StringComparison.Ordinal);
        Assert.StartsWith("refused: task_id: ", imported.First.Fate("submits", _school.NoTask), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_ChangedHereSince_StaysAndIsReported()
    {
        var teacher = imported.System.Users.As<UsersService.UsersServiceClient>(_school.Teacher, Role.Teacher);
        await teacher.UpdateUserAsync(new UpdateUserRequest { Uuid = _school.RoleSeven.ToString(), Admin = new AdminChange { FirstName = "Грейс" } });

        var again = await imported.System.RunAsync(_school.Database, ["--dry-run"]);

        Assert.Equal("different: first_name", again.Fate("users", _school.RoleSeven));
        Assert.Equal("Грейс", (await Users.GetUserAsync(new GetUserRequest { Id = _school.RoleSeven.ToString() })).FirstName);
    }

    private async Task<string> HashOfAsync(Guid user)
    {
        await using var scope = imported.System.Auth.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AuthDb>().Credentials.Where(known => known.UserId == user).Select(known => known.PasswordHash).SingleAsync();
    }
}
