namespace ShTP.Gateway.Pages;

/// <summary>Whose system it is; section <c>School</c>.</summary>
public sealed class SchoolOptions
{
    /// <summary>The name that the pages show; that of the system where it is empty.</summary>
    public string Name { get; set; } = "";

    /// <summary>The address of the web client, which the first page leads to; empty for none.</summary>
    public string WebClient { get; set; } = "";

    internal Uri? WebClientAddress => WebClient.Length == 0 ? null : new Uri(WebClient);

    internal IEnumerable<string> FindFaults()
    {
        if (Name.Length > 100)
            yield return "School:Name must have at most 100 characters.";
        if (WebClient.Length > 0 && !(Uri.TryCreate(WebClient, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
            yield return $"School:WebClient is '{WebClient}'; it must be an absolute http or https address.";
    }
}
