using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ShTP.Achievements.Migrations
{
    /// <inheritdoc />
    public partial class RecordedCalls : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "recorded_calls",
                columns: table => new
                {
                    id = table.Column<byte[]>(type: "bytea", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    request = table.Column<byte[]>(type: "bytea", nullable: false),
                    answer = table.Column<byte[]>(type: "bytea", nullable: false),
                    is_implicit = table.Column<bool>(type: "boolean", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_recorded_calls", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_recorded_calls_expires_at",
                table: "recorded_calls",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_recorded_calls_user_id",
                table: "recorded_calls",
                column: "user_id",
                filter: "is_implicit");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "recorded_calls");
        }
    }
}
