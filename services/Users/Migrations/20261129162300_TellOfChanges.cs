using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ShTP.Users.Migrations
{
    /// <inheritdoc />
    public partial class TellOfChanges : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
            """
            -- Replicas keep answers in memory (KeptAnswers): the id of the user who has changed, or nothing for several.
            CREATE FUNCTION shtp_tell_of_users() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE users uuid[] := ARRAY(SELECT id FROM changed LIMIT 2);
            BEGIN
                IF cardinality(users) > 0 THEN
                    PERFORM pg_notify('users_changed', CASE cardinality(users) WHEN 1 THEN users[1]::text ELSE '' END);
                END IF;
                RETURN NULL;
            END $$;

            CREATE FUNCTION shtp_tell_of_groups() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_notify('users_changed', '');
                RETURN NULL;
            END $$;

            CREATE TRIGGER users_added AFTER INSERT ON users REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION shtp_tell_of_users();
            CREATE TRIGGER users_changed AFTER UPDATE ON users REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION shtp_tell_of_users();
            CREATE TRIGGER users_deleted AFTER DELETE ON users REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION shtp_tell_of_users();
            CREATE TRIGGER groups_changed AFTER UPDATE ON groups FOR EACH STATEMENT EXECUTE FUNCTION shtp_tell_of_groups();
            """);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
            """
            DROP TRIGGER groups_changed ON groups;
            DROP TRIGGER users_deleted ON users;
            DROP TRIGGER users_changed ON users;
            DROP TRIGGER users_added ON users;
            DROP FUNCTION shtp_tell_of_groups;
            DROP FUNCTION shtp_tell_of_users;
            """);
    }
}
