using System.Text;
using System.Text.Json.Nodes;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests.Chaos;

/// <summary>Students hand in programs, right and wrong ones.</summary>
internal sealed class JudgingLoad(ApiClient admin, int seed) : Load(admin, seed)
{
    private const int Students = 3;

    private readonly List<Person> _students = [];
    private readonly Dictionary<string, (Person Student, bool IsRight)> _submitted = [];

    public override async Task PrepareAsync()
    {
        var group = await CreateGroupAsync();
        for (var i = 0; i < Students; i++)
            _students.Add(await CreateAsync(group));
        await Client.CallAsync(Admin, HttpMethod.Put, "/api/v1/assigments/tasks", PatientClient.Json(new
        {
            title = $"Sum {Guid.NewGuid():N}",
            text = "<p>Add two numbers.</p>",
            timeLimit = 5,
            memoryLimit = 64,
            dayChallenge = true,
            tests = new[] { new { input = "1 2", output = "3", demo = true }, new { input = "20 22", output = "42", demo = false } },
        }));
    }

    protected override async Task StepAsync()
    {
        var (student, isRight) = (_students[Random.Next(Students)], Random.Next(2) == 0);
        var source = Encoding.UTF8.GetBytes(isRight ? "print(sum(map(int, input().split())))\n" : "print(3)\n");
        var answer = await Client.CallAsync(student.Client, HttpMethod.Post, "/api/v1/assigments/tasks/challenge/submit",
            () => new MultipartFormDataContent { { new ByteArrayContent(source), "source", "solution.py" } });
        _submitted[(string)answer["uuid"]!] = (student, isRight);
        await JudgedAsync((string)answer["uuid"]!, student);
    }

    public override async Task VerifyAsync()
    {
        foreach (var (id, (student, isRight)) in _submitted)
        {
            var submission = await JudgedAsync(id, student);
            Assert.True(isRight == (bool)submission["solved"]!, $"{id} has the wrong verdict: {submission}");
        }
    }

    private async Task<JsonNode> JudgedAsync(string id, Person student)
    {
        JsonNode? submission = null;
        await Eventually.HoldsAsync(async () =>
        {
            submission = (await Client.CallAsync(student.Client, HttpMethod.Get, $"/api/v1/assigments/tasks/submit/{id}")).Json!;
            return (int)submission["status"]! == 2;
        }, $"the program {id} is judged", TimeSpan.FromMinutes(2));
        return submission!;
    }
}
