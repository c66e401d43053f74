using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace ShTP.Localization;

/// <summary>
/// A text for people. It is written in English where it is used, as a literal or an interpolated string; that, with
/// {0}, {1} for its values, is also the key of its translations.
/// </summary>
/// <remarks>A test reads all conversions to this type and compares them with the translations.</remarks>
[InterpolatedStringHandler]
public sealed class LocalizedText : IEquatable<LocalizedText>
{
    private readonly StringBuilder _format;
    private readonly object?[] _values;
    private readonly bool _isTranslated;
    private int _count;

    /// <summary>Called by the compiler for an interpolated string.</summary>
    public LocalizedText(int literalLength, int formattedCount)
        : this(new StringBuilder(literalLength + (4 * formattedCount)), formattedCount, isTranslated: true)
    {
    }

    private LocalizedText(StringBuilder format, int count, bool isTranslated)
    {
        _format = format;
        _values = new object?[count];
        _isTranslated = isTranslated;
    }

    /// <summary>The English text, with a place for each value.</summary>
    public string Key => _format.ToString();

    /// <summary>A text that is the key itself.</summary>
    [return: NotNullIfNotNull(nameof(english))]
    public static implicit operator LocalizedText?(string? english) =>
        english is null ? null : new LocalizedText(new StringBuilder(english), 0, isTranslated: true);

    /// <summary>A text that is the same in every language: programs compare it, or it is translated already.</summary>
    public static LocalizedText Verbatim(string text) => new(new StringBuilder(text), 0, isTranslated: false);

    /// <summary>The text of something that is stored or handed on: see <see cref="Languages.OfSchool"/>.</summary>
    public static string OfSchool(LocalizedText text) => text.In(Languages.OfSchool);

    /// <summary>A text that a library has in English only, with what is said instead in another language.</summary>
    public static LocalizedText OfLibrary(string english, LocalizedText otherwise) =>
        CultureInfo.CurrentUICulture.Equals(Languages.English) ? Verbatim(english) : otherwise;

    /// <summary>A text of the contract.</summary>
    public static LocalizedText OfContract(string english) => english;

    /// <summary>Called by the compiler.</summary>
    public void AppendLiteral(string literal) => _format.Append(literal.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted<T>(T value, string? format = null)
    {
        _format.Append('{').Append(_count.ToString(CultureInfo.InvariantCulture));
        if (format is not null)
            _format.Append(':').Append(format);
        _format.Append('}');
        _values[_count++] = value;
    }

    /// <summary>Whether it says the same in every language.</summary>
    public bool Equals(LocalizedText? other) =>
        other is not null && _isTranslated == other._isTranslated && Key == other.Key && _values.SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LocalizedText);

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    /// <summary>The text in the language of the current call.</summary>
    public override string ToString() => In(CultureInfo.CurrentUICulture);

    /// <summary>The text in a language; in English where it has no translation.</summary>
    public string In(CultureInfo language)
    {
        var key = Key;
        var format = _isTranslated && !language.Equals(Languages.English) ? Translations.Of(language).GetValueOrDefault(key, key) : key;
        return _values.Length == 0
            ? format
            : string.Format(CultureInfo.InvariantCulture, format, Array.ConvertAll(_values, value => value is LocalizedText inner ? inner.In(language) : value));
    }
}
