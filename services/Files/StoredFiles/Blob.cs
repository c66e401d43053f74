using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Files.Blobs;

namespace ShTP.Files.StoredFiles;

/// <summary>Stored content, named by its hash. Any number of files, of any owners, may share a blob.</summary>
internal sealed class Blob
{
    /// <summary>The folder of the kind. Kinds do not share blobs, so that a public name cannot expose a private file.</summary>
    public required string Folder { get; init; }

    /// <summary>SHA-256 of the content in hex, a dot and the extension.</summary>
    public required string Name { get; init; }

    /// <summary>In bytes.</summary>
    public long Size { get; init; }

    /// <summary>A file that used it was deleted; the collector checks whether another one still does.</summary>
    public bool MaybeUnused { get; set; }

    /// <summary>Location of the content.</summary>
    public BlobKey Key => new(Folder, Name);

    internal sealed class Configuration : IEntityTypeConfiguration<Blob>
    {
        public void Configure(EntityTypeBuilder<Blob> blob)
        {
            blob.HasKey(b => new { b.Folder, b.Name });
            blob.Property(b => b.Folder).HasMaxLength(20);
            blob.Property(b => b.Name).HasMaxLength(80);
            blob.Ignore(b => b.Key);
            blob.HasIndex(b => new { b.Folder, b.Name }, "ix_blobs_maybe_unused").HasFilter("maybe_unused");
        }
    }
}
