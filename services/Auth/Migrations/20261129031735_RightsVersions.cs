using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ShTP.Auth.Migrations
{
    /// <inheritdoc />
    public partial class RightsVersions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_revocations_user_id",
                table: "revocations");

            migrationBuilder.DropCheckConstraint(
                name: "ck_revocations_subject",
                table: "revocations");

            migrationBuilder.AlterColumn<DateTimeOffset>(
                name: "forget_at",
                table: "revocations",
                type: "timestamp with time zone",
                nullable: true,
                oldClrType: typeof(DateTimeOffset),
                oldType: "timestamp with time zone");

            migrationBuilder.AddColumn<long>(
                name: "below_version",
                table: "revocations",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "rights_version",
                table: "credentials",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            // Tokens of before have no version, which counts as 0: those of whoever had some revoked are below 1, also the
            // few that were made since. Rows that were no mere expiry are of users who were deleted.
            migrationBuilder.Sql("""
                UPDATE credentials SET rights_version = 1 WHERE user_id IN (SELECT user_id FROM revocations WHERE user_id IS NOT NULL);
                DELETE FROM revocations AS older USING revocations AS newer
                WHERE older.user_id = newer.user_id AND older.expired_only = newer.expired_only AND older.id < newer.id;
                UPDATE revocations SET below_version = CASE WHEN expired_only THEN 1 ELSE 9223372036854775807 END, forget_at = NULL
                WHERE user_id IS NOT NULL;
                DROP TRIGGER revocations_notify ON revocations;
                CREATE TRIGGER revocations_notify AFTER INSERT OR UPDATE ON revocations FOR EACH ROW EXECUTE FUNCTION notify_revocation();
                """);

            migrationBuilder.DropColumn(
                name: "issued_before",
                table: "revocations");

            migrationBuilder.CreateIndex(
                name: "ix_revocations_user_id_expired_only",
                table: "revocations",
                columns: new[] { "user_id", "expired_only" },
                unique: true);

            migrationBuilder.AddCheckConstraint(
                name: "ck_revocations_subject",
                table: "revocations",
                sql: "(session_id IS NULL) <> (user_id IS NULL) AND (user_id IS NULL) = (below_version IS NULL) AND (session_id IS NULL) = (forget_at IS NULL)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_revocations_user_id_expired_only",
                table: "revocations");

            migrationBuilder.DropCheckConstraint(
                name: "ck_revocations_subject",
                table: "revocations");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "issued_before",
                table: "revocations",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.Sql("""
                UPDATE revocations SET issued_before = now() + interval '1 second', forget_at = now() + interval '30 days' WHERE user_id IS NOT NULL;
                DROP TRIGGER revocations_notify ON revocations;
                CREATE TRIGGER revocations_notify AFTER INSERT ON revocations FOR EACH ROW EXECUTE FUNCTION notify_revocation();
                """);

            migrationBuilder.DropColumn(
                name: "below_version",
                table: "revocations");

            migrationBuilder.DropColumn(
                name: "rights_version",
                table: "credentials");

            migrationBuilder.AlterColumn<DateTimeOffset>(
                name: "forget_at",
                table: "revocations",
                type: "timestamp with time zone",
                nullable: false,
                oldClrType: typeof(DateTimeOffset),
                oldType: "timestamp with time zone",
                oldNullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_revocations_user_id",
                table: "revocations",
                column: "user_id");

            migrationBuilder.AddCheckConstraint(
                name: "ck_revocations_subject",
                table: "revocations",
                sql: "(session_id IS NULL) <> (user_id IS NULL) AND (user_id IS NULL) = (issued_before IS NULL)");
        }
    }
}
