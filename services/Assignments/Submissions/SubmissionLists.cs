using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.V1;
using ShTP.Rpc;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;

namespace ShTP.Assignments.Submissions;

/// <summary>Converts submissions to responses.</summary>
internal sealed class SubmissionLists(AssignmentsDb db, QueueView queue)
{
    private const int MaxRows = 200;

    /// <summary>The newest of those, behind <paramref name="before"/> unless it is empty; <c>source</c> is the name of the file, or the link of the repository.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT when <paramref name="before"/> is none of them.</exception>
    public async Task<Page<Submit>> ReadAsync(IQueryable<Submission> own, string before, CurrentUser caller, CancellationToken cancellationToken)
    {
        if (before.Length > 0)
        {
            var last = FieldChecks.RequireUuid(before, "before");
            var createdAt = await own.Where(s => s.Id == last).Select(s => (DateTimeOffset?)s.CreatedAt).SingleOrDefaultAsync(cancellationToken)
                ?? throw RpcErrors.InvalidField("before", "there is no submission with this uuid");
            own = own.Where(s => EF.Functions.LessThan(ValueTuple.Create(s.CreatedAt, s.Id), ValueTuple.Create(createdAt, last)));
        }

        var rows = await own.AsNoTracking().OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id).Take(MaxRows + 1)
            .Select(Submission.WithoutSource).ToListAsync(cancellationToken);
        return (await WriteAsync(rows, s => s.Repository ?? s.FileName, caller, cancellationToken)).ToPage(MaxRows);
    }

    /// <summary>A submission with its content, or the link of the repository; null when there is none that the caller may see.</summary>
    public async Task<Submit?> FindAsync(Guid id, CurrentUser caller, CancellationToken cancellationToken)
    {
        var row = await db.Submissions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id && (caller.IsStaff || s.UserId == caller.Id), cancellationToken);
        return row is null ? null : (await WriteAsync([row], s => s.Repository ?? s.Source ?? "", caller, cancellationToken))[0];
    }

    public async Task<IReadOnlyList<Submit>> WriteAsync(IReadOnlyList<Submission> rows, Func<Submission, string> source, CurrentUser caller, CancellationToken cancellationToken)
    {
        var submits = rows.Select(row => (Submit: row.ToProto(source(row), caller.IsStaff), Work: row.WorkId)).ToList();
        await queue.AddAsync(submits, cancellationToken);
        return [.. submits.Select(entry => entry.Submit)];
    }
}
