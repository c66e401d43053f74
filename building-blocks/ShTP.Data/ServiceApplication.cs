using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ShTP.Data.Connections;
using ShTP.Data.Outbox;
using ShTP.ServiceDefaults;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.Data;

/// <summary>Runs a service with a database, or one of its commands.</summary>
public static class ServiceApplication
{
    /// <summary>
    /// With the argument <c>migrate</c> brings the database up to date and returns; with <c>outbox</c> does what
    /// <see cref="OutboxCommands"/> says and returns; else serves, and in Development brings the database up to date first.
    /// The result is the exit code.
    /// </summary>
    public static async Task<int> MigrateOrRunAsync<TContext>(this WebApplication app, string[] args)
        where TContext : DbContext
    {
        if (args is ["migrate", ..])
            return await app.MigrateOnlyAsync<TContext>(Console.Error);
        if (args is [OutboxCommands.Name, .. var arguments])
            return await OutboxCommands.RunAsync(app.Services, arguments, OperatorAudit.Record, Console.Out, Console.Error);

        return await app.RunCheckedAsync(async () =>
        {
            if (app.Environment.IsDevelopment())
            {
                await MigrateAsync<TContext>(app.Services);
                app.Services.GetRequiredService<SchemaCheck<TContext>>().Confirm();
            }

            await app.Services.GetRequiredService<ConnectionClaim>().ClaimOrThrowAsync(app.Lifetime.ApplicationStopping);
        });
    }

    private static async Task<int> MigrateOnlyAsync<TContext>(this WebApplication app, TextWriter errors)
        where TContext : DbContext
    {
        // Disposed, or the last lines of the log are lost.
        await using (app)
        {
            // Other settings of the service need not be there.
            var faults = app.Services.GetRequiredService<StartChecks>().FindFaults().Where(ConcernsTheDatabase).ToList();
            if (faults.Count > 0)
            {
                await errors.WriteLineAsync(new StartException(faults).Message);
                return 1;
            }

            return await MigrateAsync<TContext>(app.Services);
        }
    }

    private static bool ConcernsTheDatabase(string fault) =>
        fault.StartsWith("ConnectionStrings:", StringComparison.Ordinal) || fault.StartsWith(SecretFiles.Setting, StringComparison.Ordinal);

    private static async Task<int> MigrateAsync<TContext>(IServiceProvider services)
        where TContext : DbContext
    {
        await using var scope = services.CreateAsyncScope();
        var logger = scope.ServiceProvider.GetRequiredService<ILogger<TContext>>();
        var db = scope.ServiceProvider.GetRequiredService<TContext>();
        // Migrations of large tables take longer than queries may.
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(30));
        await Migrations.ApplyAsync(db, CancellationToken.None);
        db.Database.SetCommandTimeout((int?)null);
        logger.LogInformation("The database of {Context} is up to date", typeof(TContext).Name);
        return 0;
    }
}
