using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>Tickets for streams, through the gateway.</summary>
[Collection(CalmSystem.Name)]
public sealed class StreamTicketTests(RunningSystem system)
{
    private const string Stream = "/api/v1/notifications/stream";

    [Fact]
    public async Task Stream_WithATicket_BringsWhatTheUserIsSent_AndEndsWithTheSession()
    {
        var (admin, user, id) = await PrepareAsync();
        using var limit = new CancellationTokenSource(RunningSystem.StepLimit);
        using var response = await OpenAsync(await TicketAsync(user), limit.Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var events = SseParser.Create(await response.Content.ReadAsStreamAsync(limit.Token)).EnumerateAsync(limit.Token).GetAsyncEnumerator(limit.Token);

        (await admin.PutAsync("/api/v1/notifications", new { toUser = id, type = 4, data = new { text = "Hello" } })).Ok();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("Hello", (string)JsonNode.Parse(events.Current.Data)!["notification"]!["data"]!["text"]!);

        (await user.SendAsync(HttpMethod.Post, "/api/v1/auth/logout", new { })).Ok();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("error", events.Current.EventType);
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task Ticket_UsedByManyAtOnce_IsGoodForOne()
    {
        var (_, user, _) = await PrepareAsync();
        using var limit = new CancellationTokenSource(RunningSystem.StepLimit);
        var ticket = await TicketAsync(user);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OpenAsync(ticket, limit.Token)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized));
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task Ticket_OfAnEndedSession_IsRefused()
    {
        var (_, user, _) = await PrepareAsync();
        var ticket = await TicketAsync(user);
        (await user.SendAsync(HttpMethod.Post, "/api/v1/auth/logout", new { })).Ok();

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(ticket));
    }

    [Fact]
    public async Task Ticket_ThatIsNone_IsRefused_AlsoBesideAGoodToken()
    {
        var (_, user, _) = await PrepareAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(""));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("nonsense"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(user.Token!));
        Assert.Equal(HttpStatusCode.Unauthorized, (await user.GetAsync($"{Stream}?ticket=nonsense")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await user.GetAsync($"{Stream}?ticket=a&ticket=b")).Status);
    }

    [Fact]
    public async Task Ticket_ElsewhereThanAtTheStream_IsNoToken()
    {
        var (_, user, _) = await PrepareAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, (await system.Anonymous().GetAsync($"/api/v1/auth/me?ticket={await TicketAsync(user)}")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await system.Anonymous().SendAsync(HttpMethod.Post, $"{Stream}/ticket", new { })).Status);
    }

    private async Task<(ApiClient Admin, ApiClient User, string Id)> PrepareAsync()
    {
        var admin = await system.AdminAsync();
        var email = School.UniqueEmail();
        var id = await admin.CreateUserAsync(await admin.CreateGroupAsync(), email);
        return (admin, await system.Anonymous().LoginAsync(email, School.Password), id);
    }

    private static async Task<string> TicketAsync(ApiClient user)
    {
        var answer = (await user.SendAsync(HttpMethod.Post, $"{Stream}/ticket", new { })).Ok();
        Assert.Equal(60, (int)answer["expiresIn"]!);
        return (string)answer["ticket"]!;
    }

    private async Task<HttpStatusCode> StatusAsync(string ticket)
    {
        using var limit = new CancellationTokenSource(RunningSystem.StepLimit);
        using var response = await OpenAsync(ticket, limit.Token);
        return response.StatusCode;
    }

    private async Task<HttpResponseMessage> OpenAsync(string ticket, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Stream}?ticket={Uri.EscapeDataString(ticket)}") { Headers = { Accept = { new MediaTypeWithQualityHeaderValue("text/event-stream") } } };
        return await system.Anonymous().Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }
}
