using ShTP.Import;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.OldSystem;

/// <summary>Imports that end before their end, and those that may not begin.</summary>
public sealed class InterruptedImportTests
{
    // Row by row, so that there is much to interrupt.
    private const string OneByOne = "--Import:BatchSize=1";
    private const int MaxLine = 40;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Import_KilledAndStartedAgain_EndsAsIfNothingHadHappened()
    {
        await using var system = await ImportSystem.StartAsync();
        await using var school = await OldSchool.CreateAsync();
        for (var kill = 0; kill < 3; kill++)
        {
            var line = Random.Shared.Next(1, MaxLine);
            File.Delete(school.Database.Report);
            using var import = system.Start(school.Database, OneByOne);
            var errors = import.StandardError.ReadToEndAsync(Token);
            _ = import.StandardOutput.ReadToEndAsync(Token);
            await Eventually.HoldsAsync(() => Task.FromResult(import.HasExited || ImportSystem.ReadReport(school.Database).Count >= line), $"line {line}", TimeSpan.FromSeconds(60));
            Assert.False(import.HasExited, $"It ended before it was killed at line {line}: {(import.HasExited ? await errors : "")}");
            import.Kill();
            await import.WaitForExitAsync(Token);
        }

        await AssertEndsWellAsync(system, school);
    }

    [Fact]
    public async Task Import_StoppedAndStartedAgain_EndsAsIfNothingHadHappened()
    {
        await using var system = await ImportSystem.StartAsync();
        await using var school = await OldSchool.CreateAsync();
        using var stop = new CancellationTokenSource();
        var line = Random.Shared.Next(1, MaxLine);
        var import = Task.Run(() => system.RunAsync(school.Database, [OneByOne], stop.Token), Token);
        await Eventually.HoldsAsync(() => Task.FromResult(import.IsCompleted || ImportSystem.ReadReport(school.Database).Count >= line), $"line {line}", TimeSpan.FromSeconds(60));
        await stop.CancelAsync();
        var stopped = await import;
        Assert.Equal((ImportRun.Stopped, $"Stopped. The same command again continues.{Environment.NewLine}"), (stopped.ExitCode, stopped.Errors));

        await AssertEndsWellAsync(system, school);
    }

    [Fact]
    public async Task Import_ServiceIsAway_GivesUpAndSaysWhich()
    {
        await using var system = await ImportSystem.StartAsync();
        await using var school = await OldSchool.CreateAsync();

        var ran = await system.RunAsync(school.Database, ["--services:notifications:grpc:0=http://127.0.0.1:9"]);

        Assert.Equal((ImportRun.Outage, $"Given up: notifications is not available. The same command again continues.{Environment.NewLine}"), (ran.ExitCode, ran.Errors));
        Assert.All(await system.CountAsync(), count => Assert.Equal(0, count.Value));
    }

