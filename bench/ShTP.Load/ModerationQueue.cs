using System.Globalization;
using Npgsql;

namespace ShTP.Load;

/// <summary>What a teacher waits for when 10,000 achievements do.</summary>
internal static class ModerationQueue
{
    private const int Pending = 10_000;
    private const int Connections = 4;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan RunLength = TimeSpan.FromSeconds(8);

    public static async Task RunAsync(RunningSchool system)
    {
        // Handing so many in would take hours of uploads; how they came there does not matter to the queue.
        await using (var source = NpgsqlDataSource.Create(system.EnvironmentOf("achievements", "ConnectionStrings__achievementsdb")))
        {
            await using var command = source.CreateCommand(
                """
                INSERT INTO achievements (id, user_id, event_type, title, description, file_id, file_name, original_name, created_at, status, is_reversed)
                SELECT gen_random_uuid(), $1[1 + i % cardinality($1)], 0, 'Олимпиада ' || i, 'Первое место', gen_random_uuid(), 'x.pdf', 'x.pdf', now() - i * interval '1 second', 0, false
                FROM generate_series(1, $2) AS i
                """);
            command.Parameters.AddWithValue(system.Students.Select(Guid.Parse).ToArray());
            command.Parameters.AddWithValue(Pending);
            await command.ExecuteNonQueryAsync();
            await using var analyze = source.CreateCommand("ANALYZE achievements");
            await analyze.ExecuteNonQueryAsync();
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"moderation queue with {Pending} waiting, {Connections} connections:"));
        Console.WriteLine("| call | 1/s | p50, ms | p99, ms |");
        Console.WriteLine("| --- | --- | --- | --- |");
        foreach (var path in (string[])["/api/v1/achievements/queue", "/api/v1/achievements/queue?limit=50"])
        {
            var url = system.Http.BaseAddress + path[1..];
            await Wrk.RunAsync(url, Connections, WarmUp, system.AdminToken);
            var result = await Wrk.RunAsync(url, Connections, RunLength, system.AdminToken);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| GET {path} | {result.PerSecond:F0} | {result.P50:F1} | {result.P99:F1} |{(result.Errors > 0 ? $" {result.Errors} failed" : "")}"));
        }
    }
}
