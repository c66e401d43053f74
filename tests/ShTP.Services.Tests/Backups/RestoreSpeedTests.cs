using System.Diagnostics;
using System.Globalization;
using ShTP.Backup;
using ShTP.Invariants;
using Xunit;

namespace ShTP.Services.Tests.Backups;

/// <summary>How long a school takes: <c>dotnet run -c Release --project tests/ShTP.Services.Tests -- -explicit only -class "*RestoreSpeedTests" -showLiveOutput</c>.</summary>
public sealed class RestoreSpeedTests
{
    private const int Pupils = 1000;

    [Fact(Explicit = true)]
    public async Task BackupAndRestore_OfASchoolOfAThousand_IsWhole()
    {
        await using var school = await BackedUpSchool.CreateAsync(Pupils);
        // What one pupil does in a year, besides the one of everything that each has.
        await school.Databases.ExecuteAsync(Database.Notifications,
            """
            INSERT INTO notifications (id, user_id, type, data, viewed, created_at, updated_at)
            SELECT gen_random_uuid(), told.user_id, 4, '{"text": "Уведомление для всех учеников школы"}', true, now(), now()
            FROM (SELECT DISTINCT user_id FROM notifications) AS told, generate_series(1, 200)
            """);
        await school.Databases.ExecuteAsync(Database.Assignments,
            """
            INSERT INTO submissions (id, user_id, task_id, place, language, file_name, status, solved, accepted, results, created_at, updated_at)
            SELECT gen_random_uuid(), user_id, task_id, place, language, file_name, status, solved, accepted, results, now(), now()
            FROM submissions, generate_series(1, 100) WHERE status = 2
            """);
        using var keys = new KeyFiles();

        await MeasureAsync("backup", () => school.BackUpAsync("--public-key", keys.Public));
        await MeasureAsync("backup again, without new files", () => school.BackUpAsync("--public-key", keys.Public));
        await MeasureAsync("verify", () => school.RunAsync("verify", "--private-key", keys.Private));
        var restored = await school.AddEmptyAsync();
        await MeasureAsync("restore", () => school.RestoreIntoAsync(restored, "--private-key", keys.Private));

        Assert.Empty((await school.CheckAsync(restored)).Violations);
    }

    private static async Task MeasureAsync(string what, Func<Task<(int Code, string Text)>> run)
    {
        var watch = Stopwatch.StartNew();
        var (code, text) = await run();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {watch.Elapsed.TotalSeconds:F1} s; {text}"));
        Assert.True(code == BackupRun.Done, text);
    }
}
