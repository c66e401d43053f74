using System.Globalization;
using ShTP.Localization;
using ShTP.Rpc.Readers;

namespace ShTP.Auth.OpenId.Pages;

/// <summary>The texts of the pages in one language.</summary>
internal sealed class Texts(CultureInfo language)
{
    public string Language => Languages.TagOf(language);

    public string SignIn => In("Sign in to ShTP");

    public string SignInTo => In("Sign in to “{0}” with ShTP");

    public string Email => In("E-mail");

    public string Password => In("Password");

    public string DoSignIn => In("Sign in");

    public string WrongPair => In("Wrong e-mail or password.");

    public string NoEmail => In("Enter an e-mail address, such as name@example.org.");

    public string NoPassword => In("Enter your password.");

    public string NewPassword => In("New password");

    public string MustChange => In("This password is for one sign-in. Enter it again and choose another one of 8 to 128 characters.");

    public string TooMany => In("Too many failed attempts. Try again in {0} s.");

    public string Unavailable => In("Signing in is not possible right now. Try again in a minute.");

    public string SignedIn => In("You are signed in to ShTP");

    public string SignedInAs => In("You are signed in as {0}.");

    public string ToHome => In("To the start page");

    public string DoSignOut => In("Sign out");

    public string OtherAccount => In("Use another account");

    public string Consent => In("Sign in to “{0}”?");

    public string ConsentIntroduction => In("The site {0} will know:");

    /// <summary>What a scope shares with a site.</summary>
    public Dictionary<string, string> Scopes => new()
    {
        ["openid"] = In("your id in ShTP"),
        ["profile"] = In("your name and your role at school"),
        ["email"] = In("your e-mail address"),
        ["school"] = In("your group and your class"),
        ["offline_access"] = In("all of this also while you are away, until you sign out of ShTP"),
    };

    public string Allow => In("Allow");

    public string Deny => In("Deny");

    public string Fault => In("Signing in did not work");

    public string BadRequest => In("The site that you came from did not ask properly. Tell its owner.");

    public string OldForm => In("The page is too old. Go back to the site and start again.");

    /// <summary>The language that the reader likes best; pages are for people, so Russian where none is named.</summary>
    public static Texts For(HttpRequest request) => new(RequestLanguage.OfPage(request));

    private string In(LocalizedText text) => text.In(language);
}
