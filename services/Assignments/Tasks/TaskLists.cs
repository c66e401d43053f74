using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.V1;
using ShTP.Rpc;
using ShTP.Rpc.Errors;

namespace ShTP.Assignments.Tasks;

/// <summary>Lists of tasks, without their tests.</summary>
internal sealed class TaskLists(AssignmentsDb db)
{
    private const int MaxRows = 500;

    // Of a row beside its texts.
    private const int RowBytes = 1024;

    /// <exception cref="Grpc.Core.RpcException">As documented for ListTasks in tasks.proto.</exception>
    public async Task<Page<V1.Task>> ReadAsync(ListTasksRequest request, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        var limit = request.HasLimit ? request.Limit : MaxRows;
        checks.Range(limit, 1, MaxRows, "limit");
        Guid? before = request.Before.Length > 0 ? checks.Uuid(request.Before, "before") : null;
        checks.ThrowIfInvalid();
        DateTimeOffset? last = before is null ? null
            : await db.Tasks.Where(t => t.Id == before).Select(t => (DateTimeOffset?)t.CreatedAt).SingleOrDefaultAsync(cancellationToken)
                ?? throw RpcErrors.InvalidField("before", "there is no task with this uuid");

        // Texts may be large: what does not fit into the page is not read.
        var sizes = await db.Database.SqlQuery<TaskSize>(
            $"""
            SELECT id, octet_length(text) AS bytes FROM tasks
            WHERE (archived_at IS NOT NULL) = {request.Archived} AND ({before}::uuid IS NULL OR (created_at, id) < ({last}::timestamptz, {before}::uuid))
            ORDER BY created_at DESC, id DESC LIMIT {limit + 1}
            """).ToListAsync(cancellationToken);
        Guid[] ids = [.. Fitting(sizes).Take(limit)];
        var tasks = await db.Tasks.AsNoTracking().Where(t => ids.Contains(t.Id)).OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id)
            .Select(ProgrammingTask.WithoutTests).ToListAsync(cancellationToken);
        return new Page<V1.Task>([.. tasks.Select(task => task.ToProto(withAllTests: false))], sizes.Count > ids.Length);
    }

    private static IEnumerable<Guid> Fitting(IEnumerable<TaskSize> sizes)
    {
        var room = MessageBounds.MaxPageBytes;
        return sizes.TakeWhile(size => (room -= size.Bytes + RowBytes) >= 0).Select(size => size.Id);
    }

    internal sealed record TaskSize(Guid Id, int Bytes);
}
