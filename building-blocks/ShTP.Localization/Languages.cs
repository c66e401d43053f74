using System.Globalization;

namespace ShTP.Localization;

/// <summary>The languages of texts for people. Numbers and dates do not depend on them.</summary>
public static class Languages
{
    /// <summary>The language of the texts in the code, and of whatever has no reader.</summary>
    public static CultureInfo English { get; } = CultureInfo.InvariantCulture;

    /// <summary>The only other one so far: its texts are in <c>Texts.ru.resx</c> beside the code of each project.</summary>
    public static CultureInfo Russian { get; } = CultureInfo.GetCultureInfo("ru");

    /// <summary>What is stored or handed on, such as notifications and exports, is read by others than the caller: it has the language of the school.</summary>
    public static CultureInfo OfSchool => Russian;

    /// <summary>The tag of the language in HTTP headers and HTML.</summary>
    public static string TagOf(CultureInfo language) => language.Name.Length == 0 ? "en" : language.Name;
}
