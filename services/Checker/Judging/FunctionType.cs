using System.Text.RegularExpressions;

namespace ShTP.Checker.Judging;

internal enum FunctionScalar
{
    Int,
    Long,
    Double,
    Text,
    Character,
    Bool,
}

/// <summary>The type of an argument or a result.</summary>
/// <param name="Scalar">The type of a value alone.</param>
/// <param name="Depth">0 for a value alone, 1 for a list of them, 2 for a list of lists.</param>
internal sealed partial record FunctionType(FunctionScalar Scalar, int Depth)
{
    private const int MaxDepth = 2;

    private static readonly Dictionary<string, FunctionScalar> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["int"] = FunctionScalar.Int,
        ["integer"] = FunctionScalar.Int,
        ["long"] = FunctionScalar.Long,
        ["longlong"] = FunctionScalar.Long,
        ["int64"] = FunctionScalar.Long,
        ["float"] = FunctionScalar.Double,
        ["double"] = FunctionScalar.Double,
        ["str"] = FunctionScalar.Text,
        ["string"] = FunctionScalar.Text,
        ["char"] = FunctionScalar.Character,
        ["bool"] = FunctionScalar.Bool,
        ["boolean"] = FunctionScalar.Bool,
    };

    /// <summary>How C++ spells it.</summary>
    public string Cpp
    {
        get
        {
            var scalar = Scalar switch
            {
                FunctionScalar.Int => "int",
                FunctionScalar.Long => "long long",
                FunctionScalar.Double => "double",
                FunctionScalar.Text => "std::string",
                FunctionScalar.Character => "char",
                _ => "bool",
            };
            return string.Concat(Enumerable.Repeat("std::vector<", Depth)) + scalar + new string('>', Depth);
        }
    }

    public FunctionType Element => this with { Depth = Depth - 1 };

    /// <summary>
    /// Reads a type as authors spell it: <c>int</c>, <c>long</c>, <c>float</c> or <c>double</c>, <c>str</c> or <c>string</c>,
    /// <c>char</c>, <c>bool</c>; a list of them as <c>int[]</c>, <c>list[int]</c> or <c>vector&lt;int&gt;</c>, and a list of lists
    /// the same way again. Case, spaces and <c>std::</c> do not matter.
    /// </summary>
    /// <exception cref="FaultyTaskException">None of these.</exception>
    public static FunctionType Parse(string name)
    {
        var rest = Noise().Replace(name, "");
        var depth = 0;
        while (List().Match(rest) is { Success: true } list && depth < MaxDepth)
        {
            rest = list.Groups["element"].Value;
            depth++;
        }

        return Names.TryGetValue(rest, out var scalar)
            ? new FunctionType(scalar, depth)
            : throw new FaultyTaskException($"'{name}' is no type that functions of tasks can have.");
    }

    [GeneratedRegex(@"\s|std::")]
    private static partial Regex Noise();

    [GeneratedRegex(@"\A((?<element>.+)\[\]|(list|vector|array)(\[(?<element>.+)\]|<(?<element>.+)>))\z", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex List();
}
