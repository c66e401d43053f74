using System.Text.Json;
using ShTP.Api.V1;
using ShTP.Assignments.V1;
using ShTP.Import.OldDatabase;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Import.Moves;

/// <summary>Programming tasks.</summary>
internal sealed class TaskMove(Run run) : TableMove<Assignments.V1.Task>(run, OldTables.Tasks)
{
    protected override Assignments.V1.Task Translate(OldRow row)
    {
        var createdAt = row.CreatedAt();
        var task = new Assignments.V1.Task
        {
            Uuid = row.Id.ToString(),
            AuthorId = Authors.Read(row),
            Title = row.Text("title"),
            Text = row.Text("text"),
            TimeLimit = row.Number("time_limit", 1),
            MemoryLimit = row.Number("memory_limit", 0),
            DayChallenge = row.Bool("day_challenge") ?? false,
            CreatedAt = createdAt,
            UpdatedAt = row.UpdatedAt(createdAt),
        };
        ReadTests(row, task);
        if (row.TextOrNull("function_name") is { Length: > 0 } function)
            task.FunctionName = function;
        task.TestsTypes = ReadTypes(row);
        return task;
    }

    protected override Task<List<ImportResult>> SendAsync(IReadOnlyList<Assignments.V1.Task> messages, bool isDryRun, CancellationToken cancellationToken) =>
        Run.Target.ImportTasksAsync(messages, isDryRun, cancellationToken);

    protected override Task OnThereAsync(IReadOnlyList<(OldRow Row, Assignments.V1.Task Message)> rows, CancellationToken cancellationToken)
    {
        Run.Tasks.UnionWith(rows.Select(entry => entry.Row.Id));
        return Task.CompletedTask;
    }

    private static void ReadTests(OldRow row, Assignments.V1.Task task)
    {
        if (row.Json("tests") is not { } tests)
            return;
        if (tests.ValueKind != JsonValueKind.Array)
        {
            row.Change("tests", $"none, since '{OldRow.Short(tests.GetRawText())}' is no list");
            return;
        }

        foreach (var (index, item) in tests.EnumerateArray().Index())
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("input", out var input) || !item.TryGetProperty("output", out var output))
            {
                row.Change($"tests[{index}]", $"left out, since '{OldRow.Short(item.GetRawText())}' has no input and output");
                continue;
            }

            var test = new TaskTest { Input = TextOf(input), Output = TextOf(output) };
            if (item.TryGetProperty("demo", out var demo) && demo.ValueKind is JsonValueKind.True or JsonValueKind.False)
                test.Demo = demo.GetBoolean();
            task.Tests.Add(test);
        }
    }

    private static TestsTypes? ReadTypes(OldRow row)
    {
        if (row.Json("tests_types") is not { } types)
            return null;
        if (types.ValueKind == JsonValueKind.Object && IsList(types, "input", out var input) && IsList(types, "output", out var output))
            return new TestsTypes { Input = { input.EnumerateArray().Select(TextOf) }, Output = { output.EnumerateArray().Select(TextOf) } };
        row.Change("tests_types", $"none, since '{OldRow.Short(types.GetRawText())}' has no lists input and output");
        return null;
    }

    private static bool IsList(JsonElement types, string name, out JsonElement list) => types.TryGetProperty(name, out list) && list.ValueKind == JsonValueKind.Array;

    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
