using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using ShTP.Achievements.V1;
using ShTP.Assignments.V1;
using ShTP.Auth.V1;
using ShTP.Files.V1;
using ShTP.Import.Moves;
using ShTP.Import.OldDatabase;
using ShTP.Import.Reporting;
using ShTP.Import.Uploads;
using ShTP.Notifications.V1;
using ShTP.Rpc;
using ShTP.ServiceDefaults;
using ShTP.ServiceDefaults.Configuration;
using ShTP.Users.V1;

namespace ShTP.Import;

/// <summary>One run of the import, from its arguments to its exit code.</summary>
internal static class ImportRun
{
    /// <summary>Every row is stored.</summary>
    public const int Done = 0;

    /// <summary>The run did not start: the configuration or the schema of the old database is wrong.</summary>
    public const int CannotStart = 1;

    /// <summary>All rows were processed, and some were refused or are different.</summary>
    public const int Incomplete = 2;

    /// <summary>A service or the old database is not available; the same command continues.</summary>
    public const int Outage = 3;

    /// <summary>Stopped by a signal; the same command continues.</summary>
    public const int Stopped = 130;

    private const string DryRunFlag = "--dry-run";

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var isDryRun = args.Contains(DryRunFlag);
        await using var app = Build([.. args.Where(arg => arg != DryRunFlag)]);
        return await app.DoCheckedAsync(errors, async () =>
        {
            try
            {
                return await MoveAsync(app.Services, isDryRun, output, errors, cancellationToken);
            }
            // A cancelled gRPC call throws an exception of its own.
            catch (Exception fault) when (cancellationToken.IsCancellationRequested && fault is OperationCanceledException or RpcException or NpgsqlException)
            {
                await errors.WriteLineAsync("Stopped. The same command again continues.");
                return Stopped;
            }
            catch (Exception outage) when (outage is RpcException or NpgsqlException or TimeoutException)
            {
                await errors.WriteLineAsync($"Given up: {(outage as RpcException)?.Status.Detail ?? outage.Message}. The same command again continues.");
                return Outage;
            }
        });
    }

    private static WebApplication Build(string[] args)
    {
        // The application has a server that is never started. It is built for the gRPC clients of services.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Configuration.AddEnvironmentVariables().AddCommandLine(args);
        builder.AddServiceDefaults(ResourceNames.Import);
        builder.AddServiceIdentity(ResourceNames.Import);
        builder.AddServiceClient<AuthImport.AuthImportClient>(ResourceNames.Auth);
        builder.AddServiceClient<UsersImport.UsersImportClient>(ResourceNames.Users);
        builder.AddServiceClient<AchievementsImport.AchievementsImportClient>(ResourceNames.Achievements);
        builder.AddServiceClient<NotificationsImport.NotificationsImportClient>(ResourceNames.Notifications);
        builder.AddServiceClient<AssignmentsImport.AssignmentsImportClient>(ResourceNames.Assignments);
        builder.AddServiceClient<FilesInternal.FilesInternalClient>(ResourceNames.Files);
        builder.Services.AddSingleton<IValidateOptions<ImportOptions>, ImportOptions.Validation>();
        builder.AddCheckedOptions<ImportOptions>(ImportOptions.Section);
        return builder.Build();
    }

    private static async Task<int> MoveAsync(IServiceProvider services, bool isDryRun, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var options = services.GetRequiredService<IOptions<ImportOptions>>().Value;
        await using var old = await Snapshot.OpenAsync(services.GetRequiredService<IConfiguration>().GetConnectionString(ImportOptions.ConnectionName)!, cancellationToken);
        var (tables, faults) = await SchemaInspection.MatchAsync(old, options, cancellationToken);
        if (faults.Count > 0)
        {
            await errors.WriteLineAsync($"The old database is not as expected:{string.Concat(faults.Select(fault => $"{Environment.NewLine}  - {fault}"))}");
            return CannotStart;
        }

        var target = ActivatorUtilities.CreateInstance<Target>(services);
        await target.ProbeAsync(cancellationToken);
        await using var report = await Report.OpenAsync(options.Report, isDryRun, output);
        var run = new Run(old, tables, target, new UploadFolder(options.Uploads), ActivatorUtilities.CreateInstance<FileSender>(services, isDryRun), report, options.BatchSize, isDryRun);
        // Referenced tables are moved before the tables that refer to them.
        await new GroupMove(run).RunAsync(cancellationToken);
        await new UserMove(run).RunAsync(cancellationToken);
        await new AchievementMove(run).RunAsync(cancellationToken);
        await new NotificationMove(run).RunAsync(cancellationToken);
        await new BannerMove(run).RunAsync(cancellationToken);
        await new TaskMove(run).RunAsync(cancellationToken);
        await new ContestMove(run).RunAsync(cancellationToken);
        await new SubmitMove(run).RunAsync(cancellationToken);
        await report.SummarizeAsync();
        return report.IsComplete ? Done : Incomplete;
    }
}
