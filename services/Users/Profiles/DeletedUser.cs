using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Users.Profiles;

/// <summary>The id of somebody who was deleted, so that an import that is repeated does not bring the person back.</summary>
public sealed class DeletedUser
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
