using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace ShTP.Users.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "groups",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    color = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_groups", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "inbox",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    received_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_inbox", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    key = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    path = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    payload = table.Column<byte[]>(type: "bytea", nullable: false),
                    trace_parent = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    attempts = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    next_attempt_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    parked_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    last_error = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "users",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    email = table.Column<string>(type: "character varying(254)", maxLength: 254, nullable: false),
                    role = table.Column<short>(type: "smallint", nullable: false),
                    shtp_maintainer = table.Column<bool>(type: "boolean", nullable: true),
                    first_name = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    last_name = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    patronymic_name = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: true),
                    group_id = table.Column<Guid>(type: "uuid", nullable: false),
                    learning_class = table.Column<int>(type: "integer", nullable: false),
                    nick_name = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: true),
                    telegram = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    github = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    stepik = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    kaggle = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    website = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    tech_stack = table.Column<string>(type: "character varying(1600)", maxLength: 1600, nullable: true),
                    about_text = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    avatar_path = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    avatar_file_id = table.Column<Guid>(type: "uuid", nullable: true),
                    rating = table.Column<int>(type: "integer", nullable: false),
                    search_text = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_users", x => x.id);
                    table.ForeignKey(
                        name: "fk_users_groups_group_id",
                        column: x => x.group_id,
                        principalTable: "groups",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "rating_entries",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    points = table.Column<int>(type: "integer", nullable: false),
                    reason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    author_id = table.Column<Guid>(type: "uuid", nullable: true),
                    source = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rating_entries", x => x.id);
                    table.ForeignKey(
                        name: "fk_rating_entries_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_groups_created_at_id",
                table: "groups",
                columns: new[] { "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_groups_name",
                table: "groups",
                column: "name");

            migrationBuilder.CreateIndex(
                name: "ix_inbox_received_at",
                table: "inbox",
                column: "received_at");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_key_sequence",
                table: "outbox",
                columns: new[] { "key", "sequence" });

            migrationBuilder.CreateIndex(
                name: "ix_outbox_sequence",
                table: "outbox",
                column: "sequence",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_rating_entries_user_id_created_at_id",
                table: "rating_entries",
                columns: new[] { "user_id", "created_at", "id" },
                descending: new[] { false, true, true });

            migrationBuilder.CreateIndex(
                name: "ix_users_admins",
                table: "users",
                column: "id",
                filter: "role = 2");

            migrationBuilder.CreateIndex(
                name: "ix_users_created",
                table: "users",
                columns: new[] { "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_users_group_id",
                table: "users",
                column: "group_id");

            migrationBuilder.CreateIndex(
                name: "ix_users_leaderboard",
                table: "users",
                columns: new[] { "rating", "last_name", "first_name", "id" },
                descending: new[] { true, false, false, false },
                filter: "rating > 0");

            migrationBuilder.CreateIndex(
                name: "ix_users_names",
                table: "users",
                columns: new[] { "last_name", "first_name", "id" });

            migrationBuilder.CreateIndex(
                name: "ux_users_email",
                table: "users",
                column: "email",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_users_github",
                table: "users",
                column: "github",
                unique: true,
                filter: "github <> ''");

            migrationBuilder.CreateIndex(
                name: "ux_users_kaggle",
                table: "users",
                column: "kaggle",
                unique: true,
                filter: "kaggle <> ''");

            migrationBuilder.CreateIndex(
                name: "ux_users_nick_name",
                table: "users",
                column: "nick_name",
                unique: true,
                filter: "nick_name is not null");

            migrationBuilder.CreateIndex(
                name: "ux_users_stepik",
                table: "users",
                column: "stepik",
                unique: true,
                filter: "stepik <> ''");

            migrationBuilder.CreateIndex(
                name: "ux_users_telegram",
                table: "users",
                column: "telegram",
                unique: true,
                filter: "telegram <> ''");

            migrationBuilder.CreateIndex(
                name: "ux_users_website",
                table: "users",
                column: "website",
                unique: true,
                filter: "website <> ''");

            // Pieces of one to three characters of a text; SearchGrams.Of is the counterpart. No extension is needed, and
            // queries shorter than a trigram find their candidates by index too.
            migrationBuilder.Sql(
                """
                CREATE FUNCTION shtp_grams(value text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
                    SELECT array_agg(DISTINCT substr(value, start, size))
                    FROM generate_series(1, length(value)) AS start, generate_series(1, 3) AS size
                    WHERE start + size - 1 <= length(value)
                $$;
                CREATE INDEX ix_users_search ON users USING gin (shtp_grams(search_text));
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "inbox");

            migrationBuilder.DropTable(
                name: "outbox");

            migrationBuilder.DropTable(
                name: "rating_entries");

            migrationBuilder.DropTable(
                name: "users");

            migrationBuilder.DropTable(
                name: "groups");

            migrationBuilder.Sql("DROP FUNCTION shtp_grams(text);");
        }
    }
}
