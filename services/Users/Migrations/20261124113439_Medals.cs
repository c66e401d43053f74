using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ShTP.Users.Migrations
{
    /// <inheritdoc />
    public partial class Medals : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "bronze_medals",
                table: "users",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "gold_medals",
                table: "users",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "silver_medals",
                table: "users",
                type: "integer",
                nullable: false,
                defaultValue: 0);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "bronze_medals",
                table: "users");

            migrationBuilder.DropColumn(
                name: "gold_medals",
                table: "users");

            migrationBuilder.DropColumn(
                name: "silver_medals",
                table: "users");
        }
    }
}
