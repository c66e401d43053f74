using Microsoft.EntityFrameworkCore;
using ShTP.Data.Audit;
using ShTP.Data.Idempotency;
using ShTP.Data.Outbox;
using ShTP.Users.Groups;
using ShTP.Users.Profiles;

namespace ShTP.Users;

/// <summary>Users, groups and rating ledgers.</summary>
/// <remarks>A new migration: <c>dotnet ef migrations add Name --project services/Users</c>.</remarks>
internal sealed class UsersDb(DbContextOptions<UsersDb> options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();

    public DbSet<DeletedUser> DeletedUsers => Set<DeletedUser>();

    public DbSet<Group> Groups => Set<Group>();

    public DbSet<RatingEntry> RatingEntries => Set<RatingEntry>();

    /// <summary>The users whom the current saving changes.</summary>
    internal ChangedUsers Changed { get; set; } = ChangedUsers.None;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(UsersDb).Assembly);
        modelBuilder.AddOutboxAndInbox();
        modelBuilder.AddAudit();
        modelBuilder.AddRecordedCalls();
    }
}
