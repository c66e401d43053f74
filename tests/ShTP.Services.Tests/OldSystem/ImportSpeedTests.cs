using System.Diagnostics;
using System.Globalization;
using ShTP.Import;
using ShTP.Services.Tests.Files;
using Xunit;

namespace ShTP.Services.Tests.OldSystem;

/// <summary>How long a school takes: <c>dotnet run -c Release --project tests/ShTP.Services.Tests -- -explicit only -class "*ImportSpeedTests" -showLiveOutput</c>.</summary>
public sealed class ImportSpeedTests
{
    private const int Users = 1000;
    private const int Achievements = 5000;
    private const int Notifications = 50_000;

    [Fact(Explicit = true)]
    public async Task Import_LargeSchool_TakesMinutesAtMost()
    {
        await using var system = await ImportSystem.StartAsync();
        await using var old = await OldDatabase.CreateAsync();
        old.AddFile("achievements/proof.png", Pictures.Png(200, 150));
        await old.ExecuteAsync(
            $$"""
            INSERT INTO groups VALUES ('00000000-0000-4000-8000-000000000001', 'Python', '#fff', now(), now());
            INSERT INTO users SELECT md5('u' || i)::uuid, 'user' || i || '@school.example', '{{BCrypt.Net.BCrypt.HashPassword(OldSchool.Password, 4)}}', 'Имя' || i, 'Фамилия' || i, null,
                0, false, '00000000-0000-4000-8000-000000000001', 9, 'nick' || i, i, 'default.png', '@t' || i, null, null, null, null, 'C#', null, now() + i * interval '1 ms', now()
                FROM generate_series(1, {{Users}}) AS i;
            INSERT INTO achievements SELECT md5('a' || i)::uuid, md5('u' || (1 + i % {{Users}}))::uuid, 'olimpiad', 'Олимпиада ' || i, repeat('Описание ', 20), 'proof.png', 10, now(),
                md5('u1')::uuid, now() + i * interval '1 ms', now() FROM generate_series(1, {{Achievements}}) AS i;
            INSERT INTO notifications SELECT md5('n' || i)::uuid, md5('u' || (1 + i % {{Users}}))::uuid, 4, '{"text": "Уведомление"}', i % 3 = 0, now() + i * interval '1 ms', now()
                FROM generate_series(1, {{Notifications}}) AS i
            """);

        foreach (var (what, args) in new (string, string[])[] { ("dry run", ["--dry-run"]), ("import", []), ("again", []) })
        {
            var watch = Stopwatch.StartNew();
            var ran = await system.RunAsync(old, args);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {watch.Elapsed.TotalSeconds:F1} s"));
            Console.WriteLine(ran.Output);
            Assert.Equal((ImportRun.Done, ""), (ran.ExitCode, ran.Errors));
        }

        var claimed = Stopwatch.StartNew();
        Assert.Equal(Achievements, (await system.CountAsync())["claims"]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"every file claimed after {claimed.Elapsed.TotalSeconds:F1} s more"));
    }
}
