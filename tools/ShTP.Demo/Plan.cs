namespace ShTP.Demo;

/// <summary>A teaching group of a class.</summary>
internal sealed record PlannedGroup(string Name, string Color, int LearningClass);

/// <summary>A user of the school.</summary>
internal sealed record Person(int Number, string FirstName, string LastName, string Email, PlannedGroup Group)
{
    public string? Patronymic { get; init; }
}

/// <summary>The users of the school. The same number of students gives the same users; a larger one adds users.</summary>
internal sealed class Plan
{
    private const int ActivePerGroup = 2;

    private static readonly string[] FirstNamesHis =
    [
        "Александр", "Артём", "Богдан", "Вадим", "Глеб", "Даниил", "Егор", "Захар", "Игорь", "Кирилл",
        "Лев", "Максим", "Никита", "Олег", "Павел", "Роман", "Семён", "Тимур", "Фёдор", "Ярослав",
    ];

    private static readonly string[] FirstNamesHers =
    [
        "Алина", "Василиса", "Виктория", "Дарья", "Ева", "Екатерина", "Злата", "Ирина", "Кира", "Ксения",
        "Лилия", "Маргарита", "Мария", "Надежда", "Ольга", "Полина", "София", "Таисия", "Ульяна", "Юлия",
    ];

    // Names whose feminine form only adds an "а".
    private static readonly string[] LastNames =
    [
        "Абрамов", "Андреев", "Баранов", "Белов", "Борисов", "Власов", "Волков", "Воробьёв", "Гаврилов", "Гусев",
        "Давыдов", "Егоров", "Ершов", "Жуков", "Зайцев", "Захаров", "Игнатов", "Калинин", "Киселёв", "Комаров",
        "Крылов", "Кузнецов", "Лебедев", "Логинов", "Макаров", "Медведев", "Морозов", "Никитин", "Орлов", "Панов",
        "Петров", "Родионов", "Селезнёв", "Соболев", "Тарасов", "Устинов", "Фомин", "Цветков", "Шаров", "Яковлев",
    ];

    private static readonly (string First, string Patronymic, string Last)[] TeacherNames =
    [
        ("Елена", "Викторовна", "Соколова"), ("Андрей", "Павлович", "Мельников"), ("Наталья", "Игоревна", "Ковалёва"),
        ("Сергей", "Юрьевич", "Дроздов"), ("Анна", "Михайловна", "Белкина"),
    ];

    public Plan(int students)
    {
        Students = [.. Enumerable.Range(0, students).Select(Student)];
        Active = [.. Students.Take(ActivePerGroup * Groups.Count)];
    }

    public static IReadOnlyList<PlannedGroup> Groups { get; } =
    [
        new("ИТ-7А", "#ef4444", 7), new("ИТ-7Б", "#f97316", 7), new("ИТ-8А", "#eab308", 8), new("ИТ-8Б", "#84cc16", 8), new("ИТ-9А", "#22c55e", 9),
        new("ИТ-9Б", "#14b8a6", 9), new("ИТ-10А", "#06b6d4", 10), new("ИТ-10Б", "#3b82f6", 10), new("ИТ-11А", "#8b5cf6", 11), new("ИТ-11Б", "#d946ef", 11),
    ];

    public static PlannedGroup TeachersRoom { get; } = new("Учителя", "#64748b", 0);

    public static IReadOnlyList<Person> Teachers { get; } =
        [.. TeacherNames.Select((name, i) => new Person(i, name.First, name.Last, Email(name.First, name.Last), TeachersRoom) { Patronymic = name.Patronymic })];

    public IReadOnlyList<Person> Students { get; }

    /// <summary>The active students: the first two of each group.</summary>
    public IReadOnlyList<Person> Active { get; }

    // Forty last names, combined with another first name in each round: no duplicates among 1,600.
    private static Person Student(int i)
    {
        var (pair, isHers) = (i / 2, i % 2 == 1);
        var lastName = LastNames[pair * 17 % LastNames.Length] + (isHers ? "а" : "");
        var firstNames = isHers ? FirstNamesHers : FirstNamesHis;
        var firstName = firstNames[((pair * 3) + (pair / LastNames.Length)) % firstNames.Length];
        // Shifted by one in each round, otherwise boys and girls would be in different groups.
        return new Person(i, firstName, lastName, Email(firstName, lastName), Groups[(i + (i / Groups.Count)) % Groups.Count]);
    }

    private static string Email(string firstName, string lastName) => $"{Latin(firstName)}.{Latin(lastName)}@demo.shtp.local";

    private static string Latin(string text) => string.Concat(text.ToLowerInvariant().Select(letter => letter switch
    {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'д' => "d",
        'е' or 'ё' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' or 'й' => "i",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ы' => "y",
        'ь' or 'ъ' => "",
        'э' => "e",
        'ю' => "yu",
        'я' => "ya",
        _ => throw new ArgumentOutOfRangeException(nameof(text), text, "not a Russian name"),
    }));
}
