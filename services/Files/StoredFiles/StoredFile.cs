using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Api.V1;
using ShTP.Files.Blobs;

namespace ShTP.Files.StoredFiles;

/// <summary>A file of one owner. It is kept while it has claims, and for a grace period afterwards.</summary>
internal sealed class StoredFile
{
    public required Guid Id { get; init; }

    public required Guid OwnerId { get; init; }

    public required string Kind { get; init; }

    public required string Folder { get; init; }

    public required string Name { get; init; }

    public required string ContentType { get; init; }

    /// <summary>In bytes, counted against the owner's quota.</summary>
    public long Size { get; init; }

    public required string OriginalName { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when it has no claims; null while it has.</summary>
    public DateTimeOffset? UnclaimedSince { get; set; }

    /// <summary>Location of the content.</summary>
    public BlobKey Key => new(Folder, Name);

    public UploadedFile ToProto() => new()
    {
        FileId = Id.ToString(),
        Name = Name,
        ContentType = ContentType,
        Size = Size,
        OriginalName = OriginalName,
    };

    internal sealed class Configuration : IEntityTypeConfiguration<StoredFile>
    {
        public void Configure(EntityTypeBuilder<StoredFile> file)
        {
            file.ToTable("files");
            file.Property(f => f.Kind).HasMaxLength(20);
            file.Property(f => f.Folder).HasMaxLength(20);
            file.Property(f => f.Name).HasMaxLength(80);
            file.Property(f => f.ContentType).HasMaxLength(100);
            file.Property(f => f.OriginalName).HasMaxLength(255);
            file.Ignore(f => f.Key);
            file.HasOne<Blob>().WithMany().HasForeignKey(f => new { f.Folder, f.Name }).OnDelete(DeleteBehavior.Restrict);
            // Usage and the quota check need an index-only scan.
            file.HasIndex(f => f.OwnerId).IncludeProperties(f => f.Size);
            file.HasIndex(f => f.UnclaimedSince).HasFilter("unclaimed_since is not null");
        }
    }
}
