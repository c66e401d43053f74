using System.Security.Cryptography;
using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A random text of chosen kinds of characters, without those that look alike.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    private const string LowerCharacters = "abcdefghjkmnpqrstuvwxyz";
    private const string UpperCharacters = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string NumericCharacters = "0123456789";
    private const string SpecialCharacters = "-_.{}~()*+!";
    private const int DefaultLength = 22;

    public int MinLength { get; set; } = DefaultLength;

    public bool Lower { get; set; } = true;

    public bool Upper { get; set; } = true;

    public bool Numeric { get; set; } = true;

    public bool Special { get; set; } = true;

    public int MinLower { get; set; }

    public int MinUpper { get; set; }

    public int MinNumeric { get; set; }

    public int MinSpecial { get; set; }

    public override void WriteToManifest(ManifestPublishingContext context)
    {
        context.Writer.WriteStartObject("generate");
        context.Writer.WriteNumber("minLength", MinLength);
        context.Writer.WriteEndObject();
    }

    public override string GetDefaultValue()
    {
        List<char> chosen = [
            .. Random(Lower, LowerCharacters, MinLower), .. Random(Upper, UpperCharacters, MinUpper),
            .. Random(Numeric, NumericCharacters, MinNumeric), .. Random(Special, SpecialCharacters, MinSpecial)];
        var all = (Lower ? LowerCharacters : "") + (Upper ? UpperCharacters : "") +
            (Numeric ? NumericCharacters : "") + (Special ? SpecialCharacters : "");
        if (all.Length == 0)
            throw new ArgumentException("A generated value needs at least one kind of characters.");
        chosen.AddRange(Random(true, all, Math.Max(0, MinLength - chosen.Count)));
        var text = chosen.ToArray();
        RandomNumberGenerator.Shuffle<char>(text);
        return new string(text);
    }

    private static char[] Random(bool allowed, string characters, int count) => (allowed, count) switch
    {
        (_, 0) => [],
        (false, _) => throw new ArgumentException("A minimum is set for a kind of characters that is switched off."),
        _ => RandomNumberGenerator.GetItems<char>(characters, count),
    };
}
