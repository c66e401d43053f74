using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Auth.Keys;

/// <summary>
/// A P-256 key that signs tokens from <see cref="ActiveFrom"/> until its successor takes over at <see cref="RetiredAt"/>,
/// and verifies them before and after, with an RSA key for sites. A trigger of the table notifies the channel <c>signing_keys</c> of every change.
/// </summary>
internal sealed class SigningKey
{
    /// <summary>Key id: the RFC 7638 thumbprint of the public key.</summary>
    public required string Id { get; init; }

    /// <summary>PKCS#8, encrypted by <see cref="KeyEncryption"/>.</summary>
    public required byte[] EncryptedPrivateKey { get; init; }

    /// <summary>SubjectPublicKeyInfo.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>
    /// The RSA key that signs ID tokens in the same time, which every site can verify: the thumbprint of its public part. Null
    /// until it is made, where the row is older than those.
    /// </summary>
    public string? SiteKeyId { get; set; }

    /// <summary>PKCS#8 of the RSA key, encrypted like the other.</summary>
    public byte[]? EncryptedSiteKey { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ActiveFrom { get; set; }

    public DateTimeOffset? RetiredAt { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<SigningKey>
    {
        public void Configure(EntityTypeBuilder<SigningKey> builder)
        {
            builder.ToTable("signing_keys");
            builder.Property(key => key.Id).HasMaxLength(64);
            builder.Property(key => key.SiteKeyId).HasMaxLength(64);
        }
    }
}

internal static class SigningKeyOrder
{
    /// <summary>A key without a successor first: it is the newest even when two keys begin at the same moment.</summary>
    public static IQueryable<SigningKey> NewestFirst(this IQueryable<SigningKey> keys) => keys
        .OrderByDescending(key => key.RetiredAt == null)
        .ThenByDescending(key => key.RetiredAt)
        .ThenByDescending(key => key.ActiveFrom);
}
