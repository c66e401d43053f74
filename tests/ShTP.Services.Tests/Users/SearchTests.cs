using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Users.V1;
using Xunit;

namespace ShTP.Services.Tests.Users;

public sealed class SearchTests(SearchTests.People people) : IClassFixture<SearchTests.People>
{
    /// <summary>A school of five; the admin is among them.</summary>
    public sealed class People : IAsyncLifetime
    {
        public UsersSystem System { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await System.InitializeAsync();
            await AddAsync("Ёлка", "Щукина", "elka@example.org");
            await AddAsync("Иван", "Петров", "50%_off@example.org");
            await AddAsync("Пётр", "Иванов", "back\\slash@example.org");
            await AddAsync("𝔘nicode", "O'Neil", "q@example.org");
            await AddAsync("Анна-Мария", "Müller", "am@example.org", "Семёновна");
        }

        public ValueTask DisposeAsync() => System.DisposeAsync();

        private Task<ShTP.Users.Profiles.User> AddAsync(string firstName, string lastName, string email, string? patronymicName = null) =>
            System.AddAsync(change: u => (u.FirstName, u.LastName, u.PatronymicName) = (firstName, lastName, patronymicName), email: email);
    }

    [Theory]
    [InlineData("ЩУК", "Щукина")]
    [InlineData("ёлка", "Щукина")]
    [InlineData("иван", "Иванов Петров")]
    [InlineData("иван петров", "Петров")]
    [InlineData("петров иван", "Петров")]
    [InlineData("  Петров \t Иван ", "Петров")]
    [InlineData("петр", "Иванов Петров")]
    [InlineData("елка", "Щукина")]
    [InlineData("Пётр Иванов", "Иванов")]
    [InlineData("ё щук", "Щукина")]
    [InlineData("йэ", "")]
    [InlineData("o’neil", "O'Neil")]
    [InlineData("muller", "Müller")]
    [InlineData("Mu\u0308ller", "Müller")]
    [InlineData("Müller Анна\u2011Мария Семеновна", "Müller")]
    [InlineData("%", "Петров")]
    [InlineData("_", "Петров")]
    [InlineData("0%_o", "Петров")]
    [InlineData("\\", "Иванов")]
    [InlineData("'", "O'Neil")]
    [InlineData("𝔘n", "O'Neil")]
    [InlineData("Q@EXAMPLE", "O'Neil")]
    [InlineData("петров50", "")]
    [InlineData("ивaн", "")] // a Latin a
    public async Task SearchUsers_Query_IsLiteralAndWithoutCase(string query, string lastNames)
    {
        var found = (await people.System.As(people.System.Admin).SearchUsersAsync(new SearchUsersRequest { Query = query })).Users;
        Assert.Equal(lastNames, string.Join(' ', found.Select(user => user.LastName)));
    }

    [Fact]
    public async Task SearchUsers_Empty_FindsEverybodyByName()
    {
        var found = (await people.System.As(people.System.Admin).SearchUsersAsync(new SearchUsersRequest { Query = "" })).Users;
        Assert.Equal(6, found.Count);
        Assert.Equal(found.OrderBy(user => user.LastName, StringComparer.Ordinal), found);
    }

    [Fact]
    public async Task SearchUsers_MissingOrHostileQuery_IsInvalid()
    {
        var client = people.System.As(people.System.Admin);
        Assert.Equal(new Status(StatusCode.InvalidArgument, "query: field required"), await UsersSystem.FailsAsync(client.SearchUsersAsync(new SearchUsersRequest())));
        (string Query, string Detail)[] faults =
        [
            ("a\0b", "query: must not contain control characters"),
            (new string('я', 101), "query: must have at most 100 characters"),
            (new string('x', 1_000_000), "query: must have at most 100 characters"),
        ];
        foreach (var (query, detail) in faults)
            Assert.Equal(new Status(StatusCode.InvalidArgument, detail), await UsersSystem.FailsAsync(client.SearchUsersAsync(new SearchUsersRequest { Query = query })));
    }

    [Fact]
    public async Task SearchUsers_Student_IsDenied()
    {
        var client = people.System.Host.As<UsersService.UsersServiceClient>(Guid.NewGuid(), Role.Student);
        Assert.Equal(StatusCode.PermissionDenied, (await UsersSystem.FailsAsync(client.SearchUsersAsync(new SearchUsersRequest { Query = "a" }))).StatusCode);
    }
}
