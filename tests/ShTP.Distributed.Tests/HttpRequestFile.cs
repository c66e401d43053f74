using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ShTP.Distributed.Tests;

/// <summary>One request of a .http file, with variables still in it.</summary>
public sealed partial record HttpFileRequest(int Line, string Title, string? Name, string Verb, string Url, IReadOnlyList<(string Name, string Value)> Headers, IReadOnlyList<string> Body)
{
    /// <summary>What the title says is answered; 200 when it says nothing.</summary>
    public int ExpectedStatus => Status().Match(Title) is { Success: true } match ? int.Parse(match.Value, CultureInfo.InvariantCulture) : 200;

    [GeneratedRegex(@"\b[1-5]\d\d\b")]
    private static partial Regex Status();
}

/// <summary>
/// Reads the .http format of Visual Studio and of the REST Client of Visual Studio Code, as far as the file uses it:
/// <code>
/// ### title
/// @variable = value with {{another}}
/// # comment
/// # @name login
/// POST {{host}}/path
/// Header: value
///
/// body, in which a line "&lt; ./file" stands for the file
/// </code>
/// <c>{{login.response.body.$.field}}</c> and <c>{{list.response.body.$[0].field}}</c> are values of earlier answers.
/// </summary>
public sealed partial class HttpRequestFile
{
    private readonly string _directory;
    private readonly Dictionary<string, string> _variables = [];
    private readonly Dictionary<string, JsonNode?> _answers = [];

    private HttpRequestFile(string directory) => _directory = directory;

    public IReadOnlyList<HttpFileRequest> Requests { get; private set; } = [];

    public static HttpRequestFile Read(string path)
    {
        var file = new HttpRequestFile(Path.GetDirectoryName(path)!);
        var lines = File.ReadAllLines(path);
        int[] starts = [0, .. lines.Index().Where(line => line.Item.StartsWith("###", StringComparison.Ordinal)).Select(line => line.Index)];
        file.Requests = [.. starts.Zip(starts.Skip(1).Append(lines.Length)).Select(block => file.ReadBlock(lines, block.First, block.Second)).OfType<HttpFileRequest>()];
        return file;
    }

    /// <summary>Gives a variable another value than the file has for it.</summary>
    public void Set(string variable, string value)
    {
        if (!_variables.ContainsKey(variable))
            throw new InvalidOperationException($"the file has no variable '{variable}'");
        _variables[variable] = value;
    }

    /// <summary>The request with all variables in place.</summary>
    public HttpRequestMessage Build(HttpFileRequest request)
    {
        var message = new HttpRequestMessage(HttpMethod.Parse(request.Verb), Resolve(request.Url));
        string? contentType = null;
        foreach (var (name, value) in request.Headers)
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
                contentType = value;
            else
                message.Headers.Add(name, Resolve(value));
        if (request.Body.Count > 0)
        {
            message.Content = new ByteArrayContent(BodyOf(request));
            message.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        }

        return message;
    }

    /// <summary>Keeps an answer for the requests that use it.</summary>
    public void Remember(HttpFileRequest request, string text)
    {
        if (request.Name is { } name)
            _answers[name] = JsonNode.Parse(text);
    }

    private HttpFileRequest? ReadBlock(string[] lines, int start, int end)
    {
        var title = lines[start].TrimStart('#').Trim();
        string? name = null;
        var i = start;
        for (; i < end; i++)
        {
            var line = lines[i].Trim();
            if (NameComment().Match(line) is { Success: true } named)
                name = named.Groups[1].Value;
            else if (Variable().Match(line) is { Success: true } variable)
                _variables[variable.Groups[1].Value] = variable.Groups[2].Value;
            else if (line.Length > 0 && line[0] != '#')
                break;
        }

        if (i == end)
            return null;
        var at = i + 1;
        if (lines[i].Split(' ', 2) is not [var verb, var url])
            throw new FormatException($"line {at}: '{lines[i]}' is no request");
        var headers = new List<(string, string)>();
        for (i++; i < end && lines[i].Length > 0; i++)
            headers.Add(lines[i].Split(": ", 2) is [var header, var value] ? (header, value) : throw new FormatException($"line {i + 1}: '{lines[i]}' is no header"));
        var body = lines[Math.Min(i + 1, end)..end].ToList();
        while (body is [.., ""])
            body.RemoveAt(body.Count - 1);
        return new HttpFileRequest(at, title, name, verb, url, headers, body);
    }

    private byte[] BodyOf(HttpFileRequest request)
    {
        using var body = new MemoryStream();
        foreach (var line in request.Body)
        {
            body.Write(line.StartsWith("< ", StringComparison.Ordinal) ? File.ReadAllBytes(Path.Combine(_directory, line[2..].Trim())) : Encoding.UTF8.GetBytes(Resolve(line)));
            // Multipart needs it, and JSON does not mind.
            body.Write("\r\n"u8);
        }

        return body.ToArray();
    }

    private string Resolve(string text) => Placeholder().Replace(text, match => Value(match.Groups[1].Value));

    private string Value(string expression)
    {
        if (_variables.TryGetValue(expression, out var value))
            return Resolve(value);
        var parts = expression.Replace("[", ".[").Split('.');
        if (parts is not [var name, "response", "body", "$", .. var path])
            throw new InvalidOperationException($"there is no variable '{expression}'");
        if (!_answers.TryGetValue(name, out var node))
            throw new InvalidOperationException($"{expression}: no request before is named '{name}'");
        foreach (var part in path)
            node = part[0] == '[' ? node?[int.Parse(part[1..^1], CultureInfo.InvariantCulture)] : node?[part];
        return node?.ToString() ?? throw new InvalidOperationException($"{expression}: the answer of '{name}' has no such value");
    }

    [GeneratedRegex(@"^# @name (\w+)$")]
    private static partial Regex NameComment();

    [GeneratedRegex(@"^@(\w+) *= *(.*)$")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\{\{ *([^{} ]+) *\}\}")]
    private static partial Regex Placeholder();
}
