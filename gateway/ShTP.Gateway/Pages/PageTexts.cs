
namespace ShTP.Gateway.Pages;

/// <summary>The texts of the pages in one language.</summary>
public sealed record PageTexts
{
    private static readonly PageTexts Russian = new()
    {
        Language = "ru",
        System = "ШТП",
        WhatThisIs = "Здесь работает ШТП: достижения, рейтинг, события, задачи и контесты IT-класса. Этот адрес — для программ, а войти можно и отсюда.",
        OpenWebClient = "Открыть сайт",
        SignIn = "Войти",
        ForDevelopers = "Описание API для разработчиков",
        Health = "Состояние системы",
        NotFound = "Такой страницы нет",
        NotFoundHelp = "Проверьте адрес: в нём могла быть опечатка, или страницу убрали.",
    };

    private static readonly PageTexts English = new()
    {
        Language = "en",
        System = "ShTP",
        WhatThisIs = "ShTP runs here: achievements, ratings, events, tasks and contests of an IT class. This address is for programs, but you can sign in from here too.",
        OpenWebClient = "Open the web site",
        SignIn = "Sign in",
        ForDevelopers = "API description for developers",
        Health = "State of the system",
        NotFound = "There is no such page",
        NotFoundHelp = "Check the address: it may have a typing error, or the page was removed.",
    };

    public required string Language { get; init; }

    public required string System { get; init; }

    public required string WhatThisIs { get; init; }

    public required string OpenWebClient { get; init; }

    public required string SignIn { get; init; }

    public required string ForDevelopers { get; init; }

    public required string Health { get; init; }

    public required string NotFound { get; init; }

    public required string NotFoundHelp { get; init; }

    /// <summary>The language that the reader likes best of the two; Russian where neither is named.</summary>
    public static PageTexts For(HttpRequest request)
    {
        var liked = request.GetTypedHeaders().AcceptLanguage
            .Where(language => language.Quality is not 0)
            .OrderByDescending(language => language.Quality ?? 1)
            .Select(language => language.Value.ToString().Split('-')[0].ToLowerInvariant());
        return liked.FirstOrDefault(language => language is "ru" or "en") == "en" ? English : Russian;
    }
}
