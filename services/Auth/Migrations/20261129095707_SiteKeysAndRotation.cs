using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ShTP.Auth.Migrations
{
    /// <inheritdoc />
    public partial class SiteKeysAndRotation : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<byte[]>(
                name: "encrypted_site_key",
                table: "signing_keys",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "site_key_id",
                table: "signing_keys",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "former_token_id",
                table: "sessions",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "rotated_at",
                table: "sessions",
                type: "timestamp with time zone",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "encrypted_site_key",
                table: "signing_keys");

            migrationBuilder.DropColumn(
                name: "site_key_id",
                table: "signing_keys");

            migrationBuilder.DropColumn(
                name: "former_token_id",
                table: "sessions");

            migrationBuilder.DropColumn(
                name: "rotated_at",
                table: "sessions");
        }
    }
}
