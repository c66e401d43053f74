using System.Net;
using Xunit;

namespace ShTP.Distributed.Tests.Chaos;

/// <summary>People come, get and lose roles, move between groups, change passwords and addresses, sign out, and are deleted.</summary>
internal sealed class PeopleLoad(ApiClient admin, int seed) : Load(admin, seed)
{
    private const int Wanted = 8;

    private readonly List<Known> _there = [];
    private readonly List<Person> _gone = [];
    private readonly List<(ApiClient Client, string Path, string What)> _refused = [];
    private readonly List<string> _groups = [];

    public override async Task PrepareAsync()
    {
        for (var i = 0; i < 2; i++)
            _groups.Add(await CreateGroupAsync());
        for (var i = 0; i < 3; i++)
            await ComeAsync();
    }

    protected override async Task StepAsync()
    {
        if (_there.Count < Wanted)
            await ComeAsync();
        var known = _there[Random.Next(_there.Count)];
        switch (Random.Next(6))
        {
            case 0:
                await PromoteAndDemoteAsync(known);
                break;
            case 1:
                known.Group = _groups[Random.Next(_groups.Count)];
                await ChangeAsync(Admin, new { uuid = known.Person.Id, admin = new { groupId = known.Group } });
                break;
            case 2:
                await ChangePasswordAsync(known);
                break;
            case 3:
                await ChangeEmailAsync(known);
                break;
            case 4:
                await SignOutAndInAsync(known);
                break;
            default:
                await DeleteAsync(known);
                break;
        }
    }

    public override async Task VerifyAsync()
    {
        foreach (var known in _there)
        {
            var profile = (await Client.CallAsync(Admin, HttpMethod.Get, $"/api/v1/users/{known.Person.Id}")).Json!;
            Assert.Equal(known.Group, (string)profile["group"]!["uuid"]!);
            Assert.Equal("student", (string)profile["role"]!);
            await SignInAsync(known.Person);
        }

        foreach (var person in _gone)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await Client.CallAsync(Admin, HttpMethod.Get, $"/api/v1/users/{person.Id}", null, HttpStatusCode.NotFound)).Status);
            Assert.NotEqual(HttpStatusCode.OK, (await Client.CallAsync(person.Client, HttpMethod.Get, "/api/v1/auth/me", null, HttpStatusCode.Unauthorized)).Status);
        }

        foreach (var (client, path, what) in _refused)
            await RefusedAsync(client, path, what);
    }

    private async Task ComeAsync()
    {
        var group = _groups[Random.Next(_groups.Count)];
        _there.Add(new Known(await CreateAsync(group)) { Group = group });
    }

    private async Task PromoteAndDemoteAsync(Known known)
    {
        await ChangeAsync(Admin, new { uuid = known.Person.Id, admin = new { role = "teacher" } });
        var teacher = await SignInAsync(known.Person);
        await Client.CallAsync(teacher.Client, HttpMethod.Get, "/api/v1/groups");
        await ChangeAsync(Admin, new { uuid = known.Person.Id, admin = new { role = "student" } });
        await BarAsync(teacher.Client, "/api/v1/groups", $"the demoted {known.Person.Id} lists groups");
        known.Person = await SignInAsync(known.Person);
    }

    private async Task ChangePasswordAsync(Known known)
    {
        var wanted = $"horse {Guid.NewGuid():N}";
        var other = await SignInAsync(known.Person);
        await ChangeAsync(known.Person.Client, new { password = new { currentPassword = known.Person.Password, newPassword = wanted, confirmPassword = wanted } });
        known.Person = known.Person with { Password = wanted };
        await BarAsync(other.Client, "/api/v1/auth/me", $"the other session of {known.Person.Id} outlives the password");
        known.Person = await SignInAsync(known.Person);
    }

    private async Task ChangeEmailAsync(Known known)
    {
        var email = School.UniqueEmail();
        await Client.CallAsync(Admin, HttpMethod.Patch, $"/api/v1/users/{known.Person.Id}/email", PatientClient.Json(new { email }));
        await BarAsync(known.Person.Client, "/api/v1/auth/me", $"the session of {known.Person.Id} outlives the address");
        known.Person = await SignInAsync(known.Person with { Email = email });
    }

    private async Task SignOutAndInAsync(Known known)
    {
        var refreshed = await Client.CallAsync(new ApiClient(Admin.Http, known.Person.RefreshToken), HttpMethod.Post, "/api/v1/auth/refresh");
        var session = new ApiClient(Admin.Http, (string)refreshed["accessToken"]!);
        await Client.CallAsync(session, HttpMethod.Get, "/api/v1/auth/me");
        // Who repeats a call whose answer was lost is out already.
        await Client.CallAsync(session, HttpMethod.Post, "/api/v1/auth/logout", PatientClient.Json(new { }), HttpStatusCode.Unauthorized);
        await BarAsync(session, "/api/v1/auth/me", $"the session of {known.Person.Id} outlives signing out");
        known.Person = await SignInAsync(known.Person);
    }

    private async Task DeleteAsync(Known known)
    {
        await Client.CallAsync(Admin, HttpMethod.Delete, $"/api/v1/users/{known.Person.Id}", PatientClient.Json(new { }));
        _there.Remove(known);
        _gone.Add(known.Person);
        await BarAsync(known.Person.Client, "/api/v1/achievements", $"the deleted {known.Person.Id} reads achievements");
    }

    private async Task ChangeAsync(ApiClient caller, object change) => await Client.CallAsync(caller, HttpMethod.Patch, "/api/v1/users", PatientClient.Json(change));

    /// <summary>From now on it is refused, at once and at the end.</summary>
    private async Task BarAsync(ApiClient client, string path, string what)
    {
        _refused.Add((client, path, what));
        await RefusedAsync(client, path, what);
    }

    private sealed class Known(Person person)
    {
        public Person Person { get; set; } = person;

        public required string Group { get; set; }
    }
}
