using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Auth.V1;
using ShTP.Services.Tests.Auth;
using Xunit;

namespace ShTP.Services.Tests.Audits;

/// <summary>Sign-ins, sign-outs and the sites that may sign people in.</summary>
public sealed class SignInAuditTests(AuthSystem system) : IClassFixture<AuthSystem>
{
    [Fact]
    public async Task SignIn_AndSignOut_AreKept()
    {
        var (id, _, tokens) = await system.SignedInAsync(Role.Teacher);
        await system.Client(tokens.AccessToken).LogoutAsync(new LogoutRequest());

        var entries = await FindAsync(id);

        Assert.Equal(["AuthService.Logout", "SignIn", "AuthInternal.SetCredentials"], entries.Select(entry => entry.Action));
        Assert.Equal((id.ToString(), Role.Teacher, "192.0.2.1", false), (entries[1].ActorId, entries[1].ActorRole, entries[1].Address, entries[1].Refused));
        Assert.Equal(("Session", AuthSystem.SessionOf(tokens).ToString()), (entries[1].ObjectKind, entries[1].ObjectId));
        Assert.Equal(("users", false), (entries[2].ActorService, entries[2].HasActorId));
    }

    [Fact]
    public async Task SignIn_ThatIsRefused_IsKeptForItsUser_WithoutActor()
    {
        var (id, email) = await system.CreateUserAsync();
        await Assert.ThrowsAsync<RpcException>(() => system.LogInAsync(email, "wrong password"));

        var entry = (await FindAsync(id))[0];

        Assert.Equal(("SignIn", true, false, "192.0.2.1"), (entry.Action, entry.Refused, entry.HasActorId, entry.Address));
        Assert.DoesNotContain("wrong password", entry.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_OfSomebodyUnknown_IsKeptWithoutWhatWasTyped()
    {
        await Assert.ThrowsAsync<RpcException>(() => system.LogInAsync("secret-of-somebody@example.org", "wrong password", address: "192.0.2.99"));

        var entry = Assert.Single(await ListAsync(new ListAuditRequest { Action = "SignIn", Limit = 1000 }), entry => entry.Address == "192.0.2.99");

        Assert.True(entry.Refused);
        Assert.Empty(entry.SubjectIds);
        Assert.DoesNotContain("secret-of-somebody", entry.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_WhoseEntryCannotBeWritten_OpensNoSession()
    {
        await using var own = await AuthSystem.StartAsync();
        var (id, email) = await own.CreateUserAsync();
        await own.QueryAsync(db => db.Database.ExecuteSqlRawAsync(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''disk full''; END'; CREATE TRIGGER refuse BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION refuse()"));

        await Assert.ThrowsAsync<RpcException>(() => own.LogInAsync(email));

        Assert.False(await own.QueryAsync(db => db.Sessions.AnyAsync(session => session.UserId == id)));
    }

    [Fact]
    public async Task Site_RegisteredAndGivenASecret_IsKeptWithoutTheSecret()
    {
        var (id, _, tokens) = await system.SignedInAsync();
        var apps = system.Apps(tokens.AccessToken);
        var app = await apps.CreateAppAsync(new CreateAppRequest { Name = "Журнал", RedirectUrl = "https://example.org/back" });
        var client = await apps.SetClientAsync(new SetClientRequest { Uuid = app.Uuid });
        await apps.DeleteAppAsync(new DeleteAppRequest { Uuid = app.Uuid });

        var entries = (await FindAsync(id, isActor: true)).Where(entry => entry.Action.StartsWith("AppsService.", StringComparison.Ordinal)).ToList();

        Assert.Equal(["AppsService.DeleteApp", "AppsService.SetClient", "AppsService.CreateApp"], entries.Select(entry => entry.Action));
        Assert.All(entries, entry => Assert.Equal(app.Uuid, entry.ObjectId));
        Assert.All(entries, entry => Assert.DoesNotContain(client.ClientSecret, entry.ToString(), StringComparison.Ordinal));
        Assert.Contains("Журнал", entries[2].After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_Rotated_IsKeptWithoutTheKey()
    {
        var (id, _, tokens) = await system.SignedInAsync(Role.Admin);
        await system.Client(tokens.AccessToken).RotateSigningKeyAsync(new RotateSigningKeyRequest());

        var entry = (await FindAsync(id, isActor: true))[0];

        Assert.Equal("AuthService.RotateSigningKey", entry.Action);
        Assert.Contains("\"EncryptedPrivateKey\":\"(changed)\"", entry.After, StringComparison.Ordinal);
    }

    private Task<List<AuditEntry>> FindAsync(Guid user, bool isActor = false) =>
        ListAsync(isActor ? new ListAuditRequest { ActorId = user.ToString(), Limit = 100 } : new ListAuditRequest { SubjectId = user.ToString(), Limit = 100 });

    private async Task<List<AuditEntry>> ListAsync(ListAuditRequest request) => [.. (await system.Internal().ListAuditAsync(request)).Entries];
}
