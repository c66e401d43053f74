using System.Globalization;
using ShTP.Localization;
using ShTP.Rpc.Readers;

namespace ShTP.Gateway.Pages;

/// <summary>The texts of the pages in one language.</summary>
public sealed class PageTexts(CultureInfo language)
{
    public string Language => Languages.TagOf(language);

    public string System => In("ShTP");

    public string WhatThisIs => In("ShTP runs here: achievements, ratings, events, tasks and contests of an IT class. This address is for programs, but you can sign in from here too.");

    public string OpenWebClient => In("Open the web site");

    public string SignIn => In("Sign in");

    public string ForDevelopers => In("API description for developers");

    public string Health => In("State of the system");

    public string NotFound => In("There is no such page");

    public string NotFoundHelp => In("Check the address: it may have a typing error, or the page was removed.");

    /// <summary>The language that the reader likes best; pages are for people, so Russian where none is named.</summary>
    public static PageTexts For(HttpRequest request) => new(RequestLanguage.OfPage(request));

    private string In(LocalizedText text) => text.In(language);
}
