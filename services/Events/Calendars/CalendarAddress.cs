using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Events.Calendars;

/// <summary>The nonce of a user's calendar address; see <see cref="CalendarSecrets"/>.</summary>
internal sealed class CalendarAddress
{
    public required Guid UserId { get; init; }

    /// <summary>Random; a new one gives a new address.</summary>
    public required byte[] Nonce { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<CalendarAddress>
    {
        public void Configure(EntityTypeBuilder<CalendarAddress> address)
        {
            address.ToTable("calendar_addresses");
            address.HasKey(a => a.UserId);
            address.Property(a => a.UserId).ValueGeneratedNever();
            address.HasIndex(a => a.Nonce).IsUnique();
        }
    }
}
