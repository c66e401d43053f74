using System.ComponentModel.DataAnnotations;

namespace ShTP.Auth;

/// <summary>Lifetimes of tokens and the secret that protects the keys; section <c>Auth</c>.</summary>
internal sealed class AuthOptions : IValidatableObject
{
    public const string Section = "Auth";

    /// <summary>How long an access token is valid.</summary>
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromMinutes(1440);

    /// <summary>How long a refresh token is valid, and an unused session.</summary>
    public TimeSpan RefreshTokenLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Any text of at least 32 characters, from which the key is derived that encrypts private signing keys.</summary>
    public string KeyEncryptionKey { get; init; } = "";

    /// <summary>How long a signing key signs before the next one replaces it.</summary>
    public TimeSpan KeyRotationInterval { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long before a planned rotation the next key is published.</summary>
    public TimeSpan KeyPublishedAhead { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a rotated key is published before it signs, so that all replicas have it.</summary>
    public TimeSpan KeyPropagation { get; init; } = TimeSpan.FromSeconds(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AccessTokenLifetime < TimeSpan.FromSeconds(10) || AccessTokenLifetime > TimeSpan.FromDays(30))
            yield return new("Auth:AccessTokenLifetime must be between 10 seconds and 30 days.", [nameof(AccessTokenLifetime)]);
        if (RefreshTokenLifetime < AccessTokenLifetime || RefreshTokenLifetime > TimeSpan.FromDays(366))
            yield return new("Auth:RefreshTokenLifetime must be at least Auth:AccessTokenLifetime and at most 366 days.", [nameof(RefreshTokenLifetime)]);
        if (KeyEncryptionKey.Length < 32)
            yield return new("Auth:KeyEncryptionKey must have at least 32 characters.", [nameof(KeyEncryptionKey)]);
        if (KeyRotationInterval < TimeSpan.FromMinutes(10) || KeyRotationInterval > TimeSpan.FromDays(366))
            yield return new("Auth:KeyRotationInterval must be between 10 minutes and 366 days.", [nameof(KeyRotationInterval)]);
        if (KeyPublishedAhead < TimeSpan.Zero || KeyPublishedAhead > KeyRotationInterval / 2)
            yield return new("Auth:KeyPublishedAhead must be at most half of Auth:KeyRotationInterval.", [nameof(KeyPublishedAhead)]);
        if (KeyPropagation < TimeSpan.Zero || KeyPropagation > TimeSpan.FromSeconds(8))
            yield return new("Auth:KeyPropagation must be between 0 and 8 seconds.", [nameof(KeyPropagation)]);
    }
}
