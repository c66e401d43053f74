using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Files.StoredFiles;

/// <summary>A claim of another service on a file.</summary>
internal sealed class FileClaim
{
    public required Guid FileId { get; init; }

    /// <summary>Resource name of the claiming service.</summary>
    public required string Service { get; init; }

    /// <summary>The holder within that service.</summary>
    public required string Claim { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<FileClaim>
    {
        public void Configure(EntityTypeBuilder<FileClaim> claim)
        {
            claim.ToTable("claims");
            claim.HasKey(c => new { c.FileId, c.Service, c.Claim });
            claim.Property(c => c.Service).HasMaxLength(50);
            claim.Property(c => c.Claim).HasMaxLength(200);
            // Restrict: a claimed file cannot be deleted by mistake.
            claim.HasOne<StoredFile>().WithMany().HasForeignKey(c => c.FileId).OnDelete(DeleteBehavior.Restrict);
        }
    }
}
