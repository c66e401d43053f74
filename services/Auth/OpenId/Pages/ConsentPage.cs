using System.Globalization;
using static ShTP.Auth.OpenId.Pages.Page;

namespace ShTP.Auth.OpenId.Pages;

/// <summary>Asks whether a site may know what it asks for.</summary>
internal static class ConsentPage
{
    /// <summary>The form field of the decision.</summary>
    public const string Decision = "decision";

    public const string Allowed = "allow";

    /// <param name="context">The request.</param>
    /// <param name="texts">In the language of the browser.</param>
    /// <param name="action">Where the form is sent.</param>
    /// <param name="session">Who is asked.</param>
    /// <param name="site">Who asks.</param>
    /// <param name="address">The address that asks again, for whoever signs out first.</param>
    /// <param name="fields">The request of the site.</param>
    /// <param name="scopes">What it asks for.</param>
    public static IResult Show(
        HttpContext context, Texts texts, string action, BrowserSession session, Site site, string address,
        IEnumerable<KeyValuePair<string, string>> fields, IEnumerable<string> scopes)
    {
        var title = string.Format(CultureInfo.InvariantCulture, texts.Consent, site.Name);
        var introduction = string.Format(CultureInfo.InvariantCulture, texts.ConsentIntroduction, site.Origin);
        var repeated = fields.Select(field => Html($"""<input type="hidden" name="{field.Key}" value="{field.Value}">"""));
        var known = scopes.Where(texts.Scopes.ContainsKey).Select(scope => Html($"<li>{texts.Scopes[scope]}</li>"));
        var content = Html($"""
            <form method="post" action="{action}">
            {FormProof(context)}{Join(repeated)}
            <p>{introduction}</p>
            <ul>{Join(known)}</ul>
            <button type="submit" name="{Decision}" value="{Allowed}">{texts.Allow}</button>
            <button type="submit" name="{Decision}" value="deny" class="second">{texts.Deny}</button>
            </form>
            <footer>{SignInEndpoint.SignOutForm(context, address, session, texts.OtherAccount)}</footer>
            """);
        return Page.Show(context, texts, title, content, site.Origin);
    }
}
