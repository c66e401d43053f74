using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Services.Tests.Users;
using ShTP.Users.V1;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

/// <summary>Repeated calls of one service, on its real database; the classes are those of every service.</summary>
public sealed class IdempotencyTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    private readonly GroupsService.GroupsServiceClient _staff = system.Host.As<GroupsService.GroupsServiceClient>(Guid.CreateVersion7(), Role.Teacher);

    private static string NewKey => Guid.NewGuid().ToString();

    private static CreateGroupRequest NewGroup => new() { Name = $"G{Guid.NewGuid():N}", Color = "red" };

    [Fact]
    public async Task Call_RepeatedWithItsKey_HasOneEffectAndOneAnswer()
    {
        var (key, request) = (NewKey, NewGroup);
        var first = await _staff.CreateGroupAsync(request, With(key));
        Assert.Equal(first, await _staff.CreateGroupAsync(request, With(key)));
        Assert.Equal(1, await CountAsync(request.Name));
    }

    [Fact]
    public async Task Call_WithAnotherKey_IsAnotherCall()
    {
        var request = NewGroup;
        var first = await _staff.CreateGroupAsync(request, With(NewKey));
        Assert.NotEqual(first.Uuid, (await _staff.CreateGroupAsync(request, With(NewKey))).Uuid);
    }

    [Fact]
    public async Task Key_OfAnotherRequest_IsRefused()
    {
        var key = NewKey;
        var group = await _staff.CreateGroupAsync(NewGroup, With(key));
        var other = NewGroup;
        var status = new Status(StatusCode.InvalidArgument, "Idempotency-Key: was used for another request");
        Assert.Equal(status, await UsersSystem.FailsAsync(_staff.CreateGroupAsync(other, With(key))));
        Assert.Equal(status, await UsersSystem.FailsAsync(_staff.DeleteGroupAsync(new DeleteGroupRequest { Uuid = group.Uuid }, With(key))));
        Assert.Equal(0, await CountAsync(other.Name));
    }

    [Fact]
    public async Task Key_OfAnotherUser_IsTheirOwn()
    {
        var (key, request) = (NewKey, NewGroup);
        var first = await _staff.CreateGroupAsync(request, With(key));
        var colleague = system.Host.As<GroupsService.GroupsServiceClient>(Guid.CreateVersion7(), Role.Teacher);
        Assert.NotEqual(first.Uuid, (await colleague.CreateGroupAsync(request, With(key))).Uuid);
    }

    [Fact]
    public async Task Deletion_Repeated_AnswersAsTheFirst()
    {
        var group = await _staff.CreateGroupAsync(NewGroup);
        var key = NewKey;
        var request = new UpdateGroupRequest { Uuid = group.Uuid, Name = "renamed" };
        var changed = await _staff.UpdateGroupAsync(request, With(key));
        await _staff.DeleteGroupAsync(new DeleteGroupRequest { Uuid = group.Uuid });
        Assert.Equal(changed, await _staff.UpdateGroupAsync(request, With(key)));
        Assert.Equal(StatusCode.NotFound, (await UsersSystem.FailsAsync(_staff.UpdateGroupAsync(request, With(NewKey)))).StatusCode);
    }

    [Fact]
    public async Task Failure_IsNotRecorded()
    {
        var key = NewKey;
        Assert.Equal(StatusCode.InvalidArgument, (await UsersSystem.FailsAsync(_staff.CreateGroupAsync(new CreateGroupRequest(), With(key)))).StatusCode);
        Assert.NotEmpty((await _staff.CreateGroupAsync(NewGroup, With(key))).Uuid);
    }

    [Theory]
    [InlineData("with blank")]
    [InlineData("256")]
    public async Task Key_Malformed_IsRefused(string text)
    {
        var key = text == "256" ? new string('k', 256) : text;
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "Idempotency-Key must have 1 to 255 printable ASCII characters"),
            await UsersSystem.FailsAsync(_staff.CreateGroupAsync(NewGroup, With(key))));
    }

    [Fact]
    public async Task Calls_AtTheSameTime_HaveOneEffect()
    {
        var (key, request) = (NewKey, NewGroup);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                return (await _staff.CreateGroupAsync(request, With(key))).Uuid;
            }
            catch (RpcException running) when (running.StatusCode == StatusCode.Aborted)
            {
                Assert.Equal(TimeSpan.FromSeconds(1), running.GetRpcStatus()!.GetDetail<Google.Rpc.RetryInfo>()!.RetryDelay.ToTimeSpan());
                return null;
            }
        }));
        Assert.Single(answers.OfType<string>().Distinct());
        Assert.Equal(1, await CountAsync(request.Name));
    }

    [Fact]
    public async Task EqualCreations_WithoutKey_HaveOneEffect()
    {
        var request = NewGroup;
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _staff.CreateGroupAsync(request).ResponseAsync));
        Assert.Single(answers.Select(group => group.Uuid).Distinct());
        Assert.Equal(1, await CountAsync(request.Name));
    }

    [Fact]
    public async Task EqualCreations_WithADeletionBetween_AreTwo()
    {
        var request = NewGroup;
        var first = await _staff.CreateGroupAsync(request);
        await _staff.DeleteGroupAsync(new DeleteGroupRequest { Uuid = first.Uuid });
        Assert.NotEqual(first.Uuid, (await _staff.CreateGroupAsync(request)).Uuid);
        Assert.Equal(1, await CountAsync(request.Name));
    }

    [Fact]
    public async Task EqualCreations_WithoutKey_AfterTheWindow_AreTwo()
    {
        var request = NewGroup;
        var first = await _staff.CreateGroupAsync(request);
        await system.WithDbAsync(db => db.Database.ExecuteSqlAsync($"UPDATE recorded_calls SET expires_at = expires_at - interval '30 seconds' WHERE is_implicit"));
        Assert.NotEqual(first.Uuid, (await _staff.CreateGroupAsync(request)).Uuid);
    }

    [Fact]
    public async Task User_CreatedTwiceByTheirTeacher_IsAnsweredAsTheFirstTime()
    {
        var request = new CreateUserRequest
        {
            Email = $"u{Guid.NewGuid():N}@example.org",
            Password = "correct horse battery",
            FirstName = "Ada",
            LastName = "Lovelace",
            Role = Role.Student,
            GroupId = system.Group.Id.ToString(),
            LearningClass = 10,
        };
        var staff = system.As(system.Admin);
        var first = await staff.CreateUserAsync(request);
        Assert.Equal(first, await staff.CreateUserAsync(request));
        request.FirstName = "Grace";
        Assert.Equal(StatusCode.AlreadyExists, (await UsersSystem.FailsAsync(staff.CreateUserAsync(request))).StatusCode);
    }

    [Fact]
    public async Task Record_HoldsNeitherRequestNorAnswerInTheClear()
    {
        var request = NewGroup;
        var group = await _staff.CreateGroupAsync(request, With(NewKey));
        var rows = await system.WithDbAsync(db => db.Database
            .SqlQuery<string>($"SELECT encode(id || request || answer, 'escape') AS \"Value\" FROM recorded_calls").ToListAsync());
        Assert.NotEmpty(rows);
        Assert.DoesNotContain(rows, row => row.Contains(request.Name, StringComparison.Ordinal) || row.Contains(group.Uuid, StringComparison.Ordinal));
    }

    // The client adds its token to what it is given, so each call has its own.
    private static Metadata With(string key) => new() { { "idempotency-key", key } };

    private Task<int> CountAsync(string name) => system.WithDbAsync(db => db.Groups.CountAsync(group => group.Name == name));
}
