namespace ShTP.Distributed.Tests;

/// <summary>Makes the people and groups that a test needs, through the API, with names no other test has.</summary>
internal static class School
{
    public const string Password = "correct horse battery";

    public static string UniqueEmail() => $"s{Guid.NewGuid():N}@school.test";

    public static async Task<string> CreateGroupAsync(this ApiClient staff) =>
        (string)(await staff.PutAsync("/api/v1/groups", new { name = $"Group {Guid.NewGuid():N}", color = "#3776ab" })).Ok()["uuid"]!;

    public static Task<Answer> TryCreateUserAsync(this ApiClient staff, string group, string email, string role = "student", string lastName = "Lovelace") =>
        staff.PutAsync("/api/v1/users", new { email, password = Password, firstName = "Ada", lastName, role, groupId = group, learningClass = 10 });

    public static async Task<string> CreateUserAsync(this ApiClient staff, string group, string email, string role = "student", string lastName = "Lovelace") =>
        (string)(await staff.TryCreateUserAsync(group, email, role, lastName)).Ok()["uuid"]!;
}
