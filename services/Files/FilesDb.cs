using Microsoft.EntityFrameworkCore;
using ShTP.Data.Audit;
using ShTP.Files.StoredFiles;
using ShTP.Data.Outbox;

namespace ShTP.Files;

/// <summary>Files, their owners and claims; the content is in <see cref="Blobs.IBlobStorage"/>.</summary>
/// <remarks>A new migration: <c>dotnet ef migrations add Name --project services/Files</c>.</remarks>
internal sealed class FilesDb(DbContextOptions<FilesDb> options) : DbContext(options)
{
    public DbSet<Blob> Blobs => Set<Blob>();

    public DbSet<StoredFile> Files => Set<StoredFile>();

    public DbSet<FileClaim> Claims => Set<FileClaim>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(FilesDb).Assembly);
        modelBuilder.AddOutboxAndInbox();
        modelBuilder.AddAudit();
    }
}
