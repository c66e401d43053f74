using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using ShTP.Data;
using ShTP.Data.Audit;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace ShTP.Auth.OpenId;

/// <summary>Consents of users: OpenIddict's permanent authorizations.</summary>
internal sealed class Consents(AuthDb db, IOpenIddictAuthorizationManager authorizations, TimeProvider time)
{
    /// <summary>The consent of a user that covers all scopes, or null.</summary>
    public async Task<string?> FindAsync(Guid user, Guid app, ImmutableArray<string> scopes, CancellationToken cancellationToken)
    {
        await foreach (var consent in authorizations.FindAsync(user.ToString(), app.ToString(), Statuses.Valid, AuthorizationTypes.Permanent, scopes, cancellationToken))
            return await authorizations.GetIdAsync(consent, cancellationToken);
        return null;
    }

    /// <summary>Stores a consent.</summary>
    public async Task<string> AddAsync(Guid user, Guid app, ImmutableArray<string> scopes, CancellationToken cancellationToken)
    {
        var descriptor = new OpenIddictAuthorizationDescriptor
        {
            ApplicationId = app.ToString(),
            CreationDate = time.Now(),
            Status = Statuses.Valid,
            Subject = user.ToString(),
            Type = AuthorizationTypes.Permanent,
        };
        descriptor.Scopes.UnionWith(scopes);
        // The store saves both.
        db.Record(new AuditFact("Consent")
        {
            ActorId = user,
            SubjectIds = [user],
            ObjectKind = "App",
            ObjectId = app.ToString(),
            After = new() { ["scopes"] = string.Join(' ', scopes) },
        });
        var consent = await authorizations.CreateAsync(descriptor, cancellationToken);
        return (await authorizations.GetIdAsync(consent, cancellationToken))!;
    }

    /// <summary>All sites with the user's consent, with all scopes, oldest first.</summary>
    public async Task<List<V1.Consent>> ListAsync(Guid user, int max, CancellationToken cancellationToken)
    {
        var subject = user.ToString();
        var given = await db.Consents.AsNoTracking()
            .Where(consent => consent.Subject == subject && consent.Status == Statuses.Valid && consent.Type == AuthorizationTypes.Permanent)
            .Join(db.Apps, consent => consent.Application!.Id, app => app.Id, (consent, app) => new { app.Id, app.Name, consent.Scopes, consent.CreationDate })
            .OrderBy(consent => consent.CreationDate).ThenBy(consent => consent.Id)
            .ToListAsync(cancellationToken);
        return [.. given.GroupBy(consent => consent.Id).Take(max).Select(of => new V1.Consent
        {
            AppId = of.Key.ToString(),
            Name = of.First().Name,
            Scopes = { of.SelectMany(consent => ScopesOf(consent.Scopes)).Distinct().Order(StringComparer.Ordinal) },
        })];
    }

    /// <summary>Revokes a consent with the site's tokens. False when there was none.</summary>
    public async Task<bool> RevokeAsync(Guid user, Guid app, CancellationToken cancellationToken)
    {
        var subject = user.ToString();
        return await db.Consents.Where(consent => consent.Subject == subject && consent.Application!.Id == app).ExecuteDeleteAsync(cancellationToken) > 0;
    }

    /// <summary>The scopes of a stored consent.</summary>
    public static string[] ScopesOf(string? stored) => stored is null ? [] : JsonSerializer.Deserialize<string[]>(stored) ?? [];
}
