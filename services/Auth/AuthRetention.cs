using Microsoft.Extensions.Options;
using ShTP.Auth.Login;
using ShTP.Data.Retention;

namespace ShTP.Auth;

/// <summary>How long rows without further use are kept: revocations, ended sessions, old failures and places, and unused tokens.</summary>
internal static class AuthRetention
{
    public static IServiceCollection AddAuthRetention(this IServiceCollection services) => services
        .AddRetention(_ => RetentionRule.Delete("revocations", (AuthDb db, DateTimeOffset now) => db.Revocations.Where(revocation => revocation.ForgetAt < now).OrderBy(revocation => revocation.ForgetAt)))
        // A refresh token of an ended session is refused with or without the row.
        .AddRetention(_ => RetentionRule.Delete("sessions", (AuthDb db, DateTimeOffset now) => db.Sessions.Where(session => session.ExpiresAt < now).OrderBy(session => session.ExpiresAt)))
        .AddRetention(_ => RetentionRule.Delete("sessions", (AuthDb db, DateTimeOffset _) => db.Sessions.Where(session => session.EndedAt != null).OrderBy(session => session.ExpiresAt)))
        .AddRetention(provider =>
        {
            var kept = provider.GetRequiredService<IOptions<ThrottleOptions>>().Value.ForgetAfter;
            return RetentionRule.Delete("login_failures", (AuthDb db, DateTimeOffset now) =>
            {
                var forgotten = now - kept;
                return db.LoginFailures.Where(failures => failures.LastAt < forgotten && failures.BlockedUntil < now).OrderBy(failures => failures.LastAt);
            });
        })
        .AddRetention(provider => RetentionRule.Delete("known_places", provider.GetRequiredService<IOptions<ThrottleOptions>>().Value.DevicesKnownFor, (AuthDb db, DateTimeOffset end) =>
            db.KnownPlaces.Where(place => place.LastAt < end).OrderBy(place => place.LastAt)))
        .AddRetention(_ => RetentionRule.Delete("app_tokens", (AuthDb db, DateTimeOffset now) => db.AppTokens.Where(token => token.ExpiresAt <= now).OrderBy(token => token.ExpiresAt)))
        // Used tokens are kept until then, because they detect reuse.
        .AddRetention(_ => RetentionRule.Delete("openid_tokens", (AuthDb db, DateTimeOffset now) =>
        {
            var end = now.UtcDateTime;
            return db.SiteTokens.Where(token => token.ExpirationDate < end).OrderBy(token => token.ExpirationDate);
        }));
}
