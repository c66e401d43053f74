using System.Reflection;

namespace ShTP.ServiceDefaults;

/// <summary>The version of ShTP that a program was built from. All programs of one build have the same.</summary>
public static class ProductVersion
{
    /// <summary>The version as CHANGELOG.md names it, for example <c>1.0.0</c>.</summary>
    public static string Number { get; }

    /// <summary>The commit in 40 hexadecimal digits; null in a development build and in one without a repository.</summary>
    public static string? Commit { get; }

    static ProductVersion()
    {
        var text = typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        (Number, Commit) = plus < 0 ? (text, null) : (text[..plus], text[(plus + 1)..]);
    }
}
