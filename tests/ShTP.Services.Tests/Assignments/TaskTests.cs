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
        string[] added = [await system.AddTaskAsync("Первая"), await system.AddTaskAsync("Вторая"), await system.AddTaskAsync("Третья")];
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
            TimeLimit = 51,
            FunctionName = "while",
            Checker = (AnswerChecker)7,
            Tolerance = 2,
            TestsTypes = new TestsTypes { Input = { "set" } },
        }));
        Assert.Equal(StatusCode.InvalidArgument, code);
        Assert.Equal(
            "title: must have 1 to 200 characters; text: holds a script: remove it; timeLimit: must be between 1 and 50; memoryLimit: field required; "
            + "checker: must be tokens, floats or exact; tolerance: must be above 0 and at most 1; "
            + "functionName: must be a name in Python and in C++ of at most 50 characters; testsTypes.output: must have exactly one type; "
            + "testsTypes.input: must be int, long (long long), float (double), bool, str (string), char, list[...] (vector<...>) or map<..., ...>, or nothing but void", detail);
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

    /// <summary>As the form of the web client offers them, and the tests of the old system are written.</summary>
    [Theory]
    [InlineData("int", "int", "1", "1")]
    [InlineData("long long", "long long", "5000000000", "5000000000")]
    [InlineData("double", "float", "0.5", ".5")]
    [InlineData("char", "char", "a", "\"a\"")]
    [InlineData("string", "string", "word", "two words")]
    [InlineData("bool", "bool", "1", "false")]
    [InlineData("vector<int>", "vector<long long>", "5 6 7", "[5, 6, 7]")]
    [InlineData("vector<vector<char> >", "list[list[str]]", "[[\"a\"]]", "[[\"a\"], []]")]
    [InlineData("map<string, vector<int>>", "map<int,bool>", "{\"a\": [1]}", "{\"1\": true}")]
    [InlineData("void", "int", "", "1")]
    [InlineData("int", "void", "1", "whatever it prints")]
    [InlineData("string", "vector<string>", "\uFEFFword\r\n", "a b\r\n")]
    public async Task CreateTask_EachTypeInEachSpelling_IsGivenBackAsItWasGiven(string argument, string result, string input, string output)
    {
        var request = AssignmentsSystem.NewTask("Типы");
        request.Tests.Clear();
        request.Tests.Add(new TaskTest { Input = input, Output = output });
        (request.FunctionName, request.TestsTypes) = ("solve", new TestsTypes { Input = { argument }, Output = { result } });

        var read = await system.Teacher.GetTaskAsync(new GetTaskRequest { Uuid = (await system.Teacher.CreateTaskAsync(request)).Uuid });

        Assert.Equal((request.TestsTypes, "solve"), (read.TestsTypes, read.FunctionName));
        Assert.Equal(request.Tests, read.Tests);
    }

    [Fact]
    public async Task CreateTask_OldTestOfTwoNumbers_IsAccepted()
    {
        var request = AssignmentsSystem.NewTask();
        (request.FunctionName, request.TestsTypes) = ("add", new TestsTypes { Input = { "int", "int" }, Output = { "int" } });

        Assert.Equal(["1 2", "2 2"], (await system.Teacher.CreateTaskAsync(request)).Tests.Select(test => test.Input));
    }

    [Theory]
    [InlineData("vector<int>", "2 5 7")]
    [InlineData("vector<int>", "3\n1 2 3")]
    [InlineData("vector<vector<int>>", "1 2\n3 4")]
    [InlineData("map<int, int>", "1 2")]
    [InlineData("string", "two words")]
    [InlineData("string", "\"half")]
    [InlineData("char", "ab")]
    [InlineData("char", "\"я\"")]
    [InlineData("int", "1 2")]
    [InlineData("void", "1")]
    public async Task CreateTask_TestsThatCanBeReadInTwoWaysOrNone_AreNamed(string type, string input)
    {
        var request = AssignmentsSystem.NewTask();
        request.Tests.Clear();
        request.Tests.Add(new TaskTest { Input = input, Output = "1" });
        (request.FunctionName, request.TestsTypes) = ("add", new TestsTypes { Input = { type }, Output = { "int" } });

        Assert.Equal((StatusCode.InvalidArgument, "tests[0].input: must have one line for each argument, as JSON of its type"), await AssignmentsSystem.FailsAsync(system.Teacher.CreateTaskAsync(request)));
    }

    [Theory]
    [InlineData("vector<vector>")]
    [InlineData("vector<void>")]
    [InlineData("map<vector<int>, int>")]
    [InlineData("map<int>")]
    [InlineData("vector<int]")]
    [InlineData("set<int>")]
    [InlineData("list[list[list[list[list[list[int]]]]]]")]
    [InlineData("")]
    public async Task CreateTask_OtherTypes_AreRefused(string type)
    {
        var request = AssignmentsSystem.NewTask();
        request.Tests.Clear();
        (request.FunctionName, request.TestsTypes) = ("add", new TestsTypes { Input = { type, "int" }, Output = { type } });

        var (code, detail) = await AssignmentsSystem.FailsAsync(system.Teacher.CreateTaskAsync(request));

        Assert.Equal(StatusCode.InvalidArgument, code);
        Assert.StartsWith("testsTypes.input: must be int, ", detail, StringComparison.Ordinal);
        Assert.Contains("testsTypes.output: must be int, ", detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("main", "int", "int", "must be a name in Python and in C++ of at most 50 characters")]
    [InlineData("lambda", "int", "int", "must be a name in Python and in C++ of at most 50 characters")]
    [InlineData("shtp_add", "int", "int", "must be a name in Python and in C++ of at most 50 characters")]
    [InlineData("errno", "int", "int", "'errno' is something else in C++ already: choose another name")]
    [InlineData("size_t", "int", "int", "'size_t' is something else in C++ already: choose another name")]
    [InlineData("isdigit", "int", "bool", "C++ has a function 'isdigit' with these arguments and another result already: choose another name")]
    [InlineData("round", "double", "int", "C++ has a function 'round' with these arguments and another result already: choose another name")]
    public async Task CreateTask_NamesThatCanNeverWork_AreRefused(string name, string argument, string result, string fault)
    {
        var request = AssignmentsSystem.NewTask();
        request.Tests.Clear();
        (request.FunctionName, request.TestsTypes) = (name, new TestsTypes { Input = { argument }, Output = { result } });

        Assert.Equal((StatusCode.InvalidArgument, $"functionName: {fault}"), await AssignmentsSystem.FailsAsync(system.Teacher.CreateTaskAsync(request)));
    }

    [Fact]
    public async Task CreateTask_LimitsThatTheFormAllows_AreTaken()
    {
        var request = AssignmentsSystem.NewTask();
        (request.TimeLimit, request.MemoryLimit) = (50, 4096);

        var created = await system.Teacher.CreateTaskAsync(request);

        Assert.Equal((50, 4096), (created.TimeLimit, created.MemoryLimit));
    }

    [Fact]
    public async Task UpdateTask_WithoutAChecker_KeepsIt()
    {
        var plain = await system.Teacher.CreateTaskAsync(AssignmentsSystem.NewTask());
        Assert.Equal((AnswerChecker.Tokens, 1e-6), (plain.Checker, plain.Tolerance));
        var request = AssignmentsSystem.NewTask();
        (request.Checker, request.Tolerance) = (AnswerChecker.Floats, 0.001);
        var created = await system.Teacher.CreateTaskAsync(request);
        Assert.Equal((AnswerChecker.Floats, 0.001), (created.Checker, created.Tolerance));

        var update = new UpdateTaskRequest { Uuid = created.Uuid, Title = "Иначе", TimeLimit = 1, MemoryLimit = 16 };
        var kept = await system.Teacher.UpdateTaskAsync(update);
        Assert.Equal((AnswerChecker.Floats, 0.001), (kept.Checker, kept.Tolerance));
        (update.Checker, update.Tolerance) = (AnswerChecker.Exact, 0.5);
        await system.Teacher.UpdateTaskAsync(update);
        var read = await system.Teacher.GetTaskAsync(new GetTaskRequest { Uuid = created.Uuid });
        Assert.Equal((AnswerChecker.Exact, 0.5), (read.Checker, read.Tolerance));
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
        var updated = await system.Teacher.UpdateTaskAsync(new UpdateTaskRequest
        {
            Uuid = created.Uuid,
            Title = "Новая",
            Text = "",
            TimeLimit = 1,
            MemoryLimit = 16,
            Tests = { new TaskTest { Input = "1", Output = "1" } },
        });
        Assert.Equal(("Новая", "", 1, 16, 1), (updated.Title, updated.Text, updated.TimeLimit, updated.MemoryLimit, updated.Tests.Count));
        Assert.True(updated.UpdatedAt.ToDateTime() > created.UpdatedAt.ToDateTime());
        Assert.Equal(updated, await system.Teacher.GetTaskAsync(new GetTaskRequest { Uuid = created.Uuid }));
    }

    [Fact]
    public async Task UpdateTask_AsItIsInTheList_KeepsItsTests()
    {
        var created = await system.Teacher.CreateTaskAsync(AssignmentsSystem.NewTask("Из списка"));
        var row = (await system.Teacher.ListTasksAsync(new ListTasksRequest())).Tasks.Single(task => task.Uuid == created.Uuid);
        var updated = await system.Teacher.UpdateTaskAsync(new UpdateTaskRequest
        {
            Uuid = row.Uuid,
            Title = "Другое название",
            Text = row.Text,
            TimeLimit = row.TimeLimit,
            MemoryLimit = row.MemoryLimit,
            Tests = { row.Tests },
        });
        Assert.Equal("Другое название", updated.Title);
        Assert.Equal(created.Tests, updated.Tests);
        Assert.NotEmpty(updated.Tests);
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
        Assert.Equal(new[] { plain, percent }.Order(), (await FindAsync(" скидка  50")).Order());
        var fir = await system.AddTaskAsync("Ёлка — «Кафе\u0301»");
        Assert.Equal([fir], await FindAsync("елка - «кафе"));
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
        Assert.Equal((StatusCode.FailedPrecondition, "There are 500 tasks already; delete some first, and those with submissions are archived"), await AssignmentsSystem.FailsAsync(filled.Teacher.CreateTaskAsync(AssignmentsSystem.NewTask())));
        var all = (await filled.Teacher.ListTasksAsync(new ListTasksRequest())).Tasks;
        Assert.Equal(500, all.Count);
        await filled.Teacher.DeleteTaskAsync(new DeleteTaskRequest { Uuid = all[0].Uuid });
        await filled.AddTaskAsync();
    }

    [Fact]
    public async Task ListTasks_LargeTests_AreLeftOutAndNothingIsCut()
    {
        await using var own = new OwnSystem();
        var filled = await own.StartAsync();
        var large = AssignmentsSystem.NewTask();
        large.Tests.Add(Enumerable.Repeat(new TaskTest { Input = new string('1', 60_000), Output = "1" }, 17));
        for (var i = 0; i < 61; i++)
        {
            large.Title = $"Большая {i}";
            await filled.Teacher.CreateTaskAsync(large);
        }

        var listed = await filled.Teacher.ListTasksAsync(new ListTasksRequest());

        Assert.Equal((61, ""), (listed.Tasks.Count, listed.Next));
        Assert.All(listed.Tasks, task => Assert.Empty(task.Tests));
        Assert.Equal(19, (await filled.Teacher.GetTaskAsync(new GetTaskRequest { Uuid = listed.Tasks[0].Uuid })).Tests.Count);
    }

    [Theory]
    [InlineData(null, 300, 2)]
    [InlineData(7, 10, 3)]
    public async Task ListTasks_PageByPage_HasEachTaskOnce(int? limit, int textKibibytes, int pages)
    {
        await using var own = new OwnSystem();
        var filled = await own.StartAsync();
        var made = new List<string>();
        var task = AssignmentsSystem.NewTask();
        task.Text = "<p>" + new string('я', Math.Min(textKibibytes * 512, 99_000)) + "</p>";
        for (var i = 0; i < 20; i++)
        {
            task.Title = $"Длинная {i}";
            made.Insert(0, (await filled.Teacher.CreateTaskAsync(task)).Uuid);
        }

        var found = new List<string>();
        var request = new ListTasksRequest();
        if (limit is { } most)
            request.Limit = most;
        var count = 0;
        do
        {
            var page = await filled.Teacher.ListTasksAsync(request);
            Assert.InRange(page.CalculateSize(), 1, 3 * 1024 * 1024);
            found.AddRange(page.Tasks.Select(row => row.Uuid));
            request.Before = page.Next;
            count++;
        }
        while (request.Before.Length > 0);

        Assert.Equal(made, found);
        Assert.Equal(pages, count);
    }

    [Fact]
    public async Task ListTasks_WrongPlaceOrLimit_IsRefused()
    {
        Assert.Equal(
            (StatusCode.InvalidArgument, "limit: must be between 1 and 500; before: value is not a valid uuid"),
            await AssignmentsSystem.FailsAsync(system.Teacher.ListTasksAsync(new ListTasksRequest { Limit = 501, Before = "x" })));
        Assert.Equal(
            (StatusCode.InvalidArgument, "before: there is no task with this uuid"),
            await AssignmentsSystem.FailsAsync(system.Teacher.ListTasksAsync(new ListTasksRequest { Before = Unknown })));
    }
}
