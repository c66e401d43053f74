using Grpc.Core;
using ShTP.Assignments.V1;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Services.Tests.Assignments;

public sealed class TaskTests(AssignmentsSystem system) : IClassFixture<AssignmentsSystem>
{
    private const string NoTask = "Task with such uuid not found";

    private static readonly string Unknown = Guid.NewGuid().ToString();

    [Fact]
    public async Task CreateTask_Whole_AnswersWhatIsStored()
    {
        var request = AssignmentsSystem.NewTask("Функция");
        request.FunctionName = "add";
        request.TestsTypes = new TestsTypes { Input = { "long", "list[float]" }, Output = { "str" } };
        request.Tests.Clear();
        request.Tests.Add(new TaskTest { Input = "1\n[1.5, 2]", Output = "\"x\"", Demo = false });
        request.Text = "<p>Дано<sub>i</sub></p><table><tbody><tr><td colspan=\"2\">1</td></tr></tbody></table><img src=\"https://example.org/a.png\" alt=\"a\">";

        var created = await system.Teacher.CreateTaskAsync(request);
        var read = await system.Teacher.GetTaskAsync(new GetTaskRequest { Uuid = created.Uuid });

        Assert.Equal(created, read);
        Assert.Equal(request.Text, read.Text);
        Assert.Equal((2, 64, false, "add"), (read.TimeLimit, read.MemoryLimit, read.DayChallenge, read.FunctionName));
        Assert.Equal(request.TestsTypes, read.TestsTypes);
        Assert.Equal(request.Tests, read.Tests);
        Assert.Equal(system.TeacherId.ToString(), read.AuthorId);
        Assert.Contains(created.Uuid, (await system.Teacher.ListTasksAsync(new ListTasksRequest())).Tasks.Select(task => task.Uuid));
    }

    [Fact]
    public async Task ListTasks_Several_AreNewestFirst()
    {
        string[] added = [await system.AddTaskAsync(), await system.AddTaskAsync(), await system.AddTaskAsync()];
        var listed = (await system.Teacher.ListTasksAsync(new ListTasksRequest())).Tasks.Select(task => task.Uuid).Where(added.Contains);
        Assert.Equal(added.Reverse(), listed);
    }

    [Fact]
    public async Task GetTask_OfAStudent_ShowsDemoTestsOnly()
    {
        var task = await system.AddTaskAsync();
        var seen = await system.Tasks(Guid.NewGuid()).GetTaskAsync(new GetTaskRequest { Uuid = task });
        Assert.Equal(["1 2"], seen.Tests.Select(test => test.Input));
        Assert.Null(seen.TestsTypes);
    }

    [Fact]
    public async Task CreateTask_EmptyFunctionFields_HasNoFunction()
    {
        var request = AssignmentsSystem.NewTask();
        (request.FunctionName, request.TestsTypes) = ("", new TestsTypes());
        var task = await system.Teacher.CreateTaskAsync(request);
        Assert.False(task.HasFunctionName);
        Assert.Null(task.TestsTypes);
    }

    [Fact]
    public async Task CreateTask_WrongFields_AreAllNamed()
    {
        var (code, detail) = await AssignmentsSystem.FailsAsync(system.Teacher.CreateTaskAsync(new CreateTaskRequest
        {
            Title = new string('x', 201),
            Text = "<script>alert(1)</script>",
            TimeLimit = 21,
            FunctionName = "while",
            TestsTypes = new TestsTypes { Input = { "set" } },
        }));
        Assert.Equal(StatusCode.InvalidArgument, code);
        Assert.Equal(
            "title: must have 1 to 200 characters; text: holds a script: remove it; timeLimit: must be between 1 and 20; memoryLimit: field required; "
            + "functionName: must be a name in Python and in C++ of at most 50 characters; testsTypes.output: must have exactly one type; "
            + "testsTypes: must be int, long, float, bool, str or a list of them, such as list[int]", detail);
    }

