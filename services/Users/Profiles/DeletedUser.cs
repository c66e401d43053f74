using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Users.Profiles;

/// <summary>The id of a deleted user, so that a repeated import does not restore the user.</summary>
internal sealed class DeletedUser
{
    public required Guid Id { get; init; }

    public required DateTimeOffset DeletedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<DeletedUser>
    {
        public void Configure(EntityTypeBuilder<DeletedUser> deleted)
        {
            deleted.ToTable("deleted_users");
            deleted.Property(d => d.Id).ValueGeneratedNever();
        }
    }
}
