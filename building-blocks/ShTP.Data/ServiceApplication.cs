using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ShTP.Data.Outbox;
using ShTP.ServiceDefaults;

namespace ShTP.Data;

/// <summary>Runs a service with a database, or one of its commands.</summary>
public static class ServiceApplication
{
    /// <summary>
    /// With the argument <c>migrate</c> it migrates the database and returns. With <c>outbox retry</c> it makes parked
    /// messages due again and returns. Otherwise it runs the service, and in Development migrates first. The result is
    /// the exit code.
    /// </summary>
    public static async Task<int> MigrateOrRunAsync<TContext>(this WebApplication app, string[] args)
        where TContext : DbContext
    {
        if (args is ["migrate", ..])
            return await MigrateAsync<TContext>(app.Services);
        if (args is ["outbox", "retry", ..])
            return await RetryParkedAsync(app.Services);

        return await app.RunCheckedAsync(app.Environment.IsDevelopment() ? () => MigrateAsync<TContext>(app.Services) : null);
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

    internal static async Task<int> RetryParkedAsync(IServiceProvider services)
    {
        var store = services.GetService<OutboxStore>()
            ?? throw new InvalidOperationException("This service has no outbox.");
        var count = await store.RetryParkedAsync(CancellationToken.None);
        services.GetRequiredService<ILogger<OutboxStore>>().LogInformation("{Count} parked messages are due again", count);
        return 0;
    }
}
