using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ShTP.Assignments.Migrations
{
    /// <inheritdoc />
    public partial class Outputs : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "outputs_kept",
                table: "submissions",
                type: "boolean",
                nullable: false,
                defaultValue: true);

            migrationBuilder.CreateIndex(
                name: "ix_submissions_updated_at",
                table: "submissions",
                column: "updated_at",
                filter: "outputs_kept");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_submissions_updated_at",
                table: "submissions");

            migrationBuilder.DropColumn(
                name: "outputs_kept",
                table: "submissions");
        }
    }
}
