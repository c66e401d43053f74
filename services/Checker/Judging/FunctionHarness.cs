using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ShTP.Functions;

namespace ShTP.Checker.Judging;

/// <summary>
/// The program around a student's function. It takes standard output away before the student's code runs, so only the
/// returned value is the answer. The answer of a function without a result is what it prints.
/// </summary>
internal static partial class FunctionHarness
{
    // Strings are written as they are and not as \u escapes: the harness in C++ writes bytes too.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // For functions without include directives.
    private static readonly byte[] Everything = "#include <bits/stdc++.h>\n#include <unistd.h>\n#include <fcntl.h>\n#line 1 \"main.cpp\"\n"u8.ToArray();

    /// <summary>
    /// The variants of the student's source with the call of the function, best first: unchanged, so that a complete
    /// file compiles, and with all headers in front, for functions without include directives.
    /// </summary>
    public static IEnumerable<byte[]> WrapCpp(FunctionSignature function, ReadOnlySpan<byte> source)
    {
        byte[] alone = [.. source, .. Encoding.UTF8.GetBytes(WriteCall(function))];
        byte[] withEverything = [.. Everything, .. alone];
        return IncludeLine().IsMatch(Encoding.UTF8.GetString(source)) ? [alone, withEverything] : [withEverything, alone];
    }

    public static string WrapPython(FunctionSignature function) => ProgramEnd.ReadHarness("Function.py")
        .Replace("FUNCTION", function.Name, StringComparison.Ordinal)
        .Replace("PRINTS", function.Output.Kind == FunctionKind.Void ? "True" : "False", StringComparison.Ordinal);

    /// <summary>The arguments in the input format of the language's harness.</summary>
    public static byte[] WriteArguments(Language language, FunctionSignature function, IReadOnlyList<JsonNode> arguments)
    {
        if (language == Language.Python)
        {
            var given = new JsonObject
            {
                ["inputs"] = new JsonArray([.. function.Inputs.Select(ToShape)]),
                ["output"] = ToShape(function.Output),
                ["arguments"] = new JsonArray([.. arguments.Select(argument => argument.DeepClone())]),
            };
            return Encoding.UTF8.GetBytes(given.ToJsonString(Plain));
        }

        using var output = new MemoryStream();
        foreach (var (argument, type) in arguments.Zip(function.Inputs))
            WriteWords(output, argument, type);
        return output.ToArray();
    }

    private static string WriteCall(FunctionSignature function)
    {
        var template = EmbeddedText.Read("FunctionCall.cpp");
        var call = new StringBuilder();
        foreach (var (i, type) in function.Inputs.Index())
            call.Append(CultureInfo.InvariantCulture, $"    {type.Cpp} shtp_{i}{{}}; take({ToTag(type)}{{}}, shtp_{i});\n");
        var arguments = string.Join(", ", Enumerable.Range(0, function.Inputs.Count).Select(i => $"shtp_{i}"));
        // From the global namespace, where the student's function hides those of the same name from "using namespace std".
        var isVoid = function.Output.Kind == FunctionKind.Void;
        var result = $"::{function.Name}({arguments})";
        call.Append(CultureInfo.InvariantCulture, $"    {(isVoid ? result : $"put({ToTag(function.Output)}{{}}, {result})")};\n");
        var text = template.Replace("// CALL", call.ToString(), StringComparison.Ordinal);
        if (isVoid)
            text = text.Replace("prints = false", "prints = true", StringComparison.Ordinal);
        // Macros of the student must not affect the harness: "#define int long long" is common.
        var names = Word().Matches(text).Select(word => word.Value).Distinct();
        return text.Replace("// UNDEFINE", string.Concat(names.Select(name => $"#undef {name}\n")) + "#line 1 \"call\"", StringComparison.Ordinal);
    }

    private static string ToTag(FunctionType type) => type.Kind switch
    {
        FunctionKind.List => $"list<{ToTag(type.Element!)}>",
        FunctionKind.Map => $"map<{ToTag(type.Key!)}, {ToTag(type.Element!)}>",
        _ => "scalar",
    };

    private static JsonNode ToShape(FunctionType type) => type.Kind switch
    {
        FunctionKind.List => new JsonArray("List", ToShape(type.Element!)),
        FunctionKind.Map => new JsonArray("Map", ToShape(type.Key!), ToShape(type.Element!)),
        var kind => JsonValue.Create($"{kind}"),
    };

    // Lists and strings are preceded by their length, so that the reader needs no grammar.
    private static void WriteWords(MemoryStream output, JsonNode value, FunctionType type)
    {
        switch (type.Kind)
        {
            case FunctionKind.List:
                Write($"{value.AsArray().Count} ");
                foreach (var item in value.AsArray())
                    WriteWords(output, item!, type.Element!);
                break;
            case FunctionKind.Map:
                Write($"{value.AsArray().Count} ");
                foreach (var entry in value.AsArray())
                {
                    WriteWords(output, entry![0]!, type.Key!);
                    WriteWords(output, entry[1]!, type.Element!);
                }

                break;
            case FunctionKind.Text or FunctionKind.Letter:
                var text = value.GetValue<string>();
                Write($"{Encoding.UTF8.GetByteCount(text)} {text} ");
                break;
            case FunctionKind.Bool:
                Write(value.GetValue<bool>() ? "1 " : "0 ");
                break;
            default:
                Write(value.ToJsonString() + " ");
                break;
        }

        void Write(string words) => output.Write(Encoding.UTF8.GetBytes(words));
    }

    [GeneratedRegex(@"^[ \t]*#[ \t]*include\b", RegexOptions.Multiline)]
    private static partial Regex IncludeLine();

    [GeneratedRegex(@"\b[A-Za-z_]\w*\b")]
    private static partial Regex Word();
}
