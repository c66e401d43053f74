using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Testing.Fakes;
using ShTP.Users.V1;
using Xunit;
using User = ShTP.Users.Profiles.User;

namespace ShTP.Services.Tests.Users;

public sealed class EmailChangeTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    [Fact]
    public async Task ChangeEmail_OwnWithTheCurrentPassword_IsToldAuthAndFoundBySearch()
    {
        var student = await system.AddAsync();
        var email = $"New-{Guid.NewGuid():N}@Example.org";
        var wanted = email.ToLowerInvariant();

        var answer = await ChangeAsync(student, $$"""{"uuid":"{{student.Id}}","email":" {{email}} ","currentPassword":"{{FakeAuth.Password}}"}""");

        Assert.Equal(wanted, answer.Email);
        Assert.Equal(wanted, (await system.As(student).GetEmailAsync(new GetEmailRequest { Uuid = student.Id.ToString() })).Email);
        Assert.Equal((student.Id.ToString(), wanted), Assert.Single(system.Auth.EmailChanges, change => change.UserId == student.Id.ToString()) is var told ? (told.UserId, told.Email) : default);
        Assert.Equal(student.Id.ToString(), Assert.Single((await system.As(system.Admin).SearchUsersAsync(new SearchUsersRequest { Query = wanted })).Users).Uuid);
        // The same again ends nobody's sessions.
        await ChangeAsync(student, $$"""{"uuid":"{{student.Id}}","email":"{{wanted}}","currentPassword":"{{FakeAuth.Password}}"}""");
        Assert.Single(system.Auth.EmailChanges, change => change.UserId == student.Id.ToString());
    }

    [Fact]
    public async Task ChangeEmail_OfAStudentByATeacher_NeedsNoPassword()
    {
        var (student, teacher) = (await system.AddAsync(), await system.AddAsync(Role.Teacher));
        Assert.Equal(student.Email, (await system.As(teacher).GetEmailAsync(new GetEmailRequest { Uuid = student.Id.ToString() })).Email);
        var email = $"{Guid.NewGuid():N}@example.org";
        await ChangeAsync(teacher, $$"""{"uuid":"{{student.Id}}","email":"{{email}}"}""");
        Assert.Equal(email, (await system.FindAsync(student.Id))!.Email);
    }

    [Fact]
    public async Task Email_WhoMayNot_NeitherSeesNorChangesIt()
    {
        var (student, other, teacher, colleague) = (await system.AddAsync(), await system.AddAsync(), await system.AddAsync(Role.Teacher), await system.AddAsync(Role.Teacher));
        foreach (var (caller, target) in new[] { (student, other), (student, teacher), (teacher, colleague), (teacher, system.Admin) })
        {
            Assert.Equal(StatusCode.PermissionDenied, (await UsersSystem.FailsAsync(system.As(caller).GetEmailAsync(new GetEmailRequest { Uuid = target.Id.ToString() }))).StatusCode);
            Assert.Equal(StatusCode.PermissionDenied, (await FailsAsync(caller, $$"""{"uuid":"{{target.Id}}","email":"{{Guid.NewGuid():N}}@example.org"}""")).StatusCode);
        }

        // Nobody finds out by it who there is.
        Assert.Equal(StatusCode.PermissionDenied, (await UsersSystem.FailsAsync(system.As(student).GetEmailAsync(new GetEmailRequest { Uuid = Guid.NewGuid().ToString() }))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await UsersSystem.FailsAsync(system.As(system.Admin).GetEmailAsync(new GetEmailRequest { Uuid = Guid.NewGuid().ToString() }))).StatusCode);
    }

    [Fact]
    public async Task ChangeEmail_WhatIsWrong_IsRefusedByNameAndNothingIsChanged()
    {
        var (student, other) = (await system.AddAsync(), await system.AddAsync());
        Assert.Equal("Invalid current password", (await FailsAsync(student, $$"""{"uuid":"{{student.Id}}","email":"x@example.org","currentPassword":"wrong"}""")).Detail);
        Assert.Equal("Invalid current password", (await FailsAsync(student, $$"""{"uuid":"{{student.Id}}","email":"x@example.org"}""")).Detail);
        Assert.Equal("email: value is not a valid email address", (await FailsAsync(student, $$"""{"uuid":"{{student.Id}}","email":"x"}""")).Detail);
        Assert.Equal("currentPassword: is for one's own e-mail only", (await FailsAsync(system.Admin, $$"""{"uuid":"{{student.Id}}","email":"x@example.org","currentPassword":"x"}""")).Detail);
        Assert.Equal(
            new Status(StatusCode.AlreadyExists, "A user with this e-mail exists already"),
            await FailsAsync(system.Admin, $$"""{"uuid":"{{student.Id}}","email":"{{other.Email.ToUpperInvariant()}}"}"""));
        Assert.Equal(student.Email, (await system.FindAsync(student.Id))!.Email);
        Assert.DoesNotContain(system.Auth.EmailChanges, change => change.UserId == student.Id.ToString());
    }

    private async Task<UserEmail> ChangeAsync(User caller, string json) => await system.As(caller).ChangeEmailAsync(ClientJson.Parse<ChangeEmailRequest>(json));

    private async Task<Status> FailsAsync(User caller, string json)
    {
        var status = await UsersSystem.FailsAsync(system.As(caller).ChangeEmailAsync(ClientJson.Parse<ChangeEmailRequest>(json)));
        return new Status(status.StatusCode, status.Detail);
    }
}
