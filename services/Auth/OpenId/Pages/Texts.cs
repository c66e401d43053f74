using Microsoft.Net.Http.Headers;

namespace ShTP.Auth.OpenId.Pages;

/// <summary>The texts of the pages in one language.</summary>
internal sealed class Texts
{
    private static readonly Texts Russian = new()
    {
        Language = "ru",
        SignIn = "Вход в ШТП",
        SignInTo = "Вход на сайт «{0}» через ШТП",
        Email = "Электронная почта",
        Password = "Пароль",
        DoSignIn = "Войти",
        WrongPair = "Неверная почта или пароль.",
        NoEmail = "Введите адрес электронной почты, например name@example.org.",
        NoPassword = "Введите пароль.",
        NewPassword = "Новый пароль",
        MustChange = "Этот пароль действует на один вход. Введите его ещё раз и придумайте новый, другой: от 8 до 128 знаков.",
        TooMany = "Слишком много неудачных попыток. Попробуйте ещё раз через {0} с.",
        Unavailable = "Сейчас войти нельзя. Попробуйте ещё раз через минуту.",
        SignedIn = "Вы вошли в ШТП",
        SignedInAs = "Вы вошли как {0}.",
        ToHome = "На главную страницу",
        DoSignOut = "Выйти",
        OtherAccount = "Войти под другим именем",
        Consent = "Войти на сайт «{0}»?",
        ConsentIntroduction = "Сайт {0} узнает о вас:",
        Scopes = new() { ["openid"] = "ваш номер в ШТП", ["profile"] = "имя, фамилию и роль в школе", ["email"] = "адрес электронной почты", ["school"] = "группу и класс", ["offline_access"] = "всё это и тогда, когда вас на сайте нет, пока вы не выйдете из ШТП" },
        Allow = "Разрешить",
        Deny = "Отказать",
        Fault = "Войти не получилось",
        BadRequest = "Сайт, с которого вы пришли, спросил неправильно. Сообщите об этом его владельцу.",
        OldForm = "Страница устарела. Вернитесь на сайт и начните сначала.",
    };

    private static readonly Texts English = new()
    {
        Language = "en",
        SignIn = "Sign in to ShTP",
        SignInTo = "Sign in to “{0}” with ShTP",
        Email = "E-mail",
        Password = "Password",
        DoSignIn = "Sign in",
        WrongPair = "Wrong e-mail or password.",
        NoEmail = "Enter an e-mail address, such as name@example.org.",
        NoPassword = "Enter your password.",
        NewPassword = "New password",
        MustChange = "This password is for one sign-in. Enter it again and choose another one of 8 to 128 characters.",
        TooMany = "Too many failed attempts. Try again in {0} s.",
        Unavailable = "Signing in is not possible right now. Try again in a minute.",
        SignedIn = "You are signed in to ShTP",
        SignedInAs = "You are signed in as {0}.",
        ToHome = "To the start page",
        DoSignOut = "Sign out",
        OtherAccount = "Use another account",
        Consent = "Sign in to “{0}”?",
        ConsentIntroduction = "The site {0} will know:",
        Scopes = new() { ["openid"] = "your id in ShTP", ["profile"] = "your name and your role at school", ["email"] = "your e-mail address", ["school"] = "your group and your class", ["offline_access"] = "all of this also while you are away, until you sign out of ShTP" },
        Allow = "Allow",
        Deny = "Deny",
        Fault = "Signing in did not work",
        BadRequest = "The site that you came from did not ask properly. Tell its owner.",
        OldForm = "The page is too old. Go back to the site and start again.",
    };

    public required string Language { get; init; }

    public required string SignIn { get; init; }

    public required string SignInTo { get; init; }

    public required string Email { get; init; }

    public required string Password { get; init; }

    public required string DoSignIn { get; init; }

    public required string WrongPair { get; init; }

    public required string NoEmail { get; init; }

    public required string NoPassword { get; init; }

    public required string NewPassword { get; init; }

    public required string MustChange { get; init; }

    public required string TooMany { get; init; }

    public required string Unavailable { get; init; }

    public required string SignedIn { get; init; }

    public required string SignedInAs { get; init; }

    public required string ToHome { get; init; }

    public required string DoSignOut { get; init; }

    public required string OtherAccount { get; init; }

    public required string Consent { get; init; }

    public required string ConsentIntroduction { get; init; }

    /// <summary>What a scope shares with a site.</summary>
    public required Dictionary<string, string> Scopes { get; init; }

    public required string Allow { get; init; }

    public required string Deny { get; init; }

    public required string Fault { get; init; }

    public required string BadRequest { get; init; }

    public required string OldForm { get; init; }

    /// <summary>The preferred language of the browser, Russian by default.</summary>
    public static Texts For(HttpRequest request)
    {
        var language = (StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptLanguage, out var accepted) ? accepted : [])
            .Where(range => range.Quality is null or > 0)
            .OrderByDescending(range => range.Quality ?? 1)
            .Select(range => range.Value.Value?.Split('-')[0].ToLowerInvariant())
            .FirstOrDefault(known => known is "ru" or "en");
        return language == "en" ? English : Russian;
    }
}
