using System.Globalization;
using System.Text;

namespace ShTP.Gateway.Tests.Hostile;

/// <summary>A request in parts that can be changed one by one; its framing stays right.</summary>
internal sealed class FuzzRequest(string verb, string path, string query = "", string contentType = "", byte[]? body = null, string? token = null)
{
    public string Verb { get; set; } = verb;

    public string Path { get; set; } = path;

    public List<string> Query { get; } = [.. query.Split('&', StringSplitOptions.RemoveEmptyEntries)];

    public List<(string Name, string Value)> Headers { get; } =
    [
        .. contentType.Length > 0 ? [("Content-Type", contentType)] : Array.Empty<(string, string)>(),
        .. token is null ? Array.Empty<(string, string)>() : [("Authorization", $"Bearer {token}")],
    ];

    public byte[] Body { get; set; } = body ?? [];

    public bool IsHead => Verb == "HEAD";

    public FuzzRequest Clone()
    {
        var clone = new FuzzRequest(Verb, Path, string.Join('&', Query), body: [.. Body]);
        clone.Headers.AddRange(Headers);
        return clone;
    }

    public byte[] ToBytes()
    {
        var head = new StringBuilder($"{Verb} {Path}{(Query.Count > 0 ? "?" : "")}{string.Join('&', Query)} HTTP/1.1\r\nHost: fuzz\r\n");
        foreach (var (name, value) in Headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (Body.Length > 0 || Verb is "PUT" or "POST" or "PATCH")
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Body.Length}\r\n");
        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. Body];
    }
}
