using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ShTP.Data.Connections;
using ShTP.Data.Outbox;
using ShTP.ServiceDefaults;

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
            return await MigrateAsync<TContext>(app.Services);
        if (args is [OutboxCommands.Name, .. var arguments])
            return await OutboxCommands.RunAsync(app.Services, arguments, Console.Out, Console.Error);

        return await app.RunCheckedAsync(async () =>
        {
            if (app.Environment.IsDevelopment())
                await MigrateAsync<TContext>(app.Services);
            await app.Services.GetRequiredService<ConnectionClaim>().ClaimOrThrowAsync(app.Lifetime.ApplicationStopping);
        });
    }

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