    [Fact]
    public async Task Import_WithAnotherKey_IsLetInNowhere()
    {
        await using var system = await ImportSystem.StartAsync();
        await using var school = await OldSchool.CreateAsync();

        var ran = await system.RunAsync(school.Database, [$"--ServiceIdentity:PrivateKey={TestKeys.ConfigurationOf("gateway")["ServiceIdentity:PrivateKey"]}"]);

        Assert.Equal(ImportRun.Outage, ran.ExitCode);
        Assert.Contains("auth does not accept this service's identity: Signature verification failed", ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_TablesAndColumnsMissing_NamesAllAndReadsNothing()
    {
        await using var system = await ImportSystem.StartAsync();
        await using var school = await OldSchool.CreateAsync();
        await school.Database.ExecuteAsync("ALTER TABLE submits RENAME TO solutions; ALTER TABLE users DROP COLUMN email; ALTER TABLE tasks RENAME COLUMN text TO body; ALTER TABLE users DROP COLUMN kaggle");

        var ran = await system.RunAsync(school.Database);

        Assert.Equal(ImportRun.CannotStart, ran.ExitCode);
        Assert.Equal(
            [
                "The old database is not as expected:",
                "  - the table users has no column email (another name: Import:Columns:users:email=NAME)",
                "  - the table users has no column kaggle (another name: Import:Columns:users:kaggle=NAME; none: an empty NAME)",
                "  - the table tasks has no column text (another name: Import:Columns:tasks:text=NAME)",
                "  - there is no table submits (another name: Import:Tables:submits=NAME)",
                "",
            ],
            ran.Errors.Split(Environment.NewLine));
        Assert.False(File.Exists(school.Database.Report));

        await school.Database.ExecuteAsync("ALTER TABLE users ADD COLUMN email varchar");
        var mapped = await system.RunAsync(school.Database, ["--dry-run", "--Import:Tables:submits=solutions", "--Import:Columns:tasks:text=body", "--Import:Columns:users:kaggle="]);
        Assert.Equal(ImportRun.Incomplete, mapped.ExitCode);
        Assert.Equal("moved", mapped.Of("tasks", school.Sum).Outcome);
    }

    [Fact]
    public async Task Import_NotConfigured_NamesEverySetting()
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();

        var code = await ImportRun.RunAsync(["--Import:BatchSize=0", "--Import:Columns:users:emial=x", "--Import:Columns:users:email=", "--Import:Tables:people=x"], output, errors, Token);

        Assert.Equal(ImportRun.CannotStart, code);
        foreach (var fault in new[]
        {
            "ServiceIdentity:PrivateKey is not set", "ConnectionStrings:old is not set", "Import:Uploads is not set", "Import:BatchSize must be between 1 and 500", "services:files:grpc:0 is not set",
            "Import:Columns:users:emial is no column", "Import:Columns:users:email is empty", "people is no table",
        })
            Assert.Contains(fault, errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_NumbersForKeys_AreTheSameUuidsEverywhereAndAlways()
    {
        await using var system = await ImportSystem.StartAsync();
        await using var old = await OldDatabase.CreateAsync(NumberedSchema);

        var first = await system.RunAsync(old, Numbered);
        var second = await system.RunAsync(old, Numbered);

        Assert.Equal((ImportRun.Done, ""), (first.ExitCode, first.Errors));
        Assert.All(first.Lines, line => Assert.Equal("moved", line.Outcome));
        Assert.All(second.Lines, line => Assert.Equal("present", line.Outcome));
        var user = first.Lines.Single(line => line.Table == "users");
        Assert.Equal("7", user.Id);
        Assert.Equal(user.Uuid, second.Lines.Single(line => line.Table == "users").Uuid);
        Assert.Equal(5, Guid.Parse(user.Uuid!).Version);
        Assert.Equal(1, await system.CountAsync("notifications", $"SELECT count(*) FROM notifications WHERE user_id = '{user.Uuid}'"));
    }

    private static string[] Numbered =>
    [
        .. new[] { "groups", "users", "achievements", "notifications", "system_notifications", "tasks", "contests", "submits" }.Select(table => $"--Import:Columns:{table}:uuid=id"),
        .. new[] { "patronymic_name", "shtp_maintainer", "nick_name", "avatar_path", "telegram", "github", "stepik", "kaggle", "website", "tech_stack", "about_text" }
            .Select(column => $"--Import:Columns:users:{column}="),
    ];

    private const string NumberedSchema =
        """
        CREATE TABLE groups (id serial PRIMARY KEY, name text, color text, created_at timestamptz, updated_at timestamptz);
        CREATE TABLE users (id int PRIMARY KEY, email text, password text, first_name text, last_name text, role text, group_id int REFERENCES groups, learning_class int, rating bigint,
            created_at timestamptz, updated_at timestamptz);
        CREATE TABLE achievements (id int, user_id int, event_type text, title text, description text, attachment_name text, points int, accepted_at timestamptz, accepted_by int, created_at timestamptz, updated_at timestamptz);
        CREATE TABLE notifications (id bigint, to_user int, type int, data text, viewed boolean, created_at timestamptz, updated_at timestamptz);
        CREATE TABLE system_notifications (id int, type text, active boolean, title text, content text, created_at timestamptz, updated_at timestamptz);
        CREATE TABLE tasks (id int, author_id int, title text, text text, time_limit int, memory_limit int, day_challenge boolean, tests text, tests_types text, function_name text, created_at timestamptz, updated_at timestamptz);
        CREATE TABLE contests (id int, author_id int, title text, description text, deadline timestamptz, tasks int[], for_groups int[], for_learning_class int, mark5 int, mark4 int, mark3 int, created_at timestamptz, updated_at timestamptz);
        CREATE TABLE submits (id int, user_id int, task_id int, refered_contest int, source text, status int, solved boolean, git_commit_id text, tests_results text, created_at timestamptz, updated_at timestamptz);
        INSERT INTO groups VALUES (3, 'Python', '#fff', '2023-09-01 13:00:00+03', '2023-09-01 13:00:00+03');
        INSERT INTO users VALUES (7, 'bob@school.example', '$2b$04$abcdefghijklmnopqrstuuKz5f3wYwz0bq0iJc8m0o5nq5WwQ1z1a', 'Bob', 'B', 'UserRole.STUDENT', 3, 9, 12, now(), now());
        INSERT INTO notifications VALUES (7, 7, 4, '{"text": "Привет"}', false, now(), now());
        INSERT INTO tasks VALUES (1, 7, 'Сумма', '', 1, 64, false, '[]', NULL, NULL, now(), now());
        INSERT INTO contests VALUES (1, 7, 'Циклы', '', NULL, '{1}', '{3}', 9, 1, 1, 1, now(), now());
        INSERT INTO submits VALUES (1, 7, 1, 1, 'https://github.com/bob/loops', 2, false, NULL, '[]', now(), now())
        """;

    private static async Task AssertEndsWellAsync(ImportSystem system, OldSchool school)
    {
        var resumed = await system.RunAsync(school.Database);
        Assert.Equal((ImportRun.Incomplete, ""), (resumed.ExitCode, resumed.Errors));
        Assert.Contains(resumed.Lines, line => line.Outcome == "present");
        Assert.Equal(OldSchool.Expected, await system.CountAsync());
        Assert.Equal(0, await system.CountAsync("users", "SELECT count(*) FROM users u WHERE rating <> (SELECT coalesce(sum(points), 0) FROM rating_entries e WHERE e.user_id = u.id)"));

        var again = await system.RunAsync(school.Database);
        Assert.DoesNotContain(again.Lines, line => line.Outcome is "moved" or "changed" or "different");
        Assert.Equal(OldSchool.Expected, await system.CountAsync());
    }
}
