namespace ShTP.Events.Feed;

/// <summary>The configuration section <c>Events:Feed</c>.</summary>
internal sealed class FeedOptions
{
    /// <summary>The GraphQL endpoint. Without it there is no feed.</summary>
    public string Url { get; set; } = "";

    /// <summary>A bearer token for it; optional.</summary>
    public string Token { get; set; } = "";

    /// <summary>The query of the request.</summary>
    public string Query { get; set; } = "{ events { id title organizer audience seatsPropotion date startTime finishTime } }";

    /// <summary>Interval between two fetches, independent of the number of replicas.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(10);

    internal bool IsOn => Url.Length > 0;

    internal IEnumerable<string> FindFaults()
    {
        if (!IsOn)
            yield break;
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            yield return "Events:Feed:Url must be an http or https URL";
        else if (Token.Length > 0 && url.Scheme == "http" && !url.IsLoopback)
            yield return "Events:Feed:Token must not be sent in the clear; Events:Feed:Url must be https";
        if (Token.Any(c => c is <= ' ' or > '~'))
            yield return "Events:Feed:Token must have printable ASCII characters only";
        if (string.IsNullOrWhiteSpace(Query))
            yield return "Events:Feed:Query must not be empty";
        if (Interval < TimeSpan.FromMinutes(1) || Interval > TimeSpan.FromDays(1))
            yield return "Events:Feed:Interval must be between a minute and a day";
    }
}
