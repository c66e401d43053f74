using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace ShTP.Demo;

/// <summary>The state of the run: users and their HTTP clients.</summary>
internal sealed class School(Plan plan, Api anybody, Api admin, string password)
{
    /// <summary>Concurrency of calls. More would only compete on a machine that also runs the system.</summary>
    private const int Parallelism = 4;

    private readonly ConcurrentDictionary<Person, Api> _signedIn = new();
    private readonly ConcurrentDictionary<Person, string> _uuids = new();

    public Plan Plan => plan;

    public Api Admin => admin;

    /// <summary>Without a sign-in.</summary>
    public Api Anybody => anybody;

    public string Password => password;

    /// <summary>Uuids by name.</summary>
    public Dictionary<string, string> Groups { get; } = [];

    public Api As(Person person) => _signedIn[person];

    public string UuidOf(Person person) => _uuids[person];

    /// <summary>The teacher of a student.</summary>
    public Api TeacherOf(Person student) => As(Plan.Teachers[student.Number % Plan.Teachers.Count]);

    public static Task ForEachAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, Task> action, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (item, cancellation) => await action(item, cancellation));

    public Task SignInAsync(IEnumerable<Person> people, CancellationToken cancellationToken) => ForEachAsync(people, async (person, cancellation) =>
    {
        var api = await anybody.SignInAsync(person.Email, password, cancellation);
        _signedIn[person] = api;
        _uuids[person] = (string)(await api.GetAsync("auth/me", cancellation))!["uuid"]!;
    }, cancellationToken);

    /// <summary>All pages of a list with a cursor.</summary>
    public static async Task<List<JsonNode>> PagesAsync(Api api, string path, string cursor, CancellationToken cancellationToken)
    {
        var rows = new List<JsonNode>();
        for (var page = await api.ListAsync(path, cancellationToken); page.Count > 0;
            page = await api.ListAsync($"{path}?{cursor}={(string)rows[^1]["uuid"]!}", cancellationToken))
            rows.AddRange(page.Select(row => row!));
        return rows;
    }
}
