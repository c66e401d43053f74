using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Html;

namespace ShTP.Auth.OpenId.Pages;

/// <summary>An HTML page without scripts, with headers that allow none.</summary>
internal static class Page
{
    private const string Style = """
        :root { color-scheme: light dark }
        body { font: 1.0625rem/1.5 system-ui, sans-serif; margin: 0; padding: 1rem; background: #f3f4f6; color: #16181d }
        main { max-width: 26rem; margin: 8vh auto 0; padding: 1.75rem; background: #fff; border: 1px solid #d4d7de; border-radius: .75rem; overflow-wrap: anywhere }
        h1 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 1.25rem }
        label { display: block; font-weight: 600; margin-bottom: .25rem }
        input { font: inherit; box-sizing: border-box; width: 100%; padding: .5rem .625rem; margin-bottom: 1rem; color: inherit; background: transparent; border: 1px solid #6b7280; border-radius: .375rem }
        button { font: inherit; font-weight: 600; padding: .5rem 1.25rem; margin: .25rem .5rem .25rem 0; border: 1px solid #1d4ed8; border-radius: .375rem; color: #fff; background: #1d4ed8; cursor: pointer }
        button.second { color: #1d4ed8; background: transparent }
        :focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px }
        [role=alert] { margin: 0 0 1.25rem; padding: .625rem .875rem; border-left: .25rem solid #b91c1c; background: #fee2e2; color: #7f1d1d }
        footer { margin-top: 1.5rem; padding-top: 1rem; border-top: 1px solid #d4d7de }
        footer p { margin: 0 0 .5rem }
        @media (prefers-color-scheme: dark) {
          body { background: #16181d; color: #e8eaee }
          main { background: #20232a; border-color: #3b404b }
          button { background: #2f5fe0; border-color: #2f5fe0 }
          button.second { color: #9db8ff; border-color: #9db8ff }
          [role=alert] { background: #45191c; color: #fecaca }
          footer { border-color: #3b404b }
        }
        """;

    // Cyrillic is not escaped, markup is.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.BasicLatin, UnicodeRanges.Cyrillic, UnicodeRanges.GeneralPunctuation, UnicodeRanges.Latin1Supplement);

    private static readonly string StyleSource = $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'";

    /// <summary>Markup with placeholders. Values are encoded as text unless they are markup themselves.</summary>
    public static IHtmlContent Html(FormattableString markup) => new HtmlFormattableString(CultureInfo.InvariantCulture, markup.Format, markup.GetArguments());

    /// <summary>Concatenates markup.</summary>
    public static IHtmlContent Join(IEnumerable<IHtmlContent> pieces)
    {
        var all = new HtmlContentBuilder();
        foreach (var piece in pieces)
            all.AppendHtml(piece);
        return all;
    }

    /// <summary>The anti-forgery field of a form.</summary>
    public static IHtmlContent FormProof(HttpContext context)
    {
        var proof = context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context);
        return Html($"""<input type="hidden" name="{proof.FormFieldName}" value="{proof.RequestToken}">""");
    }

    /// <summary>
    /// Responds with a page. Its form may also lead to <paramref name="site"/>, the origin of a site, because browsers
    /// apply the content policy to redirects after a form.
    /// </summary>
    public static IResult Show(HttpContext context, Texts texts, string title, IHtmlContent content, string? site = null, int status = StatusCodes.Status200OK)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = $"default-src 'none'; style-src {StyleSource}; form-action 'self'{(site is null ? "" : " " + site)}; frame-ancestors 'none'; base-uri 'none'";
        headers.XFrameOptions = "DENY";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        headers.ContentLanguage = texts.Language;
        headers.Vary = "Accept-Language, Cookie";
        var page = Html($"""
            <!doctype html>
            <html lang="{texts.Language}">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title><style>{new HtmlString(Style)}</style></head>
            <body><main><h1>{title}</h1>
            {content}
            </main></body>
            </html>

            """);
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        page.WriteTo(text, Encoder);
        return Results.Content(text.ToString(), "text/html; charset=utf-8", Encoding.UTF8, status);
    }

    /// <summary>An error page.</summary>
    public static IResult Fault(HttpContext context, string text, string? detail = null)
    {
        var texts = Texts.For(context.Request);
        var content = Html($"""<p role="alert">{text}</p>{(detail is null ? HtmlString.Empty : Html($"<p><small>{detail}</small></p>"))}""");
        return Show(context, texts, texts.Fault, content, status: StatusCodes.Status400BadRequest);
    }
}
