using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Assignments.V1;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Services.Tests.Assignments;

public sealed class ContestTests(AssignmentsSystem system) : IClassFixture<AssignmentsSystem>
{
    private static readonly string Unknown = Guid.NewGuid().ToString();

    [Fact]
    public async Task CreateContest_Whole_AnswersWhatIsStored()
    {
        var (group, first, second) = (system.AddGroup(), await system.AddTaskAsync("Первая"), await system.AddTaskAsync("Вторая"));
        var request = AssignmentsSystem.NewContest(group, second, first);
        request.Deadline = Timestamp.FromDateTime(new DateTime(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        var created = await system.TeacherContests.CreateContestAsync(request);

        Assert.Equal([second, first], created.Tasks);
        Assert.Equal(("Циклы", "Домашняя работа", 10, 2, 1, 0), (created.Title, created.Description, created.ForLearningClass, created.Mark5, created.Mark4, created.Mark3));
        Assert.Equal((request.Deadline, system.TeacherId.ToString()), (created.Deadline, created.AuthorId));
        Assert.Equal(created, (await system.TeacherContests.ListContestsAsync(new ListContestsRequest())).Contests.Single(contest => contest.Uuid == created.Uuid));
        var details = await system.Contests(Guid.NewGuid()).GetContestAsync(new GetContestRequest { Uuid = created.Uuid });
        Assert.Equal([new TaskTitle { Uuid = second, Title = "Вторая" }, new TaskTitle { Uuid = first, Title = "Первая" }], details.Tasks);
        Assert.Equal([group], details.ForGroups);
    }

    [Fact]
    public async Task CreateContest_WrongFields_AreAllNamed()
    {
        var (code, detail) = await AssignmentsSystem.FailsAsync(system.TeacherContests.CreateContestAsync(new CreateContestRequest
        {
            ForGroups = { "x" },
            Deadline = new Timestamp { Seconds = long.MaxValue },
            ForLearningClass = 12,
            Mark5 = 1,
        }));
        Assert.Equal(StatusCode.InvalidArgument, code);
        Assert.Equal(
            "title: field required; tasks: must be between 1 and 50; forGroups: value is not a valid uuid; forLearningClass: must be between 0 and 11; "
            + "mark4: field required; mark3: field required; deadline: is not a time; mark5: marks must not exceed the number of tasks, and must descend from mark5 to mark3", detail);
        var task = await system.AddTaskAsync();
        var twice = AssignmentsSystem.NewContest(system.AddGroup(), task, task);
        Assert.Equal((StatusCode.InvalidArgument, "tasks: must be named once each"), await AssignmentsSystem.FailsAsync(system.TeacherContests.CreateContestAsync(twice)));
    }

    [Theory]
    [InlineData(3, 1, 0)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 0, 1)]
    public async Task CreateContest_MarksThatDoNotDescend_AreRefused(int mark5, int mark4, int mark3)
    {
        var request = AssignmentsSystem.NewContest(system.AddGroup(), await system.AddTaskAsync(), await system.AddTaskAsync());
        (request.Mark5, request.Mark4, request.Mark3) = (mark5, mark4, mark3);
        Assert.Equal(StatusCode.InvalidArgument, (await AssignmentsSystem.FailsAsync(system.TeacherContests.CreateContestAsync(request))).Code);
    }

    [Fact]
    public async Task CreateContest_UnknownTaskOrGroup_IsNotFound()
    {
        var task = await system.AddTaskAsync();
        Assert.Equal(
            (StatusCode.NotFound, $"Task with such uuid not found: {Unknown}"),
            await AssignmentsSystem.FailsAsync(system.TeacherContests.CreateContestAsync(AssignmentsSystem.NewContest(system.AddGroup(), task, Unknown))));
        Assert.Equal(
            (StatusCode.NotFound, $"Group with such uuid not found: {Unknown}"),
            await AssignmentsSystem.FailsAsync(system.TeacherContests.CreateContestAsync(AssignmentsSystem.NewContest(Unknown, task))));
    }

    [Fact]
    public async Task UpdateContest_Parts_ChangesOnlyThem()
    {
        var (group, task) = (system.AddGroup(), await system.AddTaskAsync());
        var contest = await system.TeacherContests.CreateContestAsync(AssignmentsSystem.NewContest(group, task));
        var renamed = await system.TeacherContests.UpdateContestAsync(new UpdateContestRequest { Uuid = contest.Uuid, Title = "Новое" });
        contest.Title = "Новое";
        contest.UpdatedAt = renamed.UpdatedAt;
        Assert.Equal(contest, renamed);

        var other = await system.AddTaskAsync();
        var deadline = Timestamp.FromDateTime(new DateTime(2031, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var moved = await system.TeacherContests.UpdateContestAsync(new UpdateContestRequest
        {
            Uuid = contest.Uuid,
            Tasks = { task, other },
            ForGroups = { system.AddGroup() },
            Description = "",
            Deadline = deadline,
            ForLearningClass = 9,
            Mark5 = 2,
            Mark4 = 1,
            Mark3 = 1,
        });
        Assert.Equal((2, 9, 2, 1, 1, deadline, ""), (moved.Tasks.Count, moved.ForLearningClass, moved.Mark5, moved.Mark4, moved.Mark3, moved.Deadline, moved.Description));
        Assert.NotEqual(group, moved.ForGroups.Single());
        // The marks that stay must fit what is changed.
        Assert.Equal(StatusCode.InvalidArgument, (await AssignmentsSystem.FailsAsync(system.TeacherContests.UpdateContestAsync(new UpdateContestRequest { Uuid = contest.Uuid, Tasks = { task } }))).Code);
        Assert.Equal((StatusCode.InvalidArgument, "Nothing to update"), await AssignmentsSystem.FailsAsync(system.TeacherContests.UpdateContestAsync(new UpdateContestRequest { Uuid = contest.Uuid })));
    }

    [Fact]
    public async Task ListAvailable_Over_ShowsTheLatestDeadlineFirstWhateverWasChangedLast()
    {
        var (group, task) = (system.AddGroup(), await system.AddTaskAsync());
        var now = DateTimeOffset.UtcNow;
        var contests = new List<string>();
        foreach (var seconds in new[] { -1, -7200, 3600, -3600 })
        {
            var request = AssignmentsSystem.NewContest(group, task);
            request.Deadline = Timestamp.FromDateTimeOffset(now.AddSeconds(seconds));
            contests.Add((await system.TeacherContests.CreateContestAsync(request)).Uuid);
        }

        await system.TeacherContests.UpdateContestAsync(new UpdateContestRequest { Uuid = contests[1], Title = "Новое" });

        var available = (await system.Contests(system.AddStudent(group)).ListAvailableAsync(new ListAvailableRequest())).Contests;
        Assert.Equal([contests[2], contests[0], contests[3], contests[1]], available.Select(contest => contest.Uuid));
    }

    [Fact]
    public async Task UpdateContest_DeadlineOfNull_HasNone()
    {
        var request = AssignmentsSystem.NewContest(system.AddGroup(), await system.AddTaskAsync());
        request.Deadline = Timestamp.FromDateTime(new DateTime(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        var contest = await system.TeacherContests.CreateContestAsync(request);

        var kept = await UpdateAsync($$"""{"uuid":"{{contest.Uuid}}","title":"Новое","tasks":null,"forGroups":null}""");
        Assert.Equal((request.Deadline, contest.Tasks, contest.ForGroups), (kept.Deadline, kept.Tasks, kept.ForGroups));
        var cleared = await UpdateAsync($$"""{"uuid":"{{contest.Uuid}}","deadline":null}""");
        Assert.Equal((null, "Новое"), (cleared.Deadline, cleared.Title));
        Assert.Null((await system.TeacherContests.GetContestAsync(new GetContestRequest { Uuid = contest.Uuid })).Deadline);

        async Task<Contest> UpdateAsync(string json) => await system.TeacherContests.UpdateContestAsync(ClientJson.Parse<UpdateContestRequest>(json));
    }

    [Theory]
    [InlineData("\"tasks\":[]", "tasks: must be between 1 and 50")]
    [InlineData("\"forGroups\":[],\"title\":\"Новое\"", "forGroups: must be between 1 and 100")]
    [InlineData("\"cleared\":[\"title\"]", "cleared: can name deadline only")]
    [InlineData("\"cleared\":[\"deadline\"],\"deadline\":\"2030-01-02T03:04:05\"", "deadline: cannot be given and cleared at once")]
    public async Task UpdateContest_WhatCannotBeWithout_IsRefusedNotKept(string json, string detail)
    {
        var contest = await system.TeacherContests.CreateContestAsync(AssignmentsSystem.NewContest(system.AddGroup(), await system.AddTaskAsync()));
        var request = ClientJson.Parse<UpdateContestRequest>($$"""{"uuid":"{{contest.Uuid}}",{{json}}}""");
        Assert.Equal((StatusCode.InvalidArgument, detail), await AssignmentsSystem.FailsAsync(system.TeacherContests.UpdateContestAsync(request)));
        Assert.Equal(contest.Tasks, (await system.TeacherContests.GetContestAsync(new GetContestRequest { Uuid = contest.Uuid })).Tasks.Select(task => task.Uuid));
    }

    [Fact]
    public async Task UnknownContest_IsNotFoundOrEmpty()
    {
        var student = system.Contests(system.AddStudent());
        (StatusCode, string) none = (StatusCode.NotFound, "No such contest");
        Assert.Equal(none, await AssignmentsSystem.FailsAsync(student.GetContestAsync(new GetContestRequest { Uuid = Unknown })));
        Assert.Equal(none, await AssignmentsSystem.FailsAsync(system.TeacherContests.UpdateContestAsync(new UpdateContestRequest { Uuid = Unknown, Title = "x" })));
        Assert.Equal(none, await AssignmentsSystem.FailsAsync(system.TeacherContests.GetStatisticsAsync(new GetStatisticsRequest { Uuid = Unknown })));
        Assert.Equal(none, await AssignmentsSystem.FailsAsync(student.SubmitContestAsync(Submission(Unknown))));
        Assert.Equal(new GetSolvedResponse(), await student.GetSolvedAsync(new GetSolvedRequest { Uuid = Unknown }));
        Assert.Empty((await student.ListContestSubmitsAsync(new ListContestSubmitsRequest { Contest = Unknown, Task = Unknown })).Submits);
        await system.TeacherContests.DeleteContestAsync(new DeleteContestRequest { Uuid = Unknown });
    }

    [Fact]
    public async Task NoUuid_IsInvalidEverywhere()
    {
        (StatusCode, string) invalid = (StatusCode.InvalidArgument, "uuid: value is not a valid uuid");
        var client = system.TeacherContests;
        Assert.Equal(invalid, await AssignmentsSystem.FailsAsync(client.GetContestAsync(new GetContestRequest { Uuid = "x" })));
        Assert.Equal(invalid, await AssignmentsSystem.FailsAsync(client.UpdateContestAsync(new UpdateContestRequest { Uuid = "x", Title = "x" })));
        Assert.Equal(invalid, await AssignmentsSystem.FailsAsync(client.DeleteContestAsync(new DeleteContestRequest { Uuid = "x" })));
        Assert.Equal(invalid, await AssignmentsSystem.FailsAsync(client.GetSolvedAsync(new GetSolvedRequest { Uuid = "x" })));
        Assert.Equal(invalid, await AssignmentsSystem.FailsAsync(client.GetStatisticsAsync(new GetStatisticsRequest { Uuid = "x" })));
        Assert.Equal(
            (StatusCode.InvalidArgument, "contest: value is not a valid uuid; task: field required"),
            await AssignmentsSystem.FailsAsync(client.ListContestSubmitsAsync(new ListContestSubmitsRequest { Contest = "x" })));
    }

    [Fact]
    public async Task ListAvailable_GroupClassAndDeadline_Decide()
    {
        var (group, task) = (system.AddGroup(), await system.AddTaskAsync());
        var student = system.AddStudent(group);
        var open = await system.TeacherContests.CreateContestAsync(AssignmentsSystem.NewContest(group, task));
        var soon = AssignmentsSystem.NewContest(group, task);
        soon.Deadline = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddHours(1));
        var limited = await system.TeacherContests.CreateContestAsync(soon);
        soon.Deadline = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddHours(-1));
        var over = await system.TeacherContests.CreateContestAsync(soon);
        await system.TeacherContests.CreateContestAsync(AssignmentsSystem.NewContest(system.AddGroup(), task));
        var otherClass = AssignmentsSystem.NewContest(group, task);
        otherClass.ForLearningClass = 9;
        await system.TeacherContests.CreateContestAsync(otherClass);

        var available = (await system.Contests(student).ListAvailableAsync(new ListAvailableRequest())).Contests;
        Assert.Equal([limited.Uuid, open.Uuid, over.Uuid], available.Select(contest => contest.Uuid));
        Assert.Equal((9999, over.Deadline), (available[1].Deadline.ToDateTime().Year, available[2].Deadline));
        Assert.Empty((await system.Contests(Guid.NewGuid()).ListAvailableAsync(new ListAvailableRequest())).Contests);

        (StatusCode, string) none = (StatusCode.NotFound, "No such contest");
        Assert.Equal(none, await AssignmentsSystem.FailsAsync(system.Contests(system.AddStudent()).SubmitContestAsync(Submission(open.Uuid))));
        Assert.Equal(none, await AssignmentsSystem.FailsAsync(system.Contests(system.AddStudent(group, 9)).SubmitContestAsync(Submission(open.Uuid))));
        Assert.Equal(none, await AssignmentsSystem.FailsAsync(system.Contests(Guid.NewGuid()).SubmitContestAsync(Submission(open.Uuid))));
        Assert.Equal((StatusCode.FailedPrecondition, "The deadline has passed"), await AssignmentsSystem.FailsAsync(system.Contests(student).SubmitContestAsync(Submission(over.Uuid))));
    }

    [Theory]
    [InlineData("http://github.com/a/b")]
    [InlineData("https://example.org/a/b")]
    [InlineData("https://github.com.evil.org/a/b")]
    [InlineData("https://127.0.0.1/a/b")]
    [InlineData("https://github.com:8443/a/b")]
    [InlineData("https://user:pw@github.com/a/b")]
    [InlineData("https://github.com/a/b?x=1")]
    [InlineData("https://github.com/a/b#x")]
    [InlineData("https://github.com/a/../b")]
    [InlineData("https://github.com/a/-b")]
    [InlineData("https://github.com/a/-/b/tree/main")]
    [InlineData("https://github.com/a/../tree/main")]
    [InlineData("https://example.org/a/b/tree/main")]
    [InlineData("https://github.com@example.org/a/b/tree/main")]
    [InlineData("https://github.com:8443/a/b/-/tree/main")]
    [InlineData("https://github.com/a")]
    [InlineData("https://github.com\\a\\b")]
    [InlineData("https://github.com/a/b%2e%2e")]
    [InlineData("https://github.com/a /b")]
    [InlineData("ssh://github.com/a/b")]
    [InlineData("file:///etc/passwd")]
    [InlineData("")]
    public async Task SubmitContest_OtherLinks_AreRefused(string link)
    {
        var request = Submission(Unknown);
        request.GithubLink = link;
        var (code, detail) = await AssignmentsSystem.FailsAsync(system.Contests(system.AddStudent()).SubmitContestAsync(request));
        Assert.Equal(StatusCode.InvalidArgument, code);
        Assert.StartsWith("githubLink: ", detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://gitlab.com/ada/solutions", "https://gitlab.com/ada/solutions")]
    [InlineData("  https://github.com/ada/loops \r\n", "https://github.com/ada/loops")]
    [InlineData("\uFEFFhttps://github.com/ada/loops\u200B", "https://github.com/ada/loops")]
    [InlineData("https://GitHub.com/Ada/loops.git/", "https://github.com/Ada/loops.git")]
    [InlineData("https://github.com/ada/loops/tree/main", "https://github.com/ada/loops")]
    [InlineData("https://github.com/ada/loops/blob/main/homework1/%D0%B7%D0%B0%D0%B4%D0%B0%D1%87%D0%B0%201.py#L5-L9", "https://github.com/ada/loops")]
    [InlineData("https://github.com/ada/loops/tree/main?tab=readme-ov-file", "https://github.com/ada/loops")]
    [InlineData("https://github.com/ada/loops/commits", "https://github.com/ada/loops")]
    [InlineData("https://gitlab.com/school/class10/ada/loops/-/blob/main/task1.py?ref_type=heads", "https://gitlab.com/school/class10/ada/loops")]
    [InlineData("https://gitlab.com/ada/loops/-/tree/main", "https://gitlab.com/ada/loops")]
    [InlineData("https://gitlab.com/school/tree/loops", "https://gitlab.com/school/tree/loops")]
    [InlineData("https://gitverse.ru/ada/loops/content/master/task1.py", "https://gitverse.ru/ada/loops")]
    public async Task SubmitContest_LinksAsABrowserShowsThem_AreThoseOfTheRepository(string link, string stored)
    {
        var group = system.AddGroup();
        var contest = await system.TeacherContests.CreateContestAsync(AssignmentsSystem.NewContest(group, await system.AddTaskAsync()));
        var request = Submission(contest.Uuid);
        request.GithubLink = link;
        var student = system.AddStudent(group);

        await system.Contests(student).SubmitContestAsync(request);

        var submits = (await system.Contests(student).ListContestSubmitsAsync(new ListContestSubmitsRequest { Contest = contest.Uuid, Task = contest.Tasks.Single() })).Submits;
        Assert.Equal(stored, Assert.Single(submits).Source);
    }

    [Fact]
    public async Task SubmitContest_WrongFields_AreAllNamed() =>
        Assert.Equal(
            (StatusCode.InvalidArgument, "contest: field required; githubLink: field required; language: field required"),
            await AssignmentsSystem.FailsAsync(system.Contests(system.AddStudent()).SubmitContestAsync(new SubmitContestRequest())));

    internal static SubmitContestRequest Submission(string contest) =>
        new() { Contest = contest, GithubLink = "https://GitHub.com/ada/loops.git/", Language = Language.Cpp };
}
