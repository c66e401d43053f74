namespace ShTP.Functions;

/// <summary>Kinds of types.</summary>
public enum FunctionKind
{
    /// <summary>32 bits.</summary>
    Number32,

    /// <summary>64 bits.</summary>
    Number64,

    Fraction,
    Bool,
    Text,

    /// <summary>One ASCII character, which is one letter in both languages.</summary>
    Letter,

    List,
    Map,

    /// <summary>Result type only: the function's answer is what it prints.</summary>
    Void,
}

/// <summary>
/// The type of an argument or a result of a function, in either spelling:
/// <code>
/// type   = scalar | list | map | "void"
/// scalar = "int" | "long" | "long long" | "float" | "double" | "bool" | "str" | "string" | "char"
/// list   = "list[" type "]" | "vector&lt;" type "&gt;"
/// map    = "map[" scalar "," type "]" | "map&lt;" scalar "," type "&gt;"
/// </code>
/// with "dict" for "map" and blanks and "std::" wherever C++ lets them stand.
/// </summary>
/// <param name="Kind">Kind of the type.</param>
/// <param name="Cpp">Spelling in C++.</param>
/// <param name="Key">Of a map.</param>
/// <param name="Element">Of a list, or the value of a map.</param>
public sealed record FunctionType(FunctionKind Kind, string Cpp, FunctionType? Key = null, FunctionType? Element = null)
{
    public const int MaxLength = 100;
    private const int MaxDepth = 5;

    // Between angle brackets a name has its C++ meaning, because a student who reads vector<float> writes vector<float>.
    private static readonly Dictionary<string, (FunctionKind Kind, string Cpp, string CppInAngles)> Scalars = new()
    {
        ["int"] = (FunctionKind.Number32, "int", "int"),
        ["long"] = (FunctionKind.Number64, "long long", "long"),
        ["long long"] = (FunctionKind.Number64, "long long", "long long"),
        ["float"] = (FunctionKind.Fraction, "double", "float"),
        ["double"] = (FunctionKind.Fraction, "double", "double"),
        ["bool"] = (FunctionKind.Bool, "bool", "bool"),
        ["str"] = (FunctionKind.Text, "std::string", "std::string"),
        ["string"] = (FunctionKind.Text, "std::string", "std::string"),
        ["char"] = (FunctionKind.Letter, "char", "char"),
    };

    public bool IsScalar => Kind is not (FunctionKind.List or FunctionKind.Map or FunctionKind.Void);

    /// <summary>Parses a type; null when it is not valid.</summary>
    public static FunctionType? TryParse(string text)
    {
        if (text.Length > MaxLength)
            return null;
        return Normalize(text) == "void" ? new FunctionType(FunctionKind.Void, "void") : Parse(text, inAngles: false, MaxDepth);
    }

    private static FunctionType? Parse(string text, bool inAngles, int depth)
    {
        var name = Normalize(text);
        if (Scalars.TryGetValue(name, out var scalar))
            return new FunctionType(scalar.Kind, inAngles ? scalar.CppInAngles : scalar.Cpp);
        var open = name.IndexOfAny(['[', '<']);
        if (open < 0 || depth == 0 || name[^1] != (name[open] == '[' ? ']' : '>'))
            return null;
        var (inside, isAngle) = (name[(open + 1)..^1], name[open] == '<');
        return name[..open].TrimEnd() switch
        {
            "list" or "vector" => Parse(inside, isAngle, depth - 1) is { } element
                ? new FunctionType(FunctionKind.List, $"std::vector<{element.Cpp}>", Element: element)
                : null,
            "map" or "dict" when inside.IndexOf(',', StringComparison.Ordinal) is var comma and > 0 =>
                Parse(inside[..comma], isAngle, depth - 1) is { IsScalar: true } key && Parse(inside[(comma + 1)..], isAngle, depth - 1) is { } value
                    ? new FunctionType(FunctionKind.Map, $"std::map<{key.Cpp}, {value.Cpp}>", key, value)
                    : null,
            _ => null,
        };
    }

    private static string Normalize(string text)
    {
        var name = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return name.StartsWith("std::", StringComparison.Ordinal) ? name["std::".Length..].TrimStart() : name;
    }
}
