using System.Text.Json;
using ShTP.Testing;

namespace ShTP.Services.Tests.Events;

/// <summary>A calendar as ical.js reads it, which Thunderbird and Nextcloud use.</summary>
internal static class IcalReader
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    internal sealed record Calendar(string Name, Entry[] Events);

    internal sealed record Entry(string Uid, string Summary, string? Description, string? Location, int Sequence, string Start, string End, bool HasEnd, string? Status);

    public static async Task<Calendar> ReadAsync(string file) =>
        JsonSerializer.Deserialize<Calendar>(await NodeScript.RunOnAsync("ical.mjs", ["ical.js"], file), Json)!;
}
