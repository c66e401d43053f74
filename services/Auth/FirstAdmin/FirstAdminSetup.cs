using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using ShTP.Auth.Passwords;
using ShTP.Data;
using ShTP.Data.Audit;
using ShTP.Rpc.Text;
using ShTP.ServiceDefaults;
using ShTP.Users.V1;

namespace ShTP.Auth.FirstAdmin;

/// <summary>
/// Creates the configured first admin with credentials. Any number of replicas may do so concurrently. Unhealthy until
/// the admin can sign in, which a later restart without Users does not change.
/// </summary>
internal sealed class FirstAdminSetup(
    IServiceScopeFactory scopes, IOptions<FirstAdminOptions> options, TimeProvider time, ILogger<FirstAdminSetup> logger) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromSeconds(30);

    private volatile bool _canSignIn;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_canSignIn || !options.Value.IsGiven ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The first admin cannot sign in yet."));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.IsGiven)
            return;
        var (retry, warnAt) = (FirstRetry, time.GetUtcNow() + BetweenWarnings);
        while (true)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await EnsureAsync(scope.ServiceProvider, stoppingToken);
                logger.LogInformation("The first admin {Email} can sign in", options.Value.Email);
                return;
            }
            catch (Exception outage) when ((outage is RpcException or DbUpdateException || outage.IsDatabaseOutage()) && !stoppingToken.IsCancellationRequested)
            {
                if (time.GetUtcNow() >= warnAt)
                {
                    warnAt = time.GetUtcNow() + BetweenWarnings;
                    logger.LogWarning("The first admin cannot be set up yet: {Fault}", outage.GetBaseException().Message);
                }
            }

            await Task.Delay(retry, time, stoppingToken);
            retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
        }
    }

    private async Task EnsureAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<AuthDb>();
        _ = EmailAddress.TryNormalize(options.Value.Email!, out var email);
        var spellings = EmailAddress.Spellings(options.Value.Email!);
        _canSignIn = await db.Credentials.AnyAsync(credentials => spellings.Contains(credentials.Email), cancellationToken);

        var users = services.GetRequiredService<UsersInternal.UsersInternalClient>();
        var admin = await users.EnsureFirstAdminAsync(new EnsureFirstAdminRequest { Email = email }, cancellationToken: cancellationToken);
        var id = Guid.ParseExact(admin.UserId, "D");
        if (!await db.Credentials.AnyAsync(credentials => credentials.UserId == id, cancellationToken))
        {
            var hash = await services.GetRequiredService<PasswordHashes>().HashAsync(options.Value.Password!, cancellationToken);
            await db.InTransactionAsync(async token =>
            {
                if (await db.Database.ExecuteSqlAsync($"INSERT INTO credentials (user_id, email, password_hash) VALUES ({id}, {email}, {hash}) ON CONFLICT (user_id) DO NOTHING", token) == 1)
                    db.Record(new AuditFact("FirstAdmin") { ActorService = ResourceNames.Auth, SubjectIds = [id] });
                return await db.SaveChangesAsync(token);
            }, cancellationToken);
        }

        _canSignIn = true;
    }
}
