using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ShTP.Users.Migrations
{
    /// <inheritdoc />
    public partial class OneSpelling : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterColumn<string>(
                name: "search_text",
                table: "users",
                type: "character varying(500)",
                maxLength: 500,
                nullable: false,
                oldClrType: typeof(string),
                oldType: "character varying(400)",
                oldMaxLength: 400);

            // As EmailAddress and UnicodeText.Fold write them from now on. Where two accounts differ in the case of letters alone
            // both keep theirs, and sign in with what is typed exactly.
            migrationBuilder.Sql(
                """
                UPDATE users SET email = lower(email COLLATE "C")
                WHERE email <> lower(email COLLATE "C")
                  AND NOT EXISTS (SELECT FROM users other WHERE other.id <> users.id AND lower(other.email COLLATE "C") = lower(users.email COLLATE "C"));

                UPDATE users SET search_text = rtrim(normalize(regexp_replace(normalize(regexp_replace(regexp_replace(regexp_replace(
                    split_part(search_text, E'\n', 1) || ' '
                        || translate(lower(coalesce(patronymic_name, '') COLLATE "C"), 'АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ', 'абвгдеёжзийклмнопрстуфхцчшщъыьэюя'),
                    '[‘’‛ʼʹ`´′＇]', '''', 'g'), '[‐‑‒–—−﹣－]', '-', 'g'), '\s+', ' ', 'g'), NFD), '[\u0300-\u036f]', '', 'g'), NFC))
                    || E'\n' || split_part(search_text, E'\n', 2);
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterColumn<string>(
                name: "search_text",
                table: "users",
                type: "character varying(400)",
                maxLength: 400,
                nullable: false,
                oldClrType: typeof(string),
                oldType: "character varying(500)",
                oldMaxLength: 500);
        }
    }
}