    [Theory]
    [InlineData("1", "3", "tests[0].input: must have one line for each argument, as JSON of its type")]
    [InlineData("1\nx", "3", "tests[0].input: must have one line for each argument, as JSON of its type")]
    [InlineData("1\n1.5", "3", "tests[0].input: must have one line for each argument, as JSON of its type")]
    [InlineData("1\n3000000000", "3", "tests[0].input: must have one line for each argument, as JSON of its type")]
    [InlineData("1\n2", "[3]", "tests[0].output: must be JSON of the result's type")]
    public async Task CreateTask_TestsThatDoNotFitTheFunction_AreNamed(string input, string output, string expected)
    {
        var request = AssignmentsSystem.NewTask();
        request.Tests.Clear();
        request.Tests.Add(new TaskTest { Input = input, Output = output });
        (request.FunctionName, request.TestsTypes) = ("add", new TestsTypes { Input = { "int", "int" }, Output = { "int" } });
        Assert.Equal((StatusCode.InvalidArgument, expected), await AssignmentsSystem.FailsAsync(system.Teacher.CreateTaskAsync(request)));
    }

    [Theory]
    [InlineData("float", "1e999")]
    [InlineData("list[float]", "[1, -1e999]")]
    [InlineData("str", "\"\\ud800\"")]
    [InlineData("list[str]", "[\"a\", \"\\udc00\"]")]
    public async Task CreateTask_ValuesThatNoProgramCanHave_AreNamed(string type, string value)
    {
        var request = AssignmentsSystem.NewTask();
        request.Tests.Clear();
        request.Tests.Add(new TaskTest { Input = value, Output = value });
        (request.FunctionName, request.TestsTypes) = ("echo", new TestsTypes { Input = { type }, Output = { type } });
        Assert.Equal(
            (StatusCode.InvalidArgument, "tests[0].input: must have one line for each argument, as JSON of its type; tests[0].output: must be JSON of the result's type"),
            await AssignmentsSystem.FailsAsync(system.Teacher.CreateTaskAsync(request)));
    }

    [Fact]
    public async Task CreateTask_TestsTooLarge_AreRefused()
    {
        var request = AssignmentsSystem.NewTask();
        request.Tests.Clear();
        request.Tests.Add(Enumerable.Repeat(new TaskTest { Input = new string('1', 60_000), Output = "1" }, 18));
        Assert.Equal((StatusCode.InvalidArgument, "tests: must have at most 1048576 bytes together"), await AssignmentsSystem.FailsAsync(system.Teacher.CreateTaskAsync(request)));
        request.Tests.Clear();
        request.Tests.Add(new TaskTest { Input = new string('я', 40_000), Output = "\u0001" });
        Assert.Equal(
            (StatusCode.InvalidArgument, "tests[0].output: must not contain control characters; tests[0]: input and output must have at most 65536 bytes each"),
            await AssignmentsSystem.FailsAsync(system.Teacher.CreateTaskAsync(request)));
        request.Tests.Clear();
        request.Tests.Add(Enumerable.Repeat(new TaskTest(), 101));
        Assert.Equal((StatusCode.InvalidArgument, "tests: must be at most 100"), await AssignmentsSystem.FailsAsync(system.Teacher.CreateTaskAsync(request)));
    }

    [Fact]
    public async Task UpdateTask_Whole_ReplacesIt()
    {
        var created = await system.Teacher.CreateTaskAsync(AssignmentsSystem.NewTask());
        var updated = await system.Teacher.UpdateTaskAsync(new UpdateTaskRequest { Uuid = created.Uuid, Title = "Новая", Text = "", TimeLimit = 1, MemoryLimit = 16 });
        Assert.Equal(("Новая", "", 1, 16, 0), (updated.Title, updated.Text, updated.TimeLimit, updated.MemoryLimit, updated.Tests.Count));
        Assert.True(updated.UpdatedAt.ToDateTime() > created.UpdatedAt.ToDateTime());
        Assert.Equal(updated, await system.Teacher.GetTaskAsync(new GetTaskRequest { Uuid = created.Uuid }));
    }

    [Fact]
    public async Task UnknownTask_IsNotFoundEverywhere()
    {
        (StatusCode, string) expected = (StatusCode.NotFound, NoTask);
        Assert.Equal(expected, await AssignmentsSystem.FailsAsync(system.Teacher.GetTaskAsync(new GetTaskRequest { Uuid = Unknown })));
        Assert.Equal(expected, await AssignmentsSystem.FailsAsync(system.Teacher.UpdateTaskAsync(new UpdateTaskRequest { Uuid = Unknown, Title = "x", TimeLimit = 1, MemoryLimit = 16 })));
        Assert.Equal(expected, await AssignmentsSystem.FailsAsync(system.Teacher.SetChallengeAsync(new SetChallengeRequest { Uuid = Unknown })));
    }

