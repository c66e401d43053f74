using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Duende.IdentityModel.OidcClient.Browser;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ShTP.Api.V1;
using ShTP.Auth.V1;
using ShTP.Services.Tests.Auth;
using ShTP.ServiceDefaults;
using ShTP.Testing;
using ShTP.Users;
using Xunit;
using GatewayHost = ShTP.Testing.ServiceHost<ShTP.Gateway.Limits.RateLimitOptions>;
using User = ShTP.Users.Profiles.User;

namespace ShTP.Services.Tests.OpenId;

/// <summary>The real gateway before the real Auth and Users, each with its database.</summary>
public sealed class OpenIdSystem : IAsyncLifetime
{
    public const string Redirect = "https://site.example/back?from=shtp";
    public const string AfterSignOut = "https://site.example/bye";
    public const string AllScopes = "openid profile email school offline_access";

    private TestDatabase _usersDatabase = null!;
    private ServiceHost<UsersDb> _users = null!;
    private GatewayHost _gateway = null!;
    private HttpClient _http = null!;

    public AuthSystem Auth { get; private set; } = null!;

    public Uri Gateway => _gateway.HttpAddress;

    public async ValueTask InitializeAsync()
    {
        _usersDatabase = await PostgresServer.CreateDatabaseAsync<UsersDb>();
        // Users takes calls of Auth, whose clock is the test's.
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow);
        _users = await ServiceHost<UsersDb>.StartAsync(
            ResourceNames.Users, [new($"ConnectionStrings:{ResourceNames.UsersDb}", _usersDatabase.ConnectionString)], services => services.AddSingleton<TimeProvider>(time));
        Auth = await AuthSystem.StartAsync(time, 1, ($"services:{ResourceNames.Users}:grpc:0", _users.GrpcAddress.ToString().TrimEnd('/')));
        _gateway = await GatewayHost.StartAsync(ResourceNames.Gateway,
        [
            new($"services:{ResourceNames.Auth}:grpc:0", Auth.Host.GrpcAddress.ToString().TrimEnd('/')),
            new($"services:{ResourceNames.Auth}:http:0", Auth.Host.HttpAddress.ToString().TrimEnd('/')),
            // Services that are not here are not missed.
            new("Logging:LogLevel:Yarp", "Error"),
        ]);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Gateway, Timeout = TimeSpan.FromSeconds(30) };
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        await Disposing.AllAsync(_gateway, Auth, _users, _usersDatabase);
    }

    /// <summary>Somebody whom Users and Auth know.</summary>
    public async Task<(Guid Id, string Email)> CreatePersonAsync(Role role = Role.Student, int learningClass = 10)
    {
        var (id, email) = await Auth.CreateUserAsync();
        await using var scope = _users.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<UsersDb>();
        var now = DateTimeOffset.UtcNow;
        var group = new ShTP.Users.Groups.Group { Id = Guid.CreateVersion7(), Name = "Python", Color = "#abcdef", CreatedAt = now, UpdatedAt = now };
        var user = new User { Id = id, Email = email, Role = role, FirstName = "Ада", LastName = "Лавлейс", GroupId = group.Id, LearningClass = learningClass, CreatedAt = now, UpdatedAt = now };
        user.RefreshSearchText();
        db.Groups.Add(group);
        db.Users.Add(user);
        await db.SaveChangesAsync();
        return (id, email);
    }

    public async Task SetNickNameAsync(Guid user, string name)
    {
        await using var scope = _users.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<UsersDb>();
        (await db.Users.SingleAsync(known => known.Id == user)).NickName = name;
        await db.SaveChangesAsync();
    }

    /// <summary>What Auth's audit keeps about a user, of one action.</summary>
    public async Task<IReadOnlyList<AuditEntry>> EntriesAsync(Guid user, string action) =>
        (await Auth.Internal().ListAuditAsync(new ListAuditRequest { SubjectId = user.ToString(), Action = action, Limit = 100 })).Entries;

    /// <summary>A site, which somebody else owns.</summary>
    internal async Task<Relying> CreateSiteAsync(bool isPublic = true, string name = "Library", string redirect = Redirect, string afterSignOut = AfterSignOut)
    {
        var (_, email) = await CreatePersonAsync();
        var owner = (await Auth.LogInAsync(email)).AccessToken;
        var app = await Auth.Apps(owner).CreateAppAsync(new CreateAppRequest { Name = name, RedirectUrl = redirect });
        var client = await Auth.Apps(owner).SetClientAsync(new SetClientRequest { Uuid = app.Uuid, PublicClient = isPublic, PostLogoutUrls = { afterSignOut } });
        Assert.Equal((app.Uuid, isPublic, !isPublic), (client.ClientId, client.PublicClient, client.HasClientSecret));
        return new Relying(client.ClientId, client.HasClientSecret ? client.ClientSecret : null, redirect, owner);
    }

    internal Visitor Visit(string language = "en") => new(Gateway, language);

    /// <summary>The person signs in to the site with a new browser and agrees.</summary>
    internal async Task<Granted> SignInAsync(Relying site, string email, string scopes = AllScopes)
    {
        using var visitor = Visit();
        var (code, verifier) = await CodeAsync(visitor, site, email, scopes);
        return new Granted((await ExchangeAsync(site, code, verifier)).Ok().Json);
    }

    /// <summary>The same up to the code.</summary>
    internal static async Task<(string Code, string Verifier)> CodeAsync(Visitor visitor, Relying site, string email, string scopes = AllScopes)
    {
        var (address, verifier) = site.Request(scopes);
        var page = await visitor.SignInAsync(await visitor.OpenAsync(address), email, AuthSystem.Password);
        page = await visitor.SubmitAsync(page, "/connect/authorize", "allow");
        Assert.StartsWith(site.Redirect, page.Left?.OriginalString, StringComparison.Ordinal);
        return (page["code"]!, verifier);
    }

    internal Task<Answer> ExchangeAsync(Relying site, string code, string verifier) => TokenAsync(site, new()
    {
        ["grant_type"] = "authorization_code",
        ["code"] = code,
        ["redirect_uri"] = site.Redirect,
        ["code_verifier"] = verifier,
    });

    internal Task<Answer> RefreshAsync(Relying site, string token) => TokenAsync(site, new() { ["grant_type"] = "refresh_token", ["refresh_token"] = token });

    internal Task<Answer> UserInfoAsync(string accessToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, "/connect/userinfo") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", accessToken) } });

    internal Task<Answer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    internal async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await _http.SendAsync(request);
            return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
        }
    }

    private Task<Answer> TokenAsync(Relying site, Dictionary<string, string> fields)
    {
        fields["client_id"] = site.ClientId;
        if (site.Secret is not null)
            fields["client_secret"] = site.Secret;
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, "/connect/token") { Content = new FormUrlEncodedContent(fields) });
    }
}

