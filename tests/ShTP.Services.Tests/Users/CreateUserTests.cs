using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Users.V1;
using Xunit;

namespace ShTP.Services.Tests.Users;

public sealed class CreateUserTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    private CreateUserRequest Valid(string email) => new()
    {
        Email = email,
        Password = "long enough",
        FirstName = " Анна ",
        LastName = "Каренина",
        Role = Role.Student,
        GroupId = system.Group.Id.ToString(),
        LearningClass = 10,
    };

    [Fact]
    public async Task CreateUser_ByTeacher_MakesAStudentWhoCanSignInAtOnce()
    {
        var teacher = await system.AddAsync(Role.Teacher);
        var user = await system.As(teacher).CreateUserAsync(Valid("Anna@EXAMPLE.org"));
        Assert.Equal(("Анна", Role.Student, 10, "Python", 0), (user.FirstName, user.Role, user.LearningClass, user.Group.Name, user.Rating));
        var credentials = system.Auth.Credentials[user.Uuid];
        Assert.Equal(("anna@example.org", "hash of long enough"), (credentials.Email, credentials.PasswordHash));
        Assert.Equal(user, await system.Anonymous.GetUserAsync(new GetUserRequest { Id = user.Uuid }));
    }

    [Fact]
    public async Task CreateUser_SameAddressInAnotherSpelling_ExistsAlready()
    {
        var client = system.As(system.Admin);
        await client.CreateUserAsync(Valid(" case@пример.рф"));
        foreach (var email in new[] { "Case@пример.рф", "case@ПРИМЕР.рф ", "CASE@xn--e1afmkfd.xn--p1ai" })
        {
            var status = await UsersSystem.FailsAsync(client.CreateUserAsync(Valid(email)));
            Assert.Equal(new Status(StatusCode.AlreadyExists, "A user with this e-mail exists already"), status);
        }
    }

    [Fact]
    public async Task CreateUser_AddressStoredInAnOlderSpelling_ExistsAlready()
    {
        await system.AddAsync(email: "older@пример.рф");
        var status = await UsersSystem.FailsAsync(system.As(system.Admin).CreateUserAsync(Valid("Older@xn--e1afmkfd.xn--p1ai")));
        Assert.Equal(new Status(StatusCode.AlreadyExists, "A user with this e-mail exists already"), status);
    }

    [Fact]
    public async Task CreateUser_SameEmailAtOnce_MakesOne()
    {
        var client = system.As(system.Admin);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
        {
            try
            {
                var request = Valid("race@example.org");
                request.FirstName = $"Ада {i}";
                await client.CreateUserAsync(request);
                return StatusCode.OK;
            }
            catch (RpcException fault)
            {
                return fault.StatusCode;
            }
        }));
        Assert.Single(outcomes, StatusCode.OK);
        Assert.Equal(9, outcomes.Count(outcome => outcome == StatusCode.AlreadyExists));
    }

    [Theory]
    [InlineData(Role.Teacher, Role.Teacher, false)]
    [InlineData(Role.Teacher, Role.Admin, false)]
    [InlineData(Role.Admin, Role.Teacher, true)]
    [InlineData(Role.Admin, Role.Admin, true)]
    public async Task CreateUser_RoleAboveStudent_IsForAdminsOnly(Role caller, Role role, bool works)
    {
        var request = Valid($"{caller}-{role}@example.org");
        request.Role = role;
        var call = system.As(await system.AddAsync(caller)).CreateUserAsync(request);
        if (works)
            Assert.Equal(role, (await call).Role);
        else
            Assert.Equal(new Status(StatusCode.PermissionDenied, "Only admins create teachers and admins"), await UsersSystem.FailsAsync(call));
    }

    [Fact]
    public async Task CreateUser_UnknownGroup_IsNotFound()
    {
        var request = Valid("group@example.org");
        request.GroupId = Guid.NewGuid().ToString();
        var status = await UsersSystem.FailsAsync(system.As(system.Admin).CreateUserAsync(request));
        Assert.Equal(new Status(StatusCode.NotFound, "Group with such uuid not found"), status);
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "email=nobody", "email: value is not a valid email address" },
        { "email=", "email: field required" },
        { "password=short", "password: must have 8 to 128 characters" },
        { "firstName=   ", "firstName: field required" },
        { "firstName=a\nb", "firstName: must not contain tabs or line breaks" },
        { "firstName=nul\0", "firstName: must not contain control characters" },
        { "firstName=\u3164", "firstName: must not contain invisible characters or ones that change the direction of text (U+3164)" },
        { "email=a\u200Bb@example.org", "email: must not contain invisible characters or ones that change the direction of text (U+200B)" },
        { "lastName=" + new string('я', 51), "lastName: must have 1 to 50 characters" },
        { "lastName=" + new string('я', 500_000), "lastName: must have 1 to 50 characters" },
        { "groupId=1", "groupId: value is not a valid uuid" },
        { "learningClass=12", "learningClass: must be between 0 and 11" },
        { "role=7", "role: must be student, teacher or admin" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task CreateUser_WrongField_IsNamed(string fault, string detail)
    {
        var request = Valid("fault@example.org");
        var (field, value) = (fault[..fault.IndexOf('=', StringComparison.Ordinal)], fault[(fault.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        _ = field switch
        {
            "email" => request.Email = value,
            "password" => request.Password = value,
            "firstName" => request.FirstName = value,
            "lastName" => request.LastName = value,
            "groupId" => request.GroupId = value,
            "role" => (request.Role = (Role)int.Parse(value, null)).ToString(),
            _ => (request.LearningClass = int.Parse(value, null)).ToString(null, null),
        };
        Assert.Equal(new Status(StatusCode.InvalidArgument, detail), await UsersSystem.FailsAsync(system.As(system.Admin).CreateUserAsync(request)));
    }

    [Fact]
    public async Task CreateUser_EverythingWrong_NamesEverything()
    {
        var status = await UsersSystem.FailsAsync(system.As(system.Admin).CreateUserAsync(new CreateUserRequest()));
        Assert.Equal(
            "email: field required; password: field required; firstName: field required; lastName: field required; role: field required; groupId: field required; learningClass: field required", status.Detail);
    }
}
