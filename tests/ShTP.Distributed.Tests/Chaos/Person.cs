namespace ShTP.Distributed.Tests.Chaos;

/// <summary>Somebody of the chaos, and how they sign in.</summary>
internal sealed record Person(string Id, string Email, string Password, ApiClient Client)
{
    public string? RefreshToken { get; init; }
}
