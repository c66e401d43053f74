using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ShTP.Demo;

/// <summary>Groups, teachers, students and their profiles.</summary>
internal static class People
{
    // Students per file: small enough to show progress, large enough for few calls.
    private const int SliceSize = 75;

    private const string ExistsAlready = "is the e-mail of a user already";

    private static readonly string[] About =
    [
        "Люблю олимпиады и чай", "Пишу ботов для школы", "Собираю роботов", "Рисую на Processing", "Хочу в геймдев", "Читаю про сети и протоколы",
    ];

    private static readonly string[][] Stacks = [["Python", "NumPy"], ["C++"], ["Python", "Django"], ["JavaScript", "React"], ["Kotlin", "Android"]];

    public static async Task GroupsAsync(School school, Tally tally, CancellationToken cancellationToken)
    {
        foreach (var row in await school.Admin.ListAsync("groups", cancellationToken))
            school.Groups.TryAdd((string)row!["name"]!, (string)row["uuid"]!);
        foreach (var group in Plan.Groups.Append(Plan.TeachersRoom))
        {
            var isNew = !school.Groups.ContainsKey(group.Name);
            if (isNew)
                school.Groups[group.Name] = (string)(await school.Admin.PutAsync("groups", new { name = group.Name, color = group.Color }, cancellationToken))!["uuid"]!;
            tally.Count(isNew);
        }
    }

    public static Task TeachersAsync(School school, Tally tally, CancellationToken cancellationToken) => School.ForEachAsync(Plan.Teachers, async (teacher, cancellation) =>
    {
        var (isNew, user) = await school.Admin.TryPutAsync("users", new
        {
            email = teacher.Email,
            password = school.Password,
            firstName = teacher.FirstName,
            lastName = teacher.LastName,
            role = "teacher",
            groupId = school.Groups[teacher.Group.Name],
            learningClass = teacher.Group.LearningClass,
        }, cancellation);
        if (isNew)
            await school.Admin.PatchAsync("users", new { uuid = (string)user!["uuid"]!, admin = new { patronymicName = teacher.Patronymic } }, cancellation);
        tally.Count(isNew);
    }, cancellationToken);

    /// <summary>Imports students; the import reports which exist already.</summary>
    public static async Task StudentsAsync(School school, Tally tally, CancellationToken cancellationToken)
    {
        foreach (var slice in school.Plan.Students.Chunk(SliceSize))
        {
            var csv = new StringBuilder("firstName,lastName,email,role,password,learningClass,groupName\r\n");
            foreach (var student in slice)
                csv.Append(CultureInfo.InvariantCulture, $"{student.FirstName},{student.LastName},{student.Email},student,{Quoted(school.Password)},{student.Group.LearningClass},{student.Group.Name}\r\n");
            var answer = await school.Admin.UploadAsync(HttpMethod.Put, "users/csv?mode=partial", "csv_file", "students.csv", Encoding.UTF8.GetBytes(csv.ToString()), cancellationToken);
            foreach (var error in ((JsonArray)answer!["errors"]!).Select(error => (string)error!))
            {
                if (!error.EndsWith(ExistsAlready, StringComparison.Ordinal))
                    throw new DemoException($"the import of students: {error}");
                tally.Found();
            }

            foreach (var _ in (JsonArray)answer["users"]!)
                tally.Made();
            Console.WriteLine($"           students {slice[^1].Number + 1} of {school.Plan.Students.Count}");
        }
    }

    public static Task ProfilesAsync(School school, Tally tally, CancellationToken cancellationToken) => School.ForEachAsync(school.Plan.Active, async (student, cancellation) =>
    {
        var api = school.As(student);
        var isNew = (await api.GetAsync("auth/me", cancellation))!["aboutText"] is null;
        if (isNew)
        {
            var nickName = student.Email.Split('@')[0];
            await api.UploadAsync(HttpMethod.Patch, "users/avatar", "avatar", "avatar.png", Picture.Avatar(student.Number), cancellation);
            await api.PatchAsync("users", new
            {
                nickName,
                aboutText = About[student.Number % About.Length],
                techStack = Stacks[student.Number % Stacks.Length],
                socialLinks = new { github = $"https://github.com/{nickName.Replace('.', '-')}" },
            }, cancellation);
        }

        tally.Count(isNew);
    }, cancellationToken);

    private static string Quoted(string cell) => $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
