using System.Globalization;
using System.Text;
using ADRaffy.ENSNormalize;

namespace ShTP.Rpc.Text;

/// <summary>Unicode rules for texts of users. They are the same on every machine, because no system library is used.</summary>
public static class UnicodeText
{
    private const int Joiner = 0x200D;
    private const int EmojiSelector = 0xFE0F;

    /// <summary>Letters and marks that are invisible, although their category is a visible one.</summary>
    private static readonly int[] Fillers = [0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0];

    /// <summary>
    /// In normalization form C. <see cref="string.Normalize()"/> returns its text as it is where globalization is invariant,
    /// as it is here.
    /// </summary>
    public static string Compose(string text) => Ascii.IsValid(text) ? text : ENSNormalize.NF.NFC(text);

    /// <summary>Folds a text for comparison: without case, diacritics, repeated blanks and kinds of apostrophes and dashes. Line breaks stay.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in (Ascii.IsValid(text) ? text : ENSNormalize.NF.NFD(text)).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format)
                continue;
            if (rune.Value == '\n')
                folded = new StringBuilder(folded.ToString().TrimEnd(' ')).Append('\n');
            else if (!Rune.IsWhiteSpace(rune))
                folded.Append(FoldSign(Rune.ToLowerInvariant(rune)));
            else if (folded.Length > 0 && folded[^1] is not (' ' or '\n'))
                folded.Append(' ');
        }

        return Compose(folded.ToString().TrimEnd(' '));
    }

    /// <summary>Finds the first character that is invisible or changes the text direction; null when there is none.</summary>
    public static Rune? FindInvisible(string text)
    {
        var runes = text.EnumerateRunes().ToArray();
        for (var i = 0; i < runes.Length; i++)
        {
            if (IsInvisible(runes, i))
                return runes[i];
        }

        return null;
    }

    /// <summary>Without the characters that <see cref="FindInvisible"/> finds.</summary>
    public static string RemoveInvisible(string text)
    {
        var runes = text.EnumerateRunes().ToArray();
        return string.Concat(runes.Where((_, i) => !IsInvisible(runes, i)).Select(rune => rune.ToString()));
    }

    /// <summary>Whether there is any visible character.</summary>
    public static bool IsVisible(string text) => text.EnumerateRunes().Any(rune =>
        Rune.IsLetterOrDigit(rune) || Rune.IsPunctuation(rune) || Rune.IsSymbol(rune) || Rune.IsNumber(rune));

    // Joiners and selectors within an emoji are visible.
    private static bool IsInvisible(Rune[] runes, int i) => runes[i].Value switch
    {
        Joiner => i == 0 || i + 1 == runes.Length || !IsEmojiPart(runes[i - 1]) || !Rune.IsSymbol(runes[i + 1]),
        EmojiSelector => i == 0 || Rune.IsWhiteSpace(runes[i - 1]),
        var value => Rune.GetUnicodeCategory(runes[i]) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            || Fillers.Contains(value),
    };

    private static bool IsEmojiPart(Rune rune) => rune.Value == EmojiSelector || Rune.IsSymbol(rune);

    private static Rune FoldSign(Rune rune) => rune.Value switch
    {
        0x2018 or 0x2019 or 0x201B or 0x02BC or 0x02B9 or 0x0060 or 0x00B4 or 0x2032 or 0xFF07 => new Rune('\''),
        0x2010 or 0x2011 or 0x2012 or 0x2013 or 0x2014 or 0x2212 or 0xFE63 or 0xFF0D => new Rune('-'),
        _ => rune,
    };
}