    [Fact]
    public async Task NoUuid_IsInvalidEverywhere()
    {
        (StatusCode, string) expected = (StatusCode.InvalidArgument, "uuid: value is not a valid uuid");
        Assert.Equal(expected, await AssignmentsSystem.FailsAsync(system.Teacher.GetTaskAsync(new GetTaskRequest { Uuid = "x" })));
        Assert.Equal(expected, await AssignmentsSystem.FailsAsync(system.Teacher.SetChallengeAsync(new SetChallengeRequest { Uuid = "x" })));
        Assert.Equal(expected, await AssignmentsSystem.FailsAsync(system.Teacher.UpdateTaskAsync(new UpdateTaskRequest { Uuid = "x", Title = "x", TimeLimit = 1, MemoryLimit = 16 })));
        Assert.Equal(expected, await AssignmentsSystem.FailsAsync(system.Teacher.ListTaskSubmitsAsync(new ListTaskSubmitsRequest { Uuid = "x" })));
    }

    [Fact]
    public async Task SearchTasks_WildcardsAndCase_MeanThemselves()
    {
        var (percent, plain) = (await system.AddTaskAsync("Скидка 50%_\\ раз"), await system.AddTaskAsync("Скидка 50 раз"));
        var client = system.Host.Anonymous<TasksService.TasksServiceClient>();
        async Task<string[]> FindAsync(string query) => [.. (await client.SearchTasksAsync(new SearchTasksRequest { Query = query })).Tasks.Select(task => task.Uuid)];
        Assert.Equal(new[] { plain, percent }.Order(), (await FindAsync("сКИДКА")).Order());
        Assert.Equal([percent], await FindAsync("50%"));
        Assert.Equal([percent], await FindAsync("_\\"));
        Assert.Empty(await FindAsync("С_идка"));
        string[] sorted = [await system.AddTaskAsync("Поиск А"), await system.AddTaskAsync("Поиск В"), await system.AddTaskAsync("Поиск Б")];
        Assert.Equal([sorted[0], sorted[2], sorted[1]], await FindAsync("поиск"));
        Assert.Equal((StatusCode.InvalidArgument, "query: field required"), await AssignmentsSystem.FailsAsync(client.SearchTasksAsync(new SearchTasksRequest())));
        Assert.Equal((StatusCode.InvalidArgument, "query: must have at most 100 characters"),
            await AssignmentsSystem.FailsAsync(client.SearchTasksAsync(new SearchTasksRequest { Query = new string('x', 101) })));
    }

    [Fact]
    public async Task CreateTask_BeyondTheLimit_IsRefused()
    {
        await using var own = new OwnSystem();
        var filled = await own.StartAsync();
        await filled.WithDbAsync(db => OwnSystem.FillTasksAsync(db, 500));
        Assert.Equal((StatusCode.FailedPrecondition, "There are 500 tasks already"), await AssignmentsSystem.FailsAsync(filled.Teacher.CreateTaskAsync(AssignmentsSystem.NewTask())));
        Assert.Equal(500, (await filled.Teacher.ListTasksAsync(new ListTasksRequest())).Tasks.Count);
    }

    [Fact]
    public async Task ListTasks_MoreThanAMessageHolds_GivesTheNewest()
    {
        await using var own = new OwnSystem();
        var filled = await own.StartAsync();
        var large = AssignmentsSystem.NewTask();
        large.Tests.Add(Enumerable.Repeat(new TaskTest { Input = new string('1', 60_000), Output = "1" }, 17));
        for (var i = 0; i < 5; i++)
            await filled.Teacher.CreateTaskAsync(large);
        var newest = await filled.AddTaskAsync();
        var listed = (await filled.Teacher.ListTasksAsync(new ListTasksRequest())).Tasks;
        Assert.Equal(newest, listed[0].Uuid);
        Assert.Equal(4, listed.Count);
    }
}
