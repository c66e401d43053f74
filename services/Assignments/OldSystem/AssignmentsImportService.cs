using Grpc.Core;
using Microsoft.Extensions.Options;
using ShTP.Api.V1;
using ShTP.Assignments.V1;

namespace ShTP.Assignments.OldSystem;

/// <summary>Import RPCs of Assignments, called by tools/ShTP.Import.</summary>
internal sealed class AssignmentsImportService(AssignmentsDb db, IOptions<AssignmentsOptions> options) : AssignmentsImport.AssignmentsImportBase
{
    public override Task<ImportResponse> ImportTasks(ImportTasksRequest request, ServerCallContext context) =>
        new TaskImport(db).RunAsync(request.Tasks, request.DryRun, context.CancellationToken);

    public override Task<ImportResponse> ImportContests(ImportContestsRequest request, ServerCallContext context) =>
        new ContestImport(db).RunAsync(request.Contests, request.DryRun, context.CancellationToken);

    public override Task<ImportResponse> ImportSubmissions(ImportSubmissionsRequest request, ServerCallContext context) =>
        new SubmissionImport(db, options.Value.Hosts).RunAsync(request.Submissions, request.DryRun, context.CancellationToken);
}
