using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Auth.V1;
using ShTP.ServiceDefaults;
using Xunit;

namespace ShTP.Services.Tests.Auth;

public sealed class StreamTicketTests
{
    [Fact]
    public async Task Ticket_WithinAMinute_GivesATokenOfItsSession_AndLaterNone()
    {
        await using var system = await AuthSystem.StartAsync();
        var (id, _, tokens) = await system.SignedInAsync(Role.Teacher);
        var (first, second) = (await CreateAsync(system, tokens), await CreateAsync(system, tokens));

        system.Time.Advance(TimeSpan.FromSeconds(59));
        var token = await RedeemAsync(system, first);
        Assert.Equal(
            (id.ToString(), AuthSystem.Claim(tokens.AccessToken, "sid"), "teacher", "access"),
            (AuthSystem.Claim(token, "sub"), AuthSystem.Claim(token, "sid"), AuthSystem.Claim(token, "role"), AuthSystem.Claim(token, "type")));

        system.Time.Advance(TimeSpan.FromSeconds(1));
        await Failing.WithAsync(StatusCode.NotFound, () => RedeemAsync(system, second));
    }

    [Fact]
    public async Task Ticket_RedeemedByTwoProcessesAtOnce_IsGoodForOne()
    {
        await using var system = await AuthSystem.StartAsync();
        var other = await system.AddReplicaAsync();
        var (_, _, tokens) = await system.SignedInAsync();
        for (var round = 0; round < 10; round++)
        {
            var ticket = await CreateAsync(system, tokens);
            var results = await Task.WhenAll(new[] { system.Host, other, system.Host, other }.Select(async host =>
            {
                try
                {
                    return (await system.Internal(host, ResourceNames.Gateway).RedeemStreamTicketAsync(new() { Ticket = ticket })).AccessToken;
                }
                catch (RpcException refused) when (refused.StatusCode == StatusCode.NotFound)
                {
                    return null;
                }
            }));
            Assert.Single(results, result => result is not null);
        }
    }

    [Fact]
    public async Task Ticket_IsStoredAsAHash_AndOnlyTheGatewayRedeemsIt()
    {
        await using var system = await AuthSystem.StartAsync();
        var (_, _, tokens) = await system.SignedInAsync();
        var ticket = await CreateAsync(system, tokens);

        Assert.Equal(0, await system.QueryAsync(db => db.SiteTokens.CountAsync(stored => stored.ReferenceId == ticket || stored.Payload == ticket)));
        Assert.Equal(1, await system.QueryAsync(db => db.SiteTokens.CountAsync()));
        await Failing.WithAsync(StatusCode.PermissionDenied, async () => await system.Internal(system.Host).RedeemStreamTicketAsync(new() { Ticket = ticket }));
    }

    private static async Task<string> CreateAsync(AuthSystem system, LoginResponse tokens) =>
        (await system.Client(tokens.AccessToken).CreateStreamTicketAsync(new())).Ticket;

    private static async Task<string> RedeemAsync(AuthSystem system, string ticket) =>
        (await system.Internal(system.Host, ResourceNames.Gateway).RedeemStreamTicketAsync(new() { Ticket = ticket })).AccessToken;
}
