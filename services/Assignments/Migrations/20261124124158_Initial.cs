using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace ShTP.Assignments.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "contests",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    author_id = table.Column<Guid>(type: "uuid", nullable: false),
                    title = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    description = table.Column<string>(type: "character varying(10000)", maxLength: 10000, nullable: false),
                    deadline = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    tasks = table.Column<Guid[]>(type: "uuid[]", nullable: false),
                    for_groups = table.Column<Guid[]>(type: "uuid[]", nullable: false),
                    for_learning_class = table.Column<int>(type: "integer", nullable: false),
                    mark5 = table.Column<int>(type: "integer", nullable: false),
                    mark4 = table.Column<int>(type: "integer", nullable: false),
                    mark3 = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_contests", x => x.id);
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
                name: "tasks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    author_id = table.Column<Guid>(type: "uuid", nullable: false),
                    title = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    text = table.Column<string>(type: "character varying(100000)", maxLength: 100000, nullable: false),
                    time_limit = table.Column<int>(type: "integer", nullable: false),
                    memory_limit = table.Column<int>(type: "integer", nullable: false),
                    day_challenge = table.Column<bool>(type: "boolean", nullable: false),
                    function_name = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: true),
                    input_types = table.Column<string[]>(type: "text[]", nullable: false),
                    output_types = table.Column<string[]>(type: "text[]", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    tests = table.Column<string>(type: "jsonb", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tasks", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "rejudges",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    task_id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    applied_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    dropped_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rejudges", x => x.id);
                    table.ForeignKey(
                        name: "fk_rejudges_tasks_task_id",
                        column: x => x.task_id,
                        principalTable: "tasks",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "work",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    language = table.Column<short>(type: "smallint", nullable: false),
                    priority = table.Column<short>(type: "smallint", nullable: false),
                    turn = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<short>(type: "smallint", nullable: false),
                    lease_id = table.Column<Guid>(type: "uuid", nullable: true),
                    checker = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    lease_expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    test_counts = table.Column<int[]>(type: "integer[]", nullable: false),
                    losses = table.Column<short>(type: "smallint", nullable: false),
                    returns = table.Column<short>(type: "smallint", nullable: false),
                    rejudge_id = table.Column<Guid>(type: "uuid", nullable: true),
                    queued_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    taken_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_work", x => x.id);
                    table.ForeignKey(
                        name: "fk_work_rejudges_rejudge_id",
                        column: x => x.rejudge_id,
                        principalTable: "rejudges",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "submissions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    task_id = table.Column<Guid>(type: "uuid", nullable: false),
                    contest_id = table.Column<Guid>(type: "uuid", nullable: true),
                    place = table.Column<short>(type: "smallint", nullable: false),
                    language = table.Column<short>(type: "smallint", nullable: false),
                    file_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    source = table.Column<string>(type: "text", nullable: true),
                    repository = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: true),
                    commit_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    status = table.Column<short>(type: "smallint", nullable: false),
                    solved = table.Column<bool>(type: "boolean", nullable: false),
                    accepted = table.Column<short>(type: "smallint", nullable: false),
                    results = table.Column<string>(type: "jsonb", nullable: true),
                    message = table.Column<string>(type: "character varying(4096)", maxLength: 4096, nullable: true),
                    work_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_submissions", x => x.id);
                    table.ForeignKey(
                        name: "fk_submissions_tasks_task_id",
                        column: x => x.task_id,
                        principalTable: "tasks",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_submissions_work_work_id",
                        column: x => x.work_id,
                        principalTable: "work",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "rejudge_items",
                columns: table => new
                {
                    rejudge_id = table.Column<Guid>(type: "uuid", nullable: false),
                    submission_id = table.Column<Guid>(type: "uuid", nullable: false),
                    work_id = table.Column<Guid>(type: "uuid", nullable: true),
                    solved_before = table.Column<bool>(type: "boolean", nullable: false),
                    accepted_before = table.Column<short>(type: "smallint", nullable: false),
                    solved = table.Column<bool>(type: "boolean", nullable: false),
                    accepted = table.Column<short>(type: "smallint", nullable: false),
                    results = table.Column<string>(type: "jsonb", nullable: true),
                    message = table.Column<string>(type: "character varying(4096)", maxLength: 4096, nullable: true),
                    judged_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rejudge_items", x => new { x.rejudge_id, x.submission_id });
                    table.ForeignKey(
                        name: "fk_rejudge_items_rejudges_rejudge_id",
                        column: x => x.rejudge_id,
                        principalTable: "rejudges",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_rejudge_items_submissions_submission_id",
                        column: x => x.submission_id,
                        principalTable: "submissions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_rejudge_items_work_work_id",
                        column: x => x.work_id,
                        principalTable: "work",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateIndex(
                name: "ix_contests_for_learning_class_updated_at_id",
                table: "contests",
                columns: new[] { "for_learning_class", "updated_at", "id" },
                descending: new[] { false, true, true });

            migrationBuilder.CreateIndex(
                name: "ix_contests_updated_at_id",
                table: "contests",
                columns: new[] { "updated_at", "id" },
                descending: new bool[0]);

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
                name: "ix_rejudge_items_submission_id",
                table: "rejudge_items",
                column: "submission_id");

            migrationBuilder.CreateIndex(
                name: "ix_rejudge_items_work_id",
                table: "rejudge_items",
                column: "work_id");

            migrationBuilder.CreateIndex(
                name: "ix_rejudges_task_id",
                table: "rejudges",
                column: "task_id",
                unique: true,
                filter: "applied_at IS NULL AND dropped_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_submissions_contest_id_user_id_task_id",
                table: "submissions",
                columns: new[] { "contest_id", "user_id", "task_id" },
                filter: "solved AND contest_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_submissions_solvers",
                table: "submissions",
                columns: new[] { "task_id", "created_at", "id" },
                filter: "solved");

            migrationBuilder.CreateIndex(
                name: "ix_submissions_task",
                table: "submissions",
                columns: new[] { "task_id", "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_submissions_user_id_contest_id_task_id_created_at_id",
                table: "submissions",
                columns: new[] { "user_id", "contest_id", "task_id", "created_at", "id" },
                descending: new[] { false, false, false, true, true },
                filter: "contest_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_submissions_user_id_task_id_created_at_id",
                table: "submissions",
                columns: new[] { "user_id", "task_id", "created_at", "id" },
                descending: new[] { false, false, true, true });

            migrationBuilder.CreateIndex(
                name: "ix_submissions_work_id",
                table: "submissions",
                column: "work_id");

            migrationBuilder.CreateIndex(
                name: "ix_tasks_created_at_id",
                table: "tasks",
                columns: new[] { "created_at", "id" },
                descending: new bool[0]);

            migrationBuilder.CreateIndex(
                name: "ix_tasks_day_challenge",
                table: "tasks",
                column: "day_challenge",
                unique: true,
                filter: "day_challenge");

            migrationBuilder.CreateIndex(
                name: "ix_work_finished_at",
                table: "work",
                column: "finished_at",
                descending: new bool[0],
                filter: "state = 2");

            migrationBuilder.CreateIndex(
                name: "ix_work_lease_expires_at",
                table: "work",
                column: "lease_expires_at",
                filter: "state = 1");

            migrationBuilder.CreateIndex(
                name: "ix_work_lease_id",
                table: "work",
                column: "lease_id",
                unique: true,
                filter: "lease_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_work_priority_turn_sequence",
                table: "work",
                columns: new[] { "priority", "turn", "sequence" },
                filter: "state = 0");

            migrationBuilder.CreateIndex(
                name: "ix_work_rejudge_id",
                table: "work",
                column: "rejudge_id",
                filter: "rejudge_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_work_user_id",
                table: "work",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_work_user_id_turn",
                table: "work",
                columns: new[] { "user_id", "turn" },
                filter: "state < 2");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "contests");

            migrationBuilder.DropTable(
                name: "inbox");

            migrationBuilder.DropTable(
                name: "outbox");

            migrationBuilder.DropTable(
                name: "rejudge_items");

            migrationBuilder.DropTable(
                name: "submissions");

            migrationBuilder.DropTable(
                name: "work");

            migrationBuilder.DropTable(
                name: "rejudges");

            migrationBuilder.DropTable(
                name: "tasks");
        }
    }
}
