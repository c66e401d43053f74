using Microsoft.EntityFrameworkCore;
using ShTP.Assignments;

namespace ShTP.Services.Tests.Assignments;

/// <summary>A system for one test that looks at everything.</summary>
internal sealed class OwnSystem : IAsyncDisposable
{
    private readonly AssignmentsSystem _system = new();

    public async Task<AssignmentsSystem> StartAsync()
    {
        await _system.InitializeAsync();
        return _system;
    }

    public ValueTask DisposeAsync() => _system.DisposeAsync();

    /// <summary>Tasks straight into the database.</summary>
    public static Task<int> FillTasksAsync(AssignmentsDb db, int count) => db.Database.ExecuteSqlAsync(
        $$"""
        INSERT INTO tasks (id, author_id, title, text, time_limit, memory_limit, day_challenge, tests, input_types, output_types, created_at, updated_at)
        SELECT gen_random_uuid(), gen_random_uuid(), 'Задача ' || i, '', 1, 64, false, '[]', '{}', '{}', now() + i * interval '1 millisecond', now()
        FROM generate_series(1, {{count}}) AS i
        """);
}
