using Grpc.Core;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using ShTP.Assignments.V1;
using ShTP.Auth.V1;
using ShTP.Notifications.V1;
using ShTP.Users.V1;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Import;

/// <summary>The services that receive the rows.</summary>
internal sealed class Target(
    AuthImport.AuthImportClient auth,
    UsersImport.UsersImportClient users,
    AchievementsImport.AchievementsImportClient achievements,
    NotificationsImport.NotificationsImportClient notifications,
    AssignmentsImport.AssignmentsImportClient assignments)
{
    // Consecutive failures after which the rows are not the cause.
    private const int MaxInternalErrors = 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private int _internalErrors;

    /// <summary>Checks before the import that all services are available and accept the tool's key.</summary>
    /// <exception cref="RpcException">A service is not available, or refuses the key.</exception>
    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        await ImportCredentialsAsync([], true, cancellationToken);
        await ImportGroupsAsync([], true, cancellationToken);
        await ImportAchievementsAsync([], true, cancellationToken);
        await ImportBannersAsync([], true, cancellationToken);
        await ImportTasksAsync([], true, cancellationToken);
    }

    public Task<List<ImportResult>> ImportCredentialsAsync(IReadOnlyList<Credentials> rows, bool isDryRun, CancellationToken cancellationToken) =>
        SendAsync(rows, row => row.UserId, part => auth.ImportCredentialsAsync(new() { Credentials = { part }, DryRun = isDryRun }, Options(cancellationToken)), cancellationToken);

    public Task<List<ImportResult>> ImportGroupsAsync(IReadOnlyList<Group> rows, bool isDryRun, CancellationToken cancellationToken) =>
        SendAsync(rows, row => row.Uuid, part => users.ImportGroupsAsync(new() { Groups = { part }, DryRun = isDryRun }, Options(cancellationToken)), cancellationToken);

    public Task<List<ImportResult>> ImportProfilesAsync(IReadOnlyList<ImportedProfile> rows, bool isDryRun, CancellationToken cancellationToken) =>
        SendAsync(rows, row => row.Uuid, part => users.ImportProfilesAsync(new() { Profiles = { part }, DryRun = isDryRun }, Options(cancellationToken)), cancellationToken);

    public Task<List<ImportResult>> ImportAchievementsAsync(IReadOnlyList<ImportedAchievement> rows, bool isDryRun, CancellationToken cancellationToken) =>
        SendAsync(rows, row => row.Uuid, part => achievements.ImportAchievementsAsync(new() { Achievements = { part }, DryRun = isDryRun }, Options(cancellationToken)), cancellationToken);

    public Task<List<ImportResult>> ImportNotificationsAsync(IReadOnlyList<ImportedNotification> rows, bool isDryRun, CancellationToken cancellationToken) =>
        SendAsync(rows, row => row.Uuid, part => notifications.ImportNotificationsAsync(new() { Notifications = { part }, DryRun = isDryRun }, Options(cancellationToken)), cancellationToken);

    public Task<List<ImportResult>> ImportBannersAsync(IReadOnlyList<ImportedBanner> rows, bool isDryRun, CancellationToken cancellationToken) =>
        SendAsync(rows, row => row.Uuid, part => notifications.ImportBannersAsync(new() { Banners = { part }, DryRun = isDryRun }, Options(cancellationToken)), cancellationToken);

    public Task<List<ImportResult>> ImportTasksAsync(IReadOnlyList<Assignments.V1.Task> rows, bool isDryRun, CancellationToken cancellationToken) =>
        SendAsync(rows, row => row.Uuid, part => assignments.ImportTasksAsync(new() { Tasks = { part }, DryRun = isDryRun }, Options(cancellationToken)), cancellationToken);

    public Task<List<ImportResult>> ImportContestsAsync(IReadOnlyList<Contest> rows, bool isDryRun, CancellationToken cancellationToken) =>
        SendAsync(rows, row => row.Uuid, part => assignments.ImportContestsAsync(new() { Contests = { part }, DryRun = isDryRun }, Options(cancellationToken)), cancellationToken);

    public Task<List<ImportResult>> ImportSubmissionsAsync(IReadOnlyList<ImportedSubmission> rows, bool isDryRun, CancellationToken cancellationToken) =>
        SendAsync(rows, row => row.Uuid, part => assignments.ImportSubmissionsAsync(new() { Submissions = { part }, DryRun = isDryRun }, Options(cancellationToken)), cancellationToken);

    private static CallOptions Options(CancellationToken cancellationToken) => new(deadline: DateTime.UtcNow + Limit, cancellationToken: cancellationToken);

    // One faulty row must not refuse the others: the batch is split in halves and sent again.
    private async Task<List<ImportResult>> SendAsync<T>(
        IReadOnlyList<T> rows, Func<T, string> uuidOf, Func<IReadOnlyList<T>, AsyncUnaryCall<ImportResponse>> call, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await Retries.WhileAwayAsync(async () => await call(rows), cancellationToken);
            _internalErrors = 0;
            return [.. answer.Results];
        }
        catch (RpcException fault) when (rows.Count > 0 && MayBeARow(fault) && !cancellationToken.IsCancellationRequested)
        {
            if (rows.Count > 1)
            {
                var half = rows.Count / 2;
                return
                [
                    .. await SendAsync([.. rows.Take(half)], uuidOf, call, cancellationToken),
                    .. await SendAsync([.. rows.Skip(half)], uuidOf, call, cancellationToken),
                ];
            }

            if (++_internalErrors > MaxInternalErrors)
                throw;
            return [new ImportResult { Uuid = uuidOf(rows[0]), Outcome = ImportOutcome.Refused, Remarks = { fault.Status.Detail } }];
        }
    }

    private static bool MayBeARow(RpcException fault) =>
        fault.StatusCode is StatusCode.Internal or StatusCode.Unknown or StatusCode.InvalidArgument or StatusCode.ResourceExhausted or StatusCode.FailedPrecondition;
}
