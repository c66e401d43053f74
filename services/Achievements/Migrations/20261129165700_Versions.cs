using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ShTP.Achievements.Migrations
{
    /// <inheritdoc />
    public partial class Versions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "changed_in_description",
                table: "achievements",
                type: "integer",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<int>(
                name: "changed_in_event_type",
                table: "achievements",
                type: "integer",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<int>(
                name: "changed_in_file",
                table: "achievements",
                type: "integer",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<int>(
                name: "changed_in_status",
                table: "achievements",
                type: "integer",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<int>(
                name: "changed_in_title",
                table: "achievements",
                type: "integer",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.CreateTable(
                name: "shown_versions",
                columns: table => new
                {
                    achievement_id = table.Column<Guid>(type: "uuid", nullable: false),
                    session_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_shown_versions", x => new { x.achievement_id, x.session_id });
                    table.ForeignKey(
                        name: "fk_shown_versions_achievements_achievement_id",
                        column: x => x.achievement_id,
                        principalTable: "achievements",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "shown_versions");

            migrationBuilder.DropColumn(
                name: "changed_in_description",
                table: "achievements");

            migrationBuilder.DropColumn(
                name: "changed_in_event_type",
                table: "achievements");

            migrationBuilder.DropColumn(
                name: "changed_in_file",
                table: "achievements");

            migrationBuilder.DropColumn(
                name: "changed_in_status",
                table: "achievements");

            migrationBuilder.DropColumn(
                name: "changed_in_title",
                table: "achievements");
        }
    }
}
