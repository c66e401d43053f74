using AngleSharp.Html.Parser;
using Google.Api;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Users.V1;
using Xunit;
using User = ShTP.Users.Profiles.User;

namespace ShTP.Services.Tests.Users;

public sealed class PasswordResetTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    private const string Password = "^[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}$";

    [Fact]
    public async Task ResetPassword_OfAStudentByATeacher_IsShownOnceAndMustBeChanged()
    {
        var (student, teacher) = (await system.AddAsync(), await system.AddAsync(Role.Teacher));

        var first = await ResetAsync(teacher, student);
        var second = await ResetAsync(teacher, student);

        Assert.Equal(student.Email, first.Email);
        Assert.Matches(Password, first.Password);
        Assert.NotEqual(first.Password, second.Password);
        var told = system.Auth.Credentials[student.Id.ToString()];
        Assert.Equal((student.Email, $"hash of {second.Password}", true), (told.Email, told.PasswordHash, told.MustChange));
    }

    [Fact]
    public async Task ResetPassword_WhoMayNot_IsRefusedAndNothingIsHashed()
    {
        var (student, teacher, other) = (await system.AddAsync(), await system.AddAsync(Role.Teacher), await system.AddAsync(Role.Teacher));
        var before = system.Auth.HashCalls;

        Assert.Equal(new Status(StatusCode.PermissionDenied, "Only admins manage teachers and admins"), await FailsAsync(teacher, other.Id));
        Assert.Equal(StatusCode.PermissionDenied, (await FailsAsync(student, student.Id)).StatusCode);
        Assert.Equal(new Status(StatusCode.InvalidArgument, "uuid: one's own password is changed with the current one"), await FailsAsync(system.Admin, system.Admin.Id));
        Assert.Equal(before, system.Auth.HashCalls);
        Assert.Equal(StatusCode.NotFound, (await FailsAsync(system.Admin, Guid.NewGuid())).StatusCode);
        Assert.False(system.Auth.Credentials.ContainsKey(other.Id.ToString()));

        Assert.Equal(other.Email, (await ResetAsync(system.Admin, other)).Email);
    }

    [Fact]
    public async Task ResetGroupPasswords_StudentsOnly_AreOnCardsInOrder()
    {
        var group = await system.AddGroupAsync("10 Б");
        var teacher = await system.AddAsync(Role.Teacher, u => u.GroupId = group.Id);
        var last = await system.AddAsync(change: u => (u.GroupId, u.LastName, u.FirstName) = (group.Id, "Яшин", "<b>Лев</b> & Ко"));
        var first = await system.AddAsync(change: u => (u.GroupId, u.LastName) = (group.Id, "Абрамов"));
        var maintainer = await system.AddAsync(change: u => (u.GroupId, u.ShtpMaintainer) = (group.Id, true));

        var page = await Groups(teacher).ResetGroupPasswordsAsync(new ResetGroupPasswordsRequest { Uuid = group.Id.ToString() });

        Assert.Equal("text/html; charset=utf-8", page.ContentType);
        Assert.Contains($"<h1>Абрамов {first.FirstName}</h1>", page.Data.ToStringUtf8(), StringComparison.Ordinal);
        using var document = new HtmlParser().ParseDocument(page.Data.ToStringUtf8());
        Assert.Contains("@media print", document.QuerySelector("style")!.TextContent, StringComparison.Ordinal);
        var cards = document.QuerySelectorAll("section").ToList();
        Assert.Equal([$"Абрамов {first.FirstName}", "Яшин <b>Лев</b> & Ко"], cards.Select(card => card.QuerySelector("h1")!.TextContent));
        foreach (var (card, user) in cards.Zip([first, last]))
        {
            var password = card.QuerySelector("code")!.TextContent;
            Assert.Matches(Password, password);
            Assert.Contains(user.Email, card.TextContent, StringComparison.Ordinal);
            Assert.Equal(($"hash of {password}", true), (system.Auth.Credentials[user.Id.ToString()].PasswordHash, system.Auth.Credentials[user.Id.ToString()].MustChange));
        }

        Assert.False(system.Auth.Credentials.ContainsKey(teacher.Id.ToString()) || system.Auth.Credentials.ContainsKey(maintainer.Id.ToString()));
    }

    /// <summary>The cards are the only copy: they must not be lost because Auth is slow to take the hashes.</summary>
    [Fact]
    public async Task ResetGroupPasswords_AuthTakesNothing_CardsComeNevertheless()
    {
        var group = await system.AddGroupAsync("10 В");
        var taken = new TaskCompletionSource();
        for (var i = 0; i < 4; i++)
        {
            // That the sessions end it hears before.
            var calls = 0;
            system.Auth.Before[(await system.AddAsync(change: u => u.GroupId = group.Id)).Id.ToString()] = () => calls++ == 0 ? Task.CompletedTask : taken.Task;
        }

        try
        {
            var page = await Groups(system.Admin).ResetGroupPasswordsAsync(
                new ResetGroupPasswordsRequest { Uuid = group.Id.ToString() }, deadline: DateTime.UtcNow.AddSeconds(9), cancellationToken: TestContext.Current.CancellationToken);

            using var document = new HtmlParser().ParseDocument(page.Data.ToStringUtf8());
            Assert.Equal(4, document.QuerySelectorAll("section").Length);
        }
        finally
        {
            taken.SetResult();
        }
    }

    [Fact]
    public async Task ResetGroupPasswords_NobodyThere_IsRefused()
    {
        var empty = await system.AddGroupAsync("Пусто");
        Assert.Equal(new Status(StatusCode.FailedPrecondition, "The group has no students"), await UsersSystem.FailsAsync(Call(empty.Id)));
        Assert.Equal(new Status(StatusCode.NotFound, "Group with such uuid not found"), await UsersSystem.FailsAsync(Call(Guid.NewGuid())));

        AsyncUnaryCall<HttpBody> Call(Guid group) => Groups(system.Admin).ResetGroupPasswordsAsync(new ResetGroupPasswordsRequest { Uuid = group.ToString() });
    }

    private GroupsService.GroupsServiceClient Groups(User user) => system.Host.As<GroupsService.GroupsServiceClient>(user.Id, user.EffectiveRole);

    private async Task<ResetPasswordResponse> ResetAsync(User caller, User user) => await system.As(caller).ResetPasswordAsync(new ResetPasswordRequest { Uuid = user.Id.ToString() });

    private Task<Status> FailsAsync(User caller, Guid id) => UsersSystem.FailsAsync(system.As(caller).ResetPasswordAsync(new ResetPasswordRequest { Uuid = id.ToString() }));
}
