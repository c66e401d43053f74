using System.Text.RegularExpressions;

namespace ShTP.Checker.Judging;

/// <summary>The function that a student writes.</summary>
/// <param name="Name">A name that both languages can have.</param>
/// <param name="Inputs">Types of the arguments, in order.</param>
/// <param name="Output">Type of the result.</param>
internal sealed partial record FunctionSignature(string Name, IReadOnlyList<FunctionType> Inputs, FunctionType Output)
{
    private const int MaxInputs = 20;

    /// <summary>Reads a signature as tasks have it: a name and the names of types, see <see cref="FunctionType.Parse"/>.</summary>
    /// <exception cref="FaultyTaskException">Something of it is not known.</exception>
    public static FunctionSignature Parse(string name, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        if (!Identifier().IsMatch(name))
            throw new FaultyTaskException($"'{name}' is no name of a function.");
        if (inputs.Count > MaxInputs)
            throw new FaultyTaskException($"A function has at most {MaxInputs} arguments.");
        if (outputs is not [var output])
            throw new FaultyTaskException("A function has exactly one type of output.");
        return new FunctionSignature(name, [.. inputs.Select(FunctionType.Parse)], FunctionType.Parse(output));
    }

    [GeneratedRegex(@"\A(?!shtp)[A-Za-z_][A-Za-z0-9_]{0,99}\z")]
    private static partial Regex Identifier();
}
