using ShTP.Localization;

namespace ShTP.Functions;

/// <summary>The signature of a student's function.</summary>
/// <param name="Name">A name that is valid in both languages.</param>
/// <param name="Inputs">Types of the arguments, in order.</param>
/// <param name="Output">Type of the result.</param>
public sealed record FunctionSignature(string Name, IReadOnlyList<FunctionType> Inputs, FunctionType Output)
{
    public const int MaxInputs = 10;

    private const string Nothing = "void";

    private static readonly LocalizedText KnownTypes = "int, long (long long), float (double), bool, str (string), char, list[...] (vector<...>) or map<..., ...>";

    /// <summary>Parses the signature of a task, or reports every fault with its field.</summary>
    public static FunctionSignature? TryParse(
        string name, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, out IReadOnlyList<(string Field, LocalizedText Detail)> faults)
    {
        var found = new List<(string Field, LocalizedText Detail)>();
        if (FunctionName.FindFault(name) is { } nameFault)
            found.Add(("functionName", nameFault));
        // C writes "no arguments" as the word void.
        var given = inputs is [var only] && only.Trim() == Nothing ? [] : inputs;
        if (given.Count > MaxInputs)
            found.Add(("testsTypes.input", $"must have at most {MaxInputs} types"));
        if (outputs.Count != 1)
            found.Add(("testsTypes.output", "must have exactly one type"));
        var types = given.Take(MaxInputs).Select(FunctionType.TryParse).ToList();
        if (types.Any(type => type is null or { Kind: FunctionKind.Void }))
            found.Add(("testsTypes.input", $"must be {KnownTypes}, or nothing but void"));
        var output = outputs.Count == 1 ? FunctionType.TryParse(outputs[0]) : null;
        if (outputs.Count == 1 && output is null)
            found.Add(("testsTypes.output", $"must be {KnownTypes}, or void"));
        if (found.Count == 0 && FunctionName.FindFault(name, [.. types.Select(type => type!)], output!) is { } conflict)
            found.Add(("functionName", conflict));
        faults = found;
        return found.Count == 0 ? new FunctionSignature(name, [.. types.Select(type => type!)], output!) : null;
    }
}
