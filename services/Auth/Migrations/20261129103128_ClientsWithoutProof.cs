using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ShTP.Auth.Migrations
{
    /// <inheritdoc />
    public partial class ClientsWithoutProof : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // A confidential client proves itself by its secret; only public ones must use PKCE.
            migrationBuilder.Sql("UPDATE openid_clients SET requirements = NULL WHERE client_type = 'confidential';");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""UPDATE openid_clients SET requirements = '["ft:pkce"]' WHERE client_type = 'confidential';""");
        }
    }
}
