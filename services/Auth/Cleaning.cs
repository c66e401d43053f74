using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ShTP.Auth.Login;
using ShTP.Data;

namespace ShTP.Auth;

/// <summary>Deletes expired rows: revocations, ended sessions, old failures and places, and unused tokens.</summary>
internal sealed class Cleaning(IServiceScopeFactory scopes, IOptions<ThrottleOptions> throttling, TimeProvider time, ILogger<Cleaning> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, stoppingToken);
            try
            {
                await CleanAsync(stoppingToken);
            }
            catch (Exception outage) when (outage.IsDatabaseOutage())
            {
                logger.LogWarning("The cleanup failed and is retried later: {Fault}", outage.GetBaseException().Message);
            }
        }
    }

    private async Task CleanAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        var now = time.GetUtcNow();
        var forgotten = now - throttling.Value.ForgetAfter;
        await db.Revocations.Where(revocation => revocation.ForgetAt < now).ExecuteDeleteAsync(cancellationToken);
        // A refresh token of an ended session is refused with or without the row.
        await db.Sessions.Where(session => session.ExpiresAt < now || session.EndedAt != null).ExecuteDeleteAsync(cancellationToken);
        await db.LoginFailures.Where(failures => failures.LastAt < forgotten && failures.BlockedUntil < now).ExecuteDeleteAsync(cancellationToken);
        var unknown = now - throttling.Value.DevicesKnownFor;
        await db.KnownPlaces.Where(place => place.LastAt < unknown).ExecuteDeleteAsync(cancellationToken);
        await db.AppTokens.Where(token => token.ExpiresAt <= now).ExecuteDeleteAsync(cancellationToken);
        // Used tokens are kept until then, because they detect reuse.
        await db.SiteTokens.Where(token => token.ExpirationDate < now.UtcDateTime).ExecuteDeleteAsync(cancellationToken);
    }
}
