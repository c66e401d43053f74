using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ShTP.Auth.Migrations
{
    /// <inheritdoc />
    public partial class OneSpelling : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // As EmailAddress writes them from now on. Where two accounts differ in the case of letters alone both keep theirs,
            // and sign in with what is typed exactly.
            migrationBuilder.Sql(
                """
                UPDATE credentials SET email = lower(email COLLATE "C")
                WHERE email <> lower(email COLLATE "C")
                  AND NOT EXISTS (
                      SELECT FROM credentials other
                      WHERE other.user_id <> credentials.user_id AND lower(other.email COLLATE "C") = lower(credentials.email COLLATE "C"));
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // The case of the letters is not known any more.
        }
    }
}
