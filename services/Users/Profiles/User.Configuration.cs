using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Users.Profiles;

internal sealed partial class User
{
    /// <summary>Names of unique indexes, which identify the field of a violation.</summary>
    internal static class Keys
    {
        public const string Email = "ux_users_email";
        public const string NickName = "ux_users_nick_name";
        public const string Telegram = "ux_users_telegram";
        public const string Github = "ux_users_github";
        public const string Stepik = "ux_users_stepik";
        public const string Kaggle = "ux_users_kaggle";
        public const string Website = "ux_users_website";
        public const string Group = "fk_users_groups_group_id";
    }

    internal sealed class Configuration : IEntityTypeConfiguration<User>
    {
        public void Configure(EntityTypeBuilder<User> user)
        {
            user.ToTable("users");
            user.Property(u => u.Id).ValueGeneratedNever();
            user.Property(u => u.Email).HasMaxLength(254);
            user.Property(u => u.Role).HasConversion<short>();
            user.Property(u => u.FirstName).HasMaxLength(MaxNameLength);
            user.Property(u => u.LastName).HasMaxLength(MaxNameLength);
            user.Property(u => u.PatronymicName).HasMaxLength(MaxNameLength);
            user.Property(u => u.NickName).HasMaxLength(MaxNickNameLength);
            user.Property(u => u.Telegram).HasMaxLength(MaxLinkLength);
            user.Property(u => u.Github).HasMaxLength(MaxLinkLength);
            user.Property(u => u.Stepik).HasMaxLength(MaxLinkLength);
            user.Property(u => u.Kaggle).HasMaxLength(MaxLinkLength);
            user.Property(u => u.Website).HasMaxLength(MaxLinkLength);
            user.Property(u => u.TechStack).HasMaxLength(1600);
            user.Property(u => u.AboutText).HasMaxLength(MaxAboutLength);
            user.Property(u => u.AvatarPath).HasMaxLength(100);
            user.Property(u => u.SearchText).HasMaxLength(500);
            user.Ignore(u => u.EffectiveRole);
            user.HasOne(u => u.Group).WithMany().HasForeignKey(u => u.GroupId).HasConstraintName(Keys.Group).OnDelete(DeleteBehavior.Restrict);
            ConfigureIndexes(user);
        }

        // The index of the search is in the first migration, because EF Core cannot express it.
        private static void ConfigureIndexes(EntityTypeBuilder<User> user)
        {
            user.HasIndex(u => u.Email).IsUnique().HasDatabaseName(Keys.Email);
            user.HasIndex(u => u.NickName).IsUnique().HasDatabaseName(Keys.NickName).HasFilter("nick_name is not null");
            // Empty links are not unique.
            user.HasIndex(u => u.Telegram).IsUnique().HasDatabaseName(Keys.Telegram).HasFilter("telegram <> ''");
            user.HasIndex(u => u.Github).IsUnique().HasDatabaseName(Keys.Github).HasFilter("github <> ''");
            user.HasIndex(u => u.Stepik).IsUnique().HasDatabaseName(Keys.Stepik).HasFilter("stepik <> ''");
            user.HasIndex(u => u.Kaggle).IsUnique().HasDatabaseName(Keys.Kaggle).HasFilter("kaggle <> ''");
            user.HasIndex(u => u.Website).IsUnique().HasDatabaseName(Keys.Website).HasFilter("website <> ''");
            user.HasIndex(u => u.GroupId);
            user.HasIndex(u => new { u.CreatedAt, u.Id }).HasDatabaseName("ix_users_created");
            user.HasIndex(u => new { u.LastName, u.FirstName, u.Id }).HasDatabaseName("ix_users_names");
            user.HasIndex(u => new { u.Rating, u.LastName, u.FirstName, u.Id }).HasDatabaseName("ix_users_leaderboard")
                .IsDescending(true, false, false, false).HasFilter("rating > 0");
            user.HasIndex(u => u.Id).HasDatabaseName("ix_users_admins").HasFilter("role = 2");
        }
    }
}
