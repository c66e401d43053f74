using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Google.Protobuf;
using ShTP.Localization;

namespace ShTP.Users.Profiles;

/// <summary>Cards with passwords for one sign-in, as a page to be printed and cut up.</summary>
internal static class PasswordCards
{
    private static readonly string Start =
        $$"""
        <!DOCTYPE html>
        <html lang="{{Languages.TagOf(Languages.OfSchool)}}">
        <head>
        <meta charset="utf-8">
        <title>{{LocalizedText.OfSchool("Passwords for one sign-in")}}</title>
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
                <p>{Html.Encode(LocalizedText.OfSchool($"E-mail: {card.Email}"))}</p>
                <p>{Html.Encode(LocalizedText.OfSchool("Password for one sign-in:"))} <code>{Html.Encode(card.Password)}</code></p>
                <p>{Html.Encode(LocalizedText.OfSchool("Open the sign-in page of ShTP (/sign-in) and choose a new password there."))}</p>
                </section>
                """);
        }

        return ByteString.CopyFromUtf8(page.Append("\n</body>\n</html>\n").ToString());
    }
}
