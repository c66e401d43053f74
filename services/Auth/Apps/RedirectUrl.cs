using ShTP.Localization;
using ShTP.Rpc.Errors;

namespace ShTP.Auth.Apps;

/// <summary>Redirect URLs of sites.</summary>
internal static class RedirectUrl
{
    public const int MaxLength = 2000;

    /// <summary>Records the faults.</summary>
    public static void Check(FieldChecks checks, string url, string field)
    {
        if (url.Length == 0)
            checks.Add(field, "field required");
        else if (url.Length > MaxLength)
            checks.Add(field, $"must have at most {MaxLength} characters");
        else if (FindFault(url) is { } fault)
            checks.Add(field, fault);
    }

    /// <summary>Adds a parameter to the query.</summary>
    public static string With(string url, string name, string value)
    {
        var separator = !url.Contains('?', StringComparison.Ordinal) ? "?" : url[^1] is '?' or '&' ? "" : "&";
        return $"{url}{separator}{name}={Uri.EscapeDataString(value)}";
    }

    /// <summary>Whether it is a program on the user's own computer, by its address: a name can lead elsewhere.</summary>
    public static bool IsLoopbackAddress(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback && uri.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6;

    private static LocalizedText? FindFault(string url)
    {
        // Browsers parse some of these differently: a backslash is a slash, a line break is removed.
        if (url.Any(c => c is <= ' ' or >= '\x7f' or '\\' or '"' or '<' or '>' or '^' or '`' or '{' or '|' or '}'))
            return "must be an absolute URL of ASCII characters, others escaped";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || !url.StartsWith($"{uri.Scheme}://", StringComparison.OrdinalIgnoreCase))
            return "must be an absolute URL";
        if (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
            return "must begin with https://, or for this computer with http://";
        if (url.Contains('#', StringComparison.Ordinal))
            return "must not have a fragment";
        return HasUserInfo(url) ? "must not have a user name" : null;
    }

    // An empty one is refused too, because the parser drops it.
    private static bool HasUserInfo(string url)
    {
        var authority = url.AsSpan(url.IndexOf("://", StringComparison.Ordinal) + 3);
        var end = authority.IndexOfAny('/', '?');
        return (end < 0 ? authority : authority[..end]).Contains('@');
    }
}
