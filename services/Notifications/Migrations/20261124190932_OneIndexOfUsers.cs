using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ShTP.Notifications.Migrations
{
    /// <inheritdoc />
    public partial class OneIndexOfUsers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_notifications_unread",
                table: "notifications");

            migrationBuilder.DropIndex(
                name: "ix_notifications_user",
                table: "notifications");

            migrationBuilder.CreateIndex(
                name: "ix_notifications_user_id_viewed_sequence",
                table: "notifications",
                columns: new[] { "user_id", "viewed", "sequence" },
                descending: new[] { false, false, true });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_notifications_user_id_viewed_sequence",
                table: "notifications");

            migrationBuilder.CreateIndex(
                name: "ix_notifications_unread",
                table: "notifications",
                columns: new[] { "user_id", "sequence" },
                filter: "NOT viewed");

            migrationBuilder.CreateIndex(
                name: "ix_notifications_user",
                table: "notifications",
                columns: new[] { "user_id", "sequence" },
                descending: new[] { false, true });
        }
    }
}
