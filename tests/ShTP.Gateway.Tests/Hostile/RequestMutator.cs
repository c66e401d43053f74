using System.Text;

namespace ShTP.Gateway.Tests.Hostile;

/// <summary>Changes valid requests, by a seeded chance, into such as nobody sends on purpose.</summary>
internal sealed class RequestMutator(Random random)
{
    private static readonly string[] Verbs = ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"];

    private static readonly string[] UrlTokens =
    [
        "", "/", "//", "..", "%2e%2e", "%2F", "%00", "%0a", "%25", "%C3%28", "%ff", "%F0%9F%98%80", "%zz", "%", "+", ";", ":", "{id}", "*", "null", "-1", "1e9",
        "99999999999999999999", "NaN", "true", "'", "%22", "2023-13-45T99:99:99", new('a', 300),
    ];

    private static readonly string[] QueryNames = ["id", "count", "tags", "reader", "since", "filter.title", "filter.lent", "filter.", "dryRun", "dry_run", "book.title", "cover", "a[]", "constructor"];

    private static readonly string[] HeaderNames =
    [
        "Accept", "Content-Type", "Authorization", "X-Request-ID", "Range", "If-None-Match", "Accept-Encoding", "Accept-Language", "Origin", "Cookie", "User-Agent", "X-Forwarded-For",
        "traceparent", "Content-Encoding", "grpc-timeout", "TE", "Access-Control-Request-Method",
    ];

    private static readonly string[] HeaderValues =
    [
        "", "*/*", "application/json", "application/json; charset=utf-16", "application/x-protobuf", "application/octet-stream", "text/event-stream", "application/x-ndjson", "text/html",
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"b\"", "application/json;q=0", "*/*;q=2", ";;;", ",", "Bearer", "Bearer a.b.c", "Bearer null",
        "gzip", "bytes=5-1", "bytes=0-99999999999", "\"", "00-zz-zz-00", "\xE9\xFF", "a=b;", new('x', 2000),
    ];

    private static readonly byte[][] BodyTokens =
    [
        .. new[]
        {
            "{", "}", "[", "]", "\"", ":", ",", "null", "1e999", "-", "\\u0000", "\\ud800", "\"pages\":", "\"book\":{", "\"printedAt\":\"0000-00-00\"", "\"reader\":7",
            "\r\n--b\r\n", "\r\n--b--\r\n", "Content-Disposition: form-data; name=\"cover\"; filename=\"../a.png\"\r\n\r\n", "Content-Disposition: form-data\r\n\r\n", "Content-Type: application/json\r\n",
        }.Select(Encoding.UTF8.GetBytes),
        [0], [0xFF], [0xC3, 0x28], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0x0B, 0x0B], [0x0C], [0xEF, 0xBB, 0xBF], new byte[5000],
    ];

    /// <summary>The request with one to four changes.</summary>
    public FuzzRequest Mutate(FuzzRequest valid)
    {
        var request = valid.Clone();
        for (var left = random.Next(1, 5); left > 0; left--)
        {
            switch (random.Next(10))
            {
                case 0:
                    request.Verb = Pick(Verbs);
                    break;
                case 1 or 2:
                    ChangePath(request);
                    break;
                case 3 or 4:
                    request.Query.Insert(random.Next(request.Query.Count + 1), $"{(random.Next(6) == 0 ? Pick(UrlTokens) : Pick(QueryNames))}={Pick(UrlTokens)}");
                    break;
                case 5 or 6:
                    ChangeHeader(request);
                    break;
                default:
                    request.Body = ChangeBody(request.Body);
                    break;
            }
        }

        return request;
    }

    private void ChangePath(FuzzRequest request)
    {
        var at = random.Next(1, request.Path.Length + 1);
        var until = Math.Min(request.Path.Length, at + random.Next(3));
        request.Path = request.Path[..at] + Pick(UrlTokens) + request.Path[until..];
    }

    private void ChangeHeader(FuzzRequest request)
    {
        var header = (Pick(HeaderNames), Pick(HeaderValues));
        if (request.Headers.Count > 0 && random.Next(2) == 0)
            request.Headers[random.Next(request.Headers.Count)] = header;
        else
            request.Headers.Add(header);
    }

    private byte[] ChangeBody(byte[] body)
    {
        var at = random.Next(body.Length + 1);
        var until = Math.Min(body.Length, at + random.Next(8));
        switch (random.Next(5))
        {
            case 0 when body.Length > 0:
                body[random.Next(body.Length)] ^= (byte)(1 << random.Next(8));
                return body;
            case 1:
                return body[..at];
            case 2:
                return [.. body[..at], .. body[until..]];
            case 3:
                return [.. body[..until], .. body[at..]];
            default:
                return [.. body[..at], .. Pick(BodyTokens), .. body[at..]];
        }
    }

    private T Pick<T>(T[] values) => values[random.Next(values.Length)];
}
