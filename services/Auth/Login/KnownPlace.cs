using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Auth.Accounts;

namespace ShTP.Auth.Login;

/// <summary>A network and a client program with which a user signed in: by which a device is recognized that keeps neither cookie nor token.</summary>
internal sealed class KnownPlace
{
    /// <summary>A hash of user, network and User-Agent.</summary>
    public required byte[] Key { get; init; }

    public required Guid UserId { get; init; }

    public required DateTimeOffset LastAt { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<KnownPlace>
    {
        public void Configure(EntityTypeBuilder<KnownPlace> builder)
        {
            builder.ToTable("known_places");
            builder.HasKey(place => place.Key);
            builder.HasOne<Credentials>().WithMany().HasForeignKey(place => place.UserId).OnDelete(DeleteBehavior.Cascade);
            builder.HasIndex(place => place.LastAt);
        }
    }
}
