using System.Text.Json;
using ShTP.Testing;

namespace ShTP.Services.Tests.Assignments;

/// <summary>The web client's editor, run by node.</summary>
internal static class QuillEditor
{
    private const string Script = "quill.mjs";

    private static readonly string[] Packages = ["quill", "jsdom"];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>A text as the editor shows it.</summary>
    internal sealed record Shown(string Name, string Html, string Text);

    /// <summary>Every format of the toolbar, alone and each within each other.</summary>
    public static async Task<Shown[]> WriteAsync() => Read(await NodeScript.RunAsync(Script, Packages, "write"));

    /// <summary>What the editor makes of texts that it is given.</summary>
    public static async Task<Shown[]> ReadAsync(IEnumerable<string> html) =>
        Read(await NodeScript.RunOnAsync(Script, Packages, JsonSerializer.Serialize(html), "read"));

    private static Shown[] Read(string output) => JsonSerializer.Deserialize<Shown[]>(output, Json)!;
}
