using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Google.Protobuf;

namespace ShTP.Users.Profiles;

/// <summary>Cards with passwords for one sign-in, as a page to be printed and cut up.</summary>
internal static class PasswordCards
{
    private const string Start =
        """
        <!DOCTYPE html>
        <html lang="ru">
        <head>
        <meta charset="utf-8">
        <title>Одноразовые пароли</title>
        <style>
        body { font: 12pt sans-serif; margin: 1cm; display: grid; grid-template-columns: 1fr 1fr; gap: 0.5cm }
        section { border: 1px dashed #888; padding: 0.5cm; break-inside: avoid }
        h1 { font-size: 13pt; margin: 0 0 0.3cm }
        p { margin: 0.1cm 0 }
        code { font: bold 14pt monospace }
        @media print { body { margin: 0 } }
        </style>
        </head>
        <body>
        """;

    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.BasicLatin, UnicodeRanges.Cyrillic, UnicodeRanges.Latin1Supplement);

    public static ByteString Write(IEnumerable<PasswordCard> cards)
    {
        var page = new StringBuilder(Start);
        foreach (var card in cards)
        {
            page.Append(
                $"""

                <section>
                <h1>{Html.Encode(card.LastName)} {Html.Encode(card.FirstName)}</h1>
                <p>Почта: {Html.Encode(card.Email)}</p>
                <p>Пароль на один вход: <code>{Html.Encode(card.Password)}</code></p>
                <p>Откройте страницу входа ШТП (/sign-in): там нужно придумать новый пароль.</p>
                </section>
                """);
        }

        return ByteString.CopyFromUtf8(page.Append("\n</body>\n</html>\n").ToString());
    }
}
