using ShTP.Assignments.V1;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Services.Tests.Assignments;

public sealed class EditorTests(AssignmentsSystem system) : IClassFixture<AssignmentsSystem>
{
    [Fact]
    public async Task UpdateTask_EveryFormatOfTheEditor_IsReadAsItWasWritten()
    {
        var written = await QuillEditor.WriteAsync();
        Assert.True(written.Length > 500);
        var request = new UpdateTaskRequest { Uuid = await system.AddTaskAsync(), Title = "Форматы", TimeLimit = 1, MemoryLimit = 16 };
        var stored = new List<string>();
        foreach (var text in written)
        {
            request.Text = text.Html;
            stored.Add((await system.Teacher.UpdateTaskAsync(request)).Text);
        }

        // The editor itself joins blanks when it reads what it wrote.
        var expected = await QuillEditor.ReadAsync(written.Select(text => text.Html));
        var read = await QuillEditor.ReadAsync(stored);
        for (var i = 0; i < written.Length; i++)
        {
            Assert.True(expected[i].Text == read[i].Text, $"{written[i].Name}: {stored[i]}");
            if (!IsColored(written[i].Name))
                Assert.True(expected[i].Html == read[i].Html, $"{written[i].Name}: {stored[i]}");
        }
    }

    [Fact]
    public async Task UpdateTask_ATextAsItIsStored_SavesAgain()
    {
        var task = await system.Teacher.CreateTaskAsync(new CreateTaskRequest
        {
            Title = "Старая",
            Text = "<div align=\"center\" style=\"color: red\">Дано <font face=\"Arial\">n</font></div><a href=\"/tasks\" target=\"_self\">ещё</a>",
            TimeLimit = 1,
            MemoryLimit = 16,
        });
        Assert.Equal("<p class=\"ql-align-center\">Дано n</p><a href=\"/tasks\" rel=\"noopener noreferrer\" target=\"_blank\">ещё</a>", task.Text);
        var again = await system.Teacher.UpdateTaskAsync(new UpdateTaskRequest { Uuid = task.Uuid, Title = task.Title, Text = task.Text, TimeLimit = 1, MemoryLimit = 16 });
        Assert.Equal(task.Text, again.Text);
    }

    private static bool IsColored(string name) => name.Contains("color", StringComparison.Ordinal) || name.Contains("background", StringComparison.Ordinal);
}
