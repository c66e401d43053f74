using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ShTP.Assignments.Migrations
{
    /// <inheritdoc />
    public partial class Checkers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<short>(
                name: "checker",
                table: "tasks",
                type: "smallint",
                nullable: false,
                defaultValue: (short)0);

            migrationBuilder.AddColumn<double>(
                name: "tolerance",
                table: "tasks",
                type: "double precision",
                nullable: false,
                defaultValue: 9.9999999999999995E-07);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "checker",
                table: "tasks");

            migrationBuilder.DropColumn(
                name: "tolerance",
                table: "tasks");
        }
    }
}
