namespace ShTP.Demo;

/// <summary>Achievements of students and their moderation.</summary>
internal static class Achievements
{
    private const int PerStudent = 3;

    private static readonly (string Type, string Title, string Description)[] Texts =
    [
        ("olimpiad", "Всероссийская олимпиада по информатике", "Муниципальный этап, призёр"),
        ("event", "Хакатон «Умный город»", "Второе место командой из трёх человек: карта доступных маршрутов"),
        ("olimpiad", "Олимпиада «Ломоносов»", "Прошёл отборочный тур"),
        ("event", "Летняя школа программирования", "Две недели алгоритмов и структур данных"),
        ("olimpiad", "Открытая олимпиада школьников по программированию", "Диплом третьей степени"),
        ("event", "Волонтёр на фестивале науки", "Проводил мастер-класс по Scratch для младших классов"),
        ("event", "Конференция «Шаг в будущее»", "Доклад о распознавании дорожных знаков"),
    ];

    private static readonly string[] RejectReasons = ["На фотографии не видно фамилии", "Это диплом прошлого учебного года", "Приложите, пожалуйста, сам диплом, а не афишу"];

    private static readonly (string Kind, string Name)[] Medals =
    [
        ("gold", "Лучший проект года"), ("silver", "За помощь младшим классам"), ("bronze", "За победу в турнире по алгоритмам"), ("gold", "Капитан сборной по программированию"),
    ];

    private enum Outcome
    {
        Accepted,
        Pending,
        Rejected,
        Reversed,
    }

    public static Task HandInAsync(School school, Tally tally, CancellationToken cancellationToken) => School.ForEachAsync(school.Plan.Active, async (student, cancellation) =>
    {
        var api = school.As(student);
        var known = new Dictionary<string, (string Uuid, string Status, int Version)>();
        foreach (var list in (string[])["achievements", "achievements/pending", "achievements/rejected"])
            foreach (var row in await api.ListAsync(list, cancellation))
                known[(string)row!["title"]!] = ((string)row["uuid"]!, (string)row["status"]!, (int)row["version"]!);
        for (var i = 0; i < PerStudent; i++)
        {
            var (type, title, description) = Texts[(student.Number + (i * 2)) % Texts.Length];
            var isNew = !known.TryGetValue(title, out var found);
            if (isNew)
                found = (await HandInAsync(api, (student.Number * PerStudent) + i, new { eventType = type, title, description }, cancellation), "pending", 1);
            // Continues an interrupted run.
            await DecideAsync(school.TeacherOf(student), found, OutcomeOf(student, i), student.Number + i, cancellation);
            tally.Count(isNew);
        }
    }, cancellationToken);

    public static async Task MedalsAsync(School school, Tally tally, CancellationToken cancellationToken)
    {
        foreach (var (student, (kind, name)) in school.Plan.Active.Where(student => student.Number % 3 == 0).Zip(Medals))
        {
            var medals = await school.Anybody.ListAsync($"medals/user/{school.UuidOf(student)}", cancellationToken);
            var isNew = !medals.Any(medal => (string)medal!["name"]! == name);
            if (isNew)
                await school.TeacherOf(student).PutAsync("medals", new { userId = school.UuidOf(student), kind, name }, cancellationToken);
            tally.Count(isNew);
        }
    }

    private static async Task<string> HandInAsync(Api student, int number, object text, CancellationToken cancellationToken)
    {
        var achievement = await student.UploadAsync(HttpMethod.Put, "achievements", "confirmFile", "diploma.png", Picture.Diploma(number), cancellationToken, ("achievement", text));
        return (string)achievement!["uuid"]!;
    }

    // Every student has an accepted achievement; the others vary.
    private static Outcome OutcomeOf(Person student, int i) => (i, student.Number % 4) switch
    {
        (0, _) => Outcome.Accepted,
        (1, 0 or 2) => Outcome.Pending,
        (1, _) => Outcome.Accepted,
        (_, 0 or 3) => Outcome.Rejected,
        (_, 1) => Outcome.Reversed,
        _ => Outcome.Pending,
    };

    private static async Task DecideAsync(Api teacher, (string Uuid, string Status, int Version) achievement, Outcome outcome, int number, CancellationToken cancellationToken)
    {
        var (uuid, status, version) = achievement;
        switch (status, outcome)
        {
            case ("pending", Outcome.Accepted or Outcome.Reversed):
                await teacher.PatchAsync("achievements/moderate", new { uuid, status = 1, points = 10 + (number * 7 % 50), version }, cancellationToken);
                break;
            case ("pending", Outcome.Rejected):
                await teacher.PatchAsync("achievements/moderate", new { uuid, status = 0, reason = RejectReasons[number % RejectReasons.Length], version }, cancellationToken);
                break;
        }

        if (outcome == Outcome.Reversed && status != "rejected")
            await teacher.PostAsync($"achievements/{uuid}/reverse", new { reason = "Диплом оказался чужим" }, cancellationToken);
    }
}