/// <summary>A site that relies on ShTP, and the token of its owner.</summary>
internal sealed record Relying(string ClientId, string? Secret, string Redirect, string OwnerToken)
{
    /// <summary>The address that the site sends a browser to, and the proof of having done so.</summary>
    public (string Address, string Verifier) Request(string scopes = OpenIdSystem.AllScopes, params (string Name, string? Value)[] changes)
    {
        var verifier = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        var query = new Dictionary<string, string?>
        {
            ["client_id"] = ClientId,
            ["redirect_uri"] = Redirect,
            ["response_type"] = "code",
            ["scope"] = scopes,
            ["state"] = "of the site",
            ["nonce"] = "n",
            ["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes)
            query[name] = value;
        return (QueryHelpers.AddQueryString("/connect/authorize", query.Where(entry => entry.Value is not null)), verifier);
    }
}

/// <summary>What the token endpoint gave.</summary>
internal sealed record Granted(JsonNode Json)
{
    public string AccessToken => (string)Json["access_token"]!;

    public string RefreshToken => (string)Json["refresh_token"]!;

    public string IdToken => (string)Json["id_token"]!;
}

/// <summary>An answer of the gateway.</summary>
internal sealed record Answer(HttpStatusCode Status, string Text, HttpResponseHeaders Headers)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string? Error => (string?)Json["error"];

    public Answer Ok()
    {
        Assert.True(Status == HttpStatusCode.OK, $"{(int)Status}: {Text}");
        return this;
    }
}

/// <summary>Stands between the client library and the scripted visitor.</summary>
internal sealed class ScriptedBrowser(Visitor visitor, Func<Page, Task<Page>> act) : IBrowser
{
    public async Task<BrowserResult> InvokeAsync(BrowserOptions options, CancellationToken cancellationToken = default)
    {
        var page = await act(await visitor.OpenAsync(options.StartUrl));
        return new BrowserResult { ResultType = BrowserResultType.Success, Response = page.Left!.OriginalString };
    }
}
