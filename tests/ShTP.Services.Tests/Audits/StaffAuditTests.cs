using System.Text;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Services.Tests.Users;
using ShTP.Testing;
using ShTP.Users.V1;
using Xunit;
using AuditEntry = ShTP.Api.V1.AuditEntry;
using AuditService = ShTP.Users.V1.AuditService;
using ChangeEmailRequest = ShTP.Users.V1.ChangeEmailRequest;
using DeleteUserRequest = ShTP.Users.V1.DeleteUserRequest;

namespace ShTP.Services.Tests.Audits;

/// <summary>What staff does is kept with its values, and read by those who may.</summary>
public sealed class StaffAuditTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    private AuditService.AuditServiceClient Audit => system.Host.As<AuditService.AuditServiceClient>(system.Admin.Id, Role.Admin);

    [Fact]
    public async Task Call_OfStaff_IsKeptWithAllThatItIsAbout()
    {
        var teacher = await system.AddAsync(Role.Teacher);
        var groups = system.Host.As<GroupsService.GroupsServiceClient>(teacher.Id, Role.Teacher);
        var headers = new Metadata { { "x-forwarded-for", "192.0.2.7" }, { "x-request-id", "request-7" } };

        var group = await groups.CreateGroupAsync(new CreateGroupRequest { Name = "Аудит", Color = "red" }, headers);

        var entry = Assert.Single(await FindAsync(actor: teacher.Id));
        Assert.Equal(("users", "GroupsService.CreateGroup", false), (entry.Service, entry.Action, entry.Refused));
        Assert.Equal((teacher.Id.ToString(), Role.Teacher, false), (entry.ActorId, entry.ActorRole, entry.HasActorService));
        Assert.Equal(("Group", group.Uuid), (entry.ObjectKind, entry.ObjectId));
        Assert.Equal(("192.0.2.7", "request-7"), (entry.Address, entry.RequestId));
        Assert.Matches("^[0-9a-f]{32}$", entry.TraceId);
        Assert.False(entry.HasBefore);
        Assert.Contains("\"Name\":\"Аудит\"", entry.After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_OfRights_HasTheRolesBeforeAndAfter()
    {
        var student = await system.AddAsync();

        await system.As(system.Admin).UpdateUserAsync(new UpdateUserRequest { Uuid = student.Id.ToString(), Admin = new AdminChange { Role = Role.Teacher } });

        var entry = Assert.Single(await FindAsync(subject: student.Id));
        Assert.Equal(("UsersService.UpdateUser", system.Admin.Id.ToString()), (entry.Action, entry.ActorId));
        Assert.Contains("\"Role\":\"Student\"", entry.Before, StringComparison.Ordinal);
        Assert.Contains("\"Role\":\"Teacher\"", entry.After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangeAndDeletion_HaveWhatWasThereBefore()
    {
        var admin = await system.AddAsync(Role.Admin);
        var groups = system.Host.As<GroupsService.GroupsServiceClient>(admin.Id, Role.Admin);
        var group = await groups.CreateGroupAsync(new CreateGroupRequest { Name = "first name", Color = "red" });

        await groups.UpdateGroupAsync(new UpdateGroupRequest { Uuid = group.Uuid, Name = "second name" });
        await groups.DeleteGroupAsync(new DeleteGroupRequest { Uuid = group.Uuid });

        var entries = await FindAsync(actor: admin.Id);
        Assert.Equal(["GroupsService.DeleteGroup", "GroupsService.UpdateGroup", "GroupsService.CreateGroup"], entries.Select(entry => entry.Action));
        Assert.Contains("\"Name\":\"first name\"", entries[1].Before, StringComparison.Ordinal);
        Assert.Contains("\"Name\":\"second name\"", entries[1].After, StringComparison.Ordinal);
        Assert.Contains("\"Name\":\"second name\"", entries[0].Before, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_OfOwnProfile_IsNotKept_AndThatOfThePasswordIs()
    {
        var student = await system.AddAsync();
        await system.As(student).UpdateUserAsync(new UpdateUserRequest { AboutText = "me" });
        Assert.Empty(await FindAsync(subject: student.Id));

        await system.As(student).UpdateUserAsync(new UpdateUserRequest { Password = new PasswordChange { CurrentPassword = "old password", NewPassword = "another secret", ConfirmPassword = "another secret" } });

        var entry = Assert.Single(await FindAsync(subject: student.Id));
        Assert.DoesNotContain("secret", entry.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_AreInNoEntry()
    {
        var made = await system.As(system.Admin).CreateUserAsync(new CreateUserRequest
        {
            Email = "kept@example.org",
            Password = "password of somebody",
            FirstName = "A",
            LastName = "B",
            Role = Role.Student,
            GroupId = system.Group.Id.ToString(),
            LearningClass = 7,
        });
        var id = Guid.Parse(made.Uuid);
        var reset = await system.As(system.Admin).ResetPasswordAsync(new ResetPasswordRequest { Uuid = made.Uuid });
        await system.As(system.Admin).DeleteUserAsync(new DeleteUserRequest { Uuid = made.Uuid });

        var entries = await FindAsync(subject: id);

        Assert.Equal(["UsersService.DeleteUser", "UsersService.ResetPassword", "UsersService.CreateUser"], entries.Select(entry => entry.Action));
        Assert.All(entries, entry =>
        {
            Assert.DoesNotContain("password of somebody", entry.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(reset.Password, entry.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("$argon2", entry.ToString(), StringComparison.Ordinal);
        });
        Assert.Contains("kept@example.org", entries[0].Before, StringComparison.Ordinal);
        Assert.DoesNotContain("kept@example.org", entries[0].After, StringComparison.Ordinal);
    }

    /// <summary>One transaction: what cannot be kept does not happen, and what does not happen is not kept.</summary>
    [Fact]
    public async Task Effect_WithoutItsEntry_IsNotThere()
    {
        await using var own = new UsersSystem();
        await own.InitializeAsync();
        var groups = own.Host.As<GroupsService.GroupsServiceClient>(own.Admin.Id, Role.Admin);
        await Assert.ThrowsAsync<RpcException>(async () => await groups.CreateGroupAsync(new CreateGroupRequest { Name = "", Color = "red" }));
        Assert.Equal(0, await CountAsync(own));
        await own.WithDbAsync(db => db.Database.ExecuteSqlRawAsync(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''disk full''; END'; CREATE TRIGGER refuse BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION refuse()"));

        var student = await own.AddAsync();
        await Assert.ThrowsAsync<RpcException>(async () => await groups.CreateGroupAsync(new CreateGroupRequest { Name = "lost", Color = "red" }));
        await Assert.ThrowsAsync<RpcException>(async () => await own.As(own.Admin).DeleteUserAsync(new DeleteUserRequest { Uuid = student.Id.ToString() }));
        await Assert.ThrowsAsync<RpcException>(async () => await own.As(own.Admin).UpdateUserAsync(new UpdateUserRequest { Uuid = student.Id.ToString(), Admin = new AdminChange { Role = Role.Admin } }));

        Assert.False(await own.WithDbAsync(db => db.Groups.AnyAsync(group => group.Name == "lost")));
        Assert.Equal(Role.Student, (await own.FindAsync(student.Id))!.Role);
        // An export has no effect in the database: it does not begin.
        using var export = own.As(own.Admin).ExportUserData(new ExportUserDataRequest { Uuid = student.Id.ToString() });
        await Assert.ThrowsAsync<RpcException>(() => export.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task Call_RepeatedWithItsKey_IsKeptOnce()
    {
        var teacher = await system.AddAsync(Role.Teacher);
        var groups = system.Host.As<GroupsService.GroupsServiceClient>(teacher.Id, Role.Teacher);
        var first = await groups.CreateGroupAsync(new CreateGroupRequest { Name = "once", Color = "red" }, With("idempotency-key", "once"));
        Assert.Equal(first, await groups.CreateGroupAsync(new CreateGroupRequest { Name = "once", Color = "red" }, With("idempotency-key", "once")));
        Assert.Single(await FindAsync(actor: teacher.Id));
    }

    [Fact]
    public async Task Export_OfAPerson_IsKept_AndARefusedOneIsNot()
    {
        var student = await system.AddAsync();
        using (var export = system.As(system.Admin).ExportUserData(new ExportUserDataRequest { Uuid = student.Id.ToString() }))
        {
            while (await export.ResponseStream.MoveNext(CancellationToken.None))
            {
            }
        }

        using (var refused = system.As(student).ExportUserData(new ExportUserDataRequest { Uuid = system.Admin.Id.ToString() }))
            await Assert.ThrowsAsync<RpcException>(() => refused.ResponseStream.MoveNext(CancellationToken.None));

        var entry = Assert.Single(await FindAsync(subject: student.Id));
        Assert.Equal(("UsersService.ExportUserData", system.Admin.Id.ToString()), (entry.Action, entry.ActorId));
        Assert.Empty(await FindAsync(actor: student.Id));
    }

    [Fact]
    public async Task Entries_AreSealedSoon_AndTheHeadIsTold()
    {
        await using var database = await PostgresServer.CreateDatabaseAsync<ShTP.Users.UsersDb>();
        await using var own = await AnchoredUsers.StartAsync(database);
        var groups = own.Host.As<GroupsService.GroupsServiceClient>(Guid.NewGuid(), Role.Admin);
        await groups.CreateGroupAsync(new CreateGroupRequest { Name = "first", Color = "red" });
        await groups.CreateGroupAsync(new CreateGroupRequest { Name = "second", Color = "red" });

        await Eventually.HoldsAsync(() => Task.FromResult(own.Auth.Audit.Anchors.Any(anchor => anchor.Number == 2)), "Auth knows the head");

        var sealedOnes = await own.ReadAsync(db => db.Set<ShTP.Data.Audit.AuditEntry>().AsNoTracking().OrderBy(entry => entry.Number).ToListAsync());
        Assert.Equal([1L, 2L], sealedOnes.Select(entry => entry.Number!.Value));
        Assert.Equal(sealedOnes[1].Hash, own.Auth.Audit.Anchors.First(anchor => anchor.Number == 2).Hash.ToByteArray());
    }

    [Fact]
    public async Task ListEntries_OfAllServices_ArePagesWithoutGapsInOneOrder()
    {
        // The fakes know no filters, and what they have here is in no other test's list.
        await using var own = new UsersSystem();
        await own.InitializeAsync();
        var client = own.Host.As<AuditService.AuditServiceClient>(own.Admin.Id, Role.Admin);
        var actor = Guid.NewGuid().ToString();
        var kept = Enumerable.Range(0, 30).Select(i => Entry(i, actor)).ToList();
        foreach (var (i, entry) in kept.Index())
        {
            var audit = (i % 4) switch { 0 => own.Auth.Audit, 1 => own.Files.Audit, 2 => own.Events.Audit, _ => own.Notifications.Audit };
            audit.Entries.Add(entry);
        }

        var (listed, before, pages) = (new List<AuditEntry>(), "", 0);
        do
        {
            var page = await client.ListEntriesAsync(new ListEntriesRequest { Action = "Page", Limit = 7, Before = before });
            Assert.InRange(page.Entries.Count, 1, 7);
            listed.AddRange(page.Entries);
            (before, pages) = (page.Next, pages + 1);
        }
        while (before.Length > 0);

        Assert.Equal(kept.OrderByDescending(entry => entry.At).Select(entry => entry.Uuid), listed.Select(entry => entry.Uuid));
        Assert.InRange(pages, 5, 10);

        static AuditEntry Entry(int i, string actor) => new()
        {
            Uuid = Guid.CreateVersion7().ToString(),
            At = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTime(DateTime.UtcNow.AddSeconds(-i * 10)),
            Action = "Page",
            ActorId = actor,
        };
    }

    [Fact]
    public async Task ListEntries_WithAServiceThatDoesNotAnswer_SaysSo_AndTheOthersCanBeAsked()
    {
        await using var own = new UsersSystem();
        await own.InitializeAsync();
        await own.NotificationsServer.DisposeAsync();
        var audit = own.Host.As<AuditService.AuditServiceClient>(own.Admin.Id, Role.Admin);

        var fault = await Assert.ThrowsAsync<RpcException>(async () => await audit.ListEntriesAsync(new ListEntriesRequest()));

        Assert.Equal((StatusCode.Unavailable, "notifications is not available"), (fault.StatusCode, fault.Status.Detail));
        await audit.ListEntriesAsync(new ListEntriesRequest { Service = "users" });
        await audit.ListEntriesAsync(new ListEntriesRequest { Service = "auth" });
    }

    [Fact]
    public async Task ListOwnEntries_OfAStudent_HasWhatConcernsThem_WithoutAddressesOfOthers()
    {
        var (student, other) = (await system.AddAsync(), await system.AddAsync());
        await system.As(system.Admin).ResetPasswordAsync(new ResetPasswordRequest { Uuid = student.Id.ToString() }, With("x-forwarded-for", "192.0.2.9"));
        await system.As(system.Admin).ResetPasswordAsync(new ResetPasswordRequest { Uuid = other.Id.ToString() }, With("x-forwarded-for", "192.0.2.9"));
        await system.As(student).ChangeEmailAsync(new ChangeEmailRequest { Uuid = student.Id.ToString(), Email = $"{student.Id}@example.org", CurrentPassword = "old password" }, With("x-forwarded-for", "192.0.2.9"));

        var own = (await system.Host.As<AuditService.AuditServiceClient>(student.Id, Role.Student).ListOwnEntriesAsync(new ListOwnEntriesRequest())).Entries;

        Assert.Equal(["UsersService.ChangeEmail", "UsersService.ResetPassword"], own.Select(entry => entry.Action));
        Assert.Equal(("192.0.2.9", false), (own[0].Address, own[1].HasAddress));
        Assert.Equal(system.Admin.Id.ToString(), own[1].ActorId);
    }

    [Fact]
    public async Task ListEntries_OfEachFilter_HasWhatItSays()
    {
        var teacher = await system.AddAsync(Role.Teacher);
        var groups = system.Host.As<GroupsService.GroupsServiceClient>(teacher.Id, Role.Teacher);
        var start = DateTime.UtcNow;
        var group = await groups.CreateGroupAsync(new CreateGroupRequest { Name = "filtered", Color = "red" });
        await groups.UpdateGroupAsync(new UpdateGroupRequest { Uuid = group.Uuid, Color = "blue" });
        var actor = teacher.Id.ToString();

        Assert.Equal(2, (await Audit.ListEntriesAsync(new ListEntriesRequest { Actor = actor, Service = "users", From = $"{start:O}" })).Entries.Count);
        Assert.Empty((await Audit.ListEntriesAsync(new ListEntriesRequest { Actor = actor, To = $"{start:O}" })).Entries);
        Assert.Empty((await Audit.ListEntriesAsync(new ListEntriesRequest { Actor = actor, Service = "files" })).Entries);
        var update = Assert.Single((await Audit.ListEntriesAsync(new ListEntriesRequest { Actor = actor, Action = "GroupsService.UpdateGroup" })).Entries);
        Assert.Equal(group.Uuid, update.ObjectId);
        Assert.Contains("blue", update.After, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("actor: value is not a valid uuid", "x", null, null, null, null, null)]
    [InlineData("service: must be one of achievements, assignments, auth, events, files, notifications, users", null, "gateway", null, null, null, null)]
    [InlineData("from: is not a time such as 2026-09-01T00:00:00Z; to: is not a time such as 2026-09-01T00:00:00Z", null, null, "yesterday", "32.13.2026", null, null)]
    [InlineData("before: is no place in the list", null, null, null, null, "99999999999999999999.x", null)]
    [InlineData("limit: must be between 1 and 1000", null, null, null, null, null, 1001)]
    public async Task ListEntries_WithWrongFilters_NamesThem(string detail, string? actor, string? service, string? from, string? to, string? before, int? limit)
    {
        var request = new ListEntriesRequest();
        if (actor is not null)
            request.Actor = actor;
        if (service is not null)
            request.Service = service;
        if (from is not null)
            request.From = from;
        if (to is not null)
            request.To = to;
        if (before is not null)
            request.Before = before;
        if (limit is { } number)
            request.Limit = number;
        Assert.Equal(new Status(StatusCode.InvalidArgument, detail), await UsersSystem.FailsAsync(Audit.ListEntriesAsync(request)));
    }

    [Fact]
    public async Task ExportEntries_OfASelection_IsCsvThatASpreadsheetDoesNotRun()
    {
        var teacher = await system.AddAsync(Role.Teacher);
        await system.Host.As<GroupsService.GroupsServiceClient>(teacher.Id, Role.Teacher).CreateGroupAsync(new CreateGroupRequest { Name = "=1+1", Color = "red" });
        using var export = Audit.ExportEntries(new ExportEntriesRequest { Actor = teacher.Id.ToString() });
        using var file = new MemoryStream();
        while (await export.ResponseStream.MoveNext(CancellationToken.None))
            file.Write(export.ResponseStream.Current.Data.Span);

        var lines = Encoding.UTF8.GetString(file.ToArray()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(2, lines.Length);
        Assert.StartsWith("\uFEFFat;service;number;action;", lines[0], StringComparison.Ordinal);
        Assert.Contains($"GroupsService.CreateGroup;0;{teacher.Id};teacher;", lines[1], StringComparison.Ordinal);
        Assert.Contains("AuditService.ExportEntries", (await FindAsync(actor: system.Admin.Id)).Select(entry => entry.Action));
    }

    private static Metadata With(string header, string value) => new() { { header, value } };

    private async Task<List<AuditEntry>> FindAsync(Guid? actor = null, Guid? subject = null)
    {
        var request = new ListEntriesRequest { Service = "users" };
        if (actor is { } who)
            request.Actor = who.ToString();
        if (subject is { } whom)
            request.Subject = whom.ToString();
        return [.. (await Audit.ListEntriesAsync(request)).Entries];
    }

    private static Task<int> CountAsync(UsersSystem own) => own.WithDbAsync(db => db.Set<ShTP.Data.Audit.AuditEntry>().CountAsync());
}
