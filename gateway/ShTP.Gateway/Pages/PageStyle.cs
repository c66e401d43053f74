using System.Security.Cryptography;
using System.Text;

namespace ShTP.Gateway.Pages;

/// <summary>The style of the gateway's pages, which look like the sign-in pages of Auth.</summary>
internal static class PageStyle
{
    public const string Css = """
        :root { color-scheme: light dark }
        body { font: 1.0625rem/1.5 system-ui, sans-serif; margin: 0; padding: 1rem; background: #f3f4f6; color: #16181d }
        main { max-width: 26rem; margin: 8vh auto 0; padding: 1.75rem; background: #fff; border: 1px solid #d4d7de; border-radius: .75rem; overflow-wrap: anywhere }
        h1 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 1.25rem }
        p { margin: 0 0 1rem }
        a { color: #1d4ed8 }
        a.button { display: inline-block; font-weight: 600; padding: .5rem 1.25rem; border-radius: .375rem; color: #fff; background: #1d4ed8; text-decoration: none }
        :focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px }
        footer { margin-top: 1.5rem; padding-top: 1rem; border-top: 1px solid #d4d7de }
        footer p { margin: 0 0 .5rem }
        footer p:last-child { margin: 0 }
        @media (prefers-color-scheme: dark) {
          body { background: #16181d; color: #e8eaee }
          main { background: #20232a; border-color: #3b404b }
          a { color: #9db8ff }
          a.button { color: #fff; background: #2f5fe0 }
          footer { border-color: #3b404b }
        }
        """;

    /// <summary>What a content policy allows it by.</summary>
    public static string Source { get; } = $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Css)))}'";
}
