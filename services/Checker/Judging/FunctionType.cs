namespace ShTP.Checker.Judging;

internal enum FunctionScalar
{
    Int,
    Long,
    Double,
    Text,
    Bool,
}

/// <summary>The type of an argument or a result: a value, or a list of them.</summary>
internal sealed record FunctionType(FunctionScalar Scalar, bool IsList)
{
    private const string ListOf = "list[";

    private static readonly Dictionary<string, FunctionScalar> Names = new()
    {
        ["int"] = FunctionScalar.Int,
        ["long"] = FunctionScalar.Long,
        ["float"] = FunctionScalar.Double,
        ["str"] = FunctionScalar.Text,
        ["bool"] = FunctionScalar.Bool,
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
                _ => "bool",
            };
            return IsList ? $"std::vector<{scalar}>" : scalar;
        }
    }

    public FunctionType Element => this with { IsList = false };

    /// <summary>Reads a type as tasks.proto has them.</summary>
    /// <exception cref="FaultyTaskException">It is none of them.</exception>
    public static FunctionType Parse(string name)
    {
        var isList = name.StartsWith(ListOf, StringComparison.Ordinal) && name.EndsWith(']');
        return Names.TryGetValue(isList ? name[ListOf.Length..^1] : name, out var scalar)
            ? new FunctionType(scalar, isList)
            : throw new FaultyTaskException($"'{name}' is no type that functions of tasks can have.");
    }
}
