using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ShTP.Checker.Judging;

/// <summary>
/// The program around a student's function. It takes standard output away before anything of the student runs, so only
/// what the function gives back is the answer, whatever it prints.
/// </summary>
internal static class FunctionHarness
{
    // Strings are written as they are and not as \u escapes: the harness in C++ writes bytes too.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One translation unit, since a call finds the function whether it takes values or references.</summary>
    public static byte[] WrapCpp(FunctionSignature function, ReadOnlySpan<byte> source)
    {
        var call = new StringBuilder();
        for (var i = 0; i < function.Inputs.Count; i++)
            call.Append(CultureInfo.InvariantCulture, $"    {function.Inputs[i].Cpp} shtp_{i}; shtp_harness::read(shtp_{i});\n");
        var arguments = string.Join(", ", Enumerable.Range(0, function.Inputs.Count).Select(i => $"shtp_{i}"));
        call.Append(CultureInfo.InvariantCulture, $"    shtp_harness::finish({function.Name}({arguments}));\n");
        var parts = EmbeddedText.Read("Function.cpp").Split("// SOURCE");
        return
        [
            .. Encoding.UTF8.GetBytes(parts[0]), .. source,
            .. Encoding.UTF8.GetBytes(parts[1].Replace("// CALL", call.ToString(), StringComparison.Ordinal)),
        ];
    }

    public static string WrapPython(FunctionSignature function) =>
        EmbeddedText.Read("Function.py").Replace("FUNCTION", function.Name, StringComparison.Ordinal);

    /// <summary>Arguments as the harness of the language reads them.</summary>
    public static byte[] WriteArguments(Language language, IReadOnlyList<JsonNode> arguments)
    {
        if (language == Language.Python)
            return Encoding.UTF8.GetBytes(new JsonArray([.. arguments.Select(argument => argument.DeepClone())]).ToJsonString(Plain));
        using var output = new MemoryStream();
        foreach (var argument in arguments)
            WriteWords(output, argument);
        return output.ToArray();
    }

    // Lists and text go behind their length, so that the reader needs no grammar.
    private static void WriteWords(MemoryStream output, JsonNode? value)
    {
        if (value is JsonArray list)
        {
            Write($"{list.Count} ");
            foreach (var element in list)
                WriteWords(output, element);
        }
        else if (value?.GetValueKind() == JsonValueKind.String)
        {
            var text = value.GetValue<string>();
            Write($"{Encoding.UTF8.GetByteCount(text)} {text} ");
        }
        else
        {
            Write(value?.ToJsonString() switch { "true" => "1 ", "false" => "0 ", var number => number + " " });
        }

        void Write(string text) => output.Write(Encoding.UTF8.GetBytes(text));
    }
}
