using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ShTP.Distributed.Tests;

/// <summary>Multipart bodies of achievements, as each of the two clients makes them.</summary>
internal static class Achievements
{
    public static byte[] Pdf { get; } = Encoding.ASCII.GetBytes("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");

    /// <summary>The file first, then one text field, and one that has no name.</summary>
    public static MultipartFormDataContent AsReactSends(string title, byte[]? file, string fileName = "диплом.pdf")
    {
        var form = new MultipartFormDataContent();
        if (file is not null)
            form.Add(new ByteArrayContent(file), "confirmFile", fileName);
        form.Add(new StringContent(Json(title)), "achievement");
        form.Add(new StringContent("undefined"), "undefined");
        return form;
    }

    /// <summary>A part of JSON without a file name.</summary>
    public static MultipartFormDataContent AsAndroidSends(string title, byte[] file)
    {
        var json = new StringContent(Json(title));
        json.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new MultipartFormDataContent { { json, "achievement" }, { new ByteArrayContent(file), "confirmFile", "image.pdf" } };
    }

    private static string Json(string title) => JsonSerializer.Serialize(new { eventType = "olimpiad", title, description = "Описание" });
}
