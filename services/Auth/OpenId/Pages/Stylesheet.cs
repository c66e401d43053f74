using System.Security.Cryptography;
using System.Text;

namespace ShTP.Auth.OpenId.Pages;

/// <summary>The style of all pages, in each of them: the content policy names it by its hash.</summary>
internal static class Stylesheet
{
    public const string Text = """
        :root { color-scheme: light dark }
        body { font: 1.0625rem/1.5 system-ui, sans-serif; margin: 0; padding: 1rem; background: #f3f4f6; color: #16181d }
        main { max-width: 26rem; margin: 8vh auto 0; padding: 1.75rem; background: #fff; border: 1px solid #d4d7de; border-radius: .75rem; overflow-wrap: anywhere }
        .school { margin: 0 0 .25rem; color: #4b5563 }
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
          .school { color: #b4bac6 }
          a { color: #9db8ff }
          button { background: #2f5fe0; border-color: #2f5fe0 }
          button.second { color: #9db8ff; border-color: #9db8ff }
          [role=alert] { background: #45191c; color: #fecaca }
          footer { border-color: #3b404b }
        }
        """;

    public static readonly string Source = $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Text)))}'";
}
