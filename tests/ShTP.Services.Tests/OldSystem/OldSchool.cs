using System.Text;
using ShTP.Services.Tests.Files;

namespace ShTP.Services.Tests.OldSystem;

/// <summary>A school with everything that may be wrong with one; properties are ids.</summary>
internal sealed class OldSchool : IAsyncDisposable
{
    public const string Password = "correct horse";
    public const string AdaEmail = "ada@school.example";

    /// <summary>By table of the new system: how many rows an import leaves there.</summary>
    public static readonly IReadOnlyDictionary<string, int> Expected = new SortedDictionary<string, int>
    {
        ["groups"] = 5,
        ["users"] = 16,
        ["rating_entries"] = 2,
        ["credentials"] = 15,
        ["achievements"] = 10,
        ["notifications"] = 8,
        ["banners"] = 3,
        ["tasks"] = 5,
        ["contests"] = 2,
        ["submissions"] = 8,
        ["claims"] = 11,
    };

    private static readonly string Hash = BCrypt.Net.BCrypt.HashPassword(Password, 4);

    private OldSchool(OldDatabase database) => Database = database;

    public OldDatabase Database { get; }

    public Guid Python { get; private set; }

    public Guid BadColor { get; private set; }

    public Guid NoName { get; private set; }

    public Guid Teacher { get; private set; }

    public Guid Ada { get; private set; }

    public Guid AdaByDomain { get; private set; }

    public Guid AdaByCase { get; private set; }

    public Guid RoleSeven { get; private set; }

    public Guid NoFirstName { get; private set; }

    public Guid GoneGroup { get; private set; }

    public Guid NullGroup { get; private set; }

    public Guid Long { get; private set; }

    public Guid BadLinks { get; private set; }

    public Guid SameNick { get; private set; }

    public Guid BadEmail { get; private set; }

    public Guid BadHash { get; private set; }

    public Guid MissingAvatar { get; private set; }

    public Guid TrickAvatar { get; private set; }

    public Guid TextAvatar { get; private set; }

    public Guid LinkAvatar { get; private set; }

    public Guid Negative { get; private set; }

    public Guid Accepted { get; private set; }

    public Guid Pending { get; private set; }

    public Guid MissingProof { get; private set; }

    public Guid TrickProof { get; private set; }

    public Guid LargeProof { get; private set; }

    public Guid NobodysAchievement { get; private set; }

    public Guid UnknownModerator { get; private set; }

    public Guid PointsWithoutTime { get; private set; }

    public Guid LongDescription { get; private set; }

    public Guid[] AdasNotifications { get; private set; } = [];

    public Guid TypeNine { get; private set; }

    public Guid ListData { get; private set; }

    public Guid MoreData { get; private set; }

    public Guid NoNameData { get; private set; }

    public Guid NobodysNotification { get; private set; }

    public Guid RefusedOnesNotification { get; private set; }

    public Guid GoodBanner { get; private set; }

    public Guid ScriptBanner { get; private set; }

    public Guid OddBanner { get; private set; }

    public Guid Sum { get; private set; }

    public Guid SecondChallenge { get; private set; }

    public Guid StyledTask { get; private set; }

    public Guid BadTests { get; private set; }

    public Guid Function { get; private set; }

    public Guid Loops { get; private set; }

    public Guid HalfContest { get; private set; }

    public Guid EmptyContest { get; private set; }

    public Guid Solved { get; private set; }

    public Guid Repository { get; private set; }

    public Guid NoSource { get; private set; }

    public Guid TrickSource { get; private set; }

    public Guid Unjudged { get; private set; }

    public Guid RejectedSubmit { get; private set; }

    public Guid BadResults { get; private set; }

    public Guid NoTask { get; private set; }

    public Guid NoUnicode { get; private set; }

    public static async Task<OldSchool> CreateAsync()
    {
        var school = new OldSchool(await OldDatabase.CreateAsync());
        await school.AddPeopleAsync();
        await school.AddAchievementsAsync();
        await school.AddNotificationsAsync();
        await school.AddTasksAsync();
        await school.AddSubmitsAsync();
        return school;
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private async Task AddPeopleAsync()
    {
        Python = await Database.AddAsync("groups", ("name", "Python"), ("color", "#3776ab"));
        await Database.AddAsync("groups", ("name", "Web"), ("color", "red"));
        BadColor = await Database.AddAsync("groups", ("name", "Цвет"), ("color", "red;background:url(x)"));
        NoName = await Database.AddAsync("groups", ("name", ""), ("color", "#fff"));

        Database.AddFile("avatars/ada.png", Pictures.Png(40, 30));
        Database.AddFile("avatars/text.png", "no picture"u8.ToArray());
        File.WriteAllBytes(Path.Combine(Database.Outside, "secret.png"), Pictures.Png(8, 8));
        File.CreateSymbolicLink(Path.Combine(Database.Uploads, "avatars/link.png"), Path.Combine(Database.Outside, "secret.png"));

        Teacher = await AddUserAsync("Teacher@School.Example", ("role", 1), ("avatar", "default.png"));
        Ada = await AddUserAsync(AdaEmail, ("firstName", "Ada"), ("lastName", "Lovelace"), ("patronymic_name", "Байроновна"), ("rating", 57), ("avatar", "ada.png"),
            ("nick_name", "ada"), ("telegram", "@ada"), ("tech_stack", "C#,SQL"), ("about_text", "Первая"), ("learning_class", 10), ("shtp_maintainer", false));
        await AddUserAsync("admin@school.example", ("role", 2));
        RoleSeven = await AddUserAsync("seven@school.example", ("role", 7));
        AdaByDomain = await AddUserAsync("ada@SCHOOL.example");
        AdaByCase = await AddUserAsync("Ada@school.example");
        NoFirstName = await AddUserAsync("empty@school.example", ("firstName", ""));
        GoneGroup = await AddUserAsync("gone@school.example", ("groupId", Guid.NewGuid()));
        NullGroup = await AddUserAsync("null@school.example", ("groupId", null), ("rating", null));
        Long = await AddUserAsync("long@school.example", ("lastName", new string('я', 60)), ("about_text", new string('ж', 150)), ("learning_class", 15));
        BadLinks = await AddUserAsync("links@school.example", ("nick_name", "leaderboard"), ("website", "javascript:alert(1)"), ("github", "bob"));
        SameNick = await AddUserAsync("nick@school.example", ("nick_name", "ada"));
        BadEmail = await AddUserAsync("nobody");
        BadHash = await AddUserAsync("hash@school.example", ("password", "5f4dcc3b5aa765d61d8327deb882cf99"));
        MissingAvatar = await AddUserAsync("missing@school.example", ("avatar", "gone.png"));
        TrickAvatar = await AddUserAsync("trick@school.example", ("avatar", "../../secret.png"));
        TextAvatar = await AddUserAsync("text@school.example", ("avatar", "text.png"));
        LinkAvatar = await AddUserAsync("link@school.example", ("avatar", "link.png"));
        Negative = await AddUserAsync("negative@school.example", ("rating", -5));
    }

    private Task<Guid> AddUserAsync(string email, params (string Column, object? Value)[] others)
    {
        List<(string Column, object? Value)> values = [("email", email)];
        foreach (var (column, value) in new (string, object?)[]
            { ("password", Hash), ("firstName", "Имя"), ("lastName", "Фамилия"), ("role", 0), ("groupId", Python), ("learning_class", 9), ("rating", 0) })
        {
            if (others.All(other => other.Column != column))
                values.Add((column, value));
        }

        return Database.AddAsync("users", [.. values, .. others]);
    }

    private async Task AddAchievementsAsync()
    {
        Database.AddFile("achievements/proof.png", Pictures.Png(20, 20));
        Database.AddFile("achievements/proof.pdf", Pictures.Pdf());
        var large = new byte[(20 * 1024 * 1024) + 1];
        Pictures.Pdf().CopyTo(large, 0);
        Database.AddFile("achievements/large.pdf", large);

        Accepted = await AddAchievementAsync(("points", 30), ("accepted_at", "2023-10-01 12:00:00.000001"), ("accepted_by", Teacher));
        Pending = await AddAchievementAsync(("attachment_name", "proof.pdf"), ("event_type", "event"));
        MissingProof = await AddAchievementAsync(("attachment_name", "gone.png"), ("points", 27), ("accepted_at", "2023-10-02 12:00:00"), ("accepted_by", Teacher));
        TrickProof = await AddAchievementAsync(("attachment_name", "../avatars/ada.png"));
        LargeProof = await AddAchievementAsync(("attachment_name", "large.pdf"));
        NobodysAchievement = await AddAchievementAsync(("user_id", Guid.NewGuid()));
        UnknownModerator = await AddAchievementAsync(("points", 0), ("accepted_at", "2023-10-03 12:00:00"), ("accepted_by", Guid.NewGuid()));
        PointsWithoutTime = await AddAchievementAsync(("points", 5), ("title", ""));
        LongDescription = await AddAchievementAsync(("description", new string('о', 6000)));
        await AddAchievementAsync(("event_type", null));
        await AddAchievementAsync(("user_id", Negative));
    }

    private Task<Guid> AddAchievementAsync(params (string Column, object? Value)[] others)
    {
        List<(string Column, object? Value)> values = [];
        foreach (var (column, value) in new (string, object?)[]
            { ("user_id", Ada), ("event_type", "olimpiad"), ("title", "Олимпиада"), ("description", "Первое место"), ("attachment_name", "proof.png") })
        {
            if (others.All(other => other.Column != column))
                values.Add((column, value));
        }

        return Database.AddAsync("achievements", [.. values, .. others]);
    }

    private async Task AddNotificationsAsync()
    {
        AdasNotifications =
        [
            await AddNotificationAsync(0, """{"name": "Олимпиада", "points": 30}""", true),
            await AddNotificationAsync(1, """{"name": "Конкурс"}""", true),
            await AddNotificationAsync(2, """{"name": "Лекция"}""", false),
            await AddNotificationAsync(3, """{"name": "За участие", "medal": "gold"}""", false),
            await AddNotificationAsync(4, """{"text": "Привет"}""", false),
            await AddNotificationAsync(5, """{"text": "Внимание"}""", false),
            MoreData = await AddNotificationAsync(2, """{"name": "Поход", "colour": "red"}""", false),
        ];
        TypeNine = await AddNotificationAsync(9, """{"text": "?"}""", false);
        ListData = await AddNotificationAsync(4, "[1, 2]", false);
        NoNameData = await AddNotificationAsync(2, "{}", false);
        NobodysNotification = await AddNotificationAsync(4, """{"text": "Никому"}""", false, Guid.NewGuid());
        RefusedOnesNotification = await AddNotificationAsync(4, """{"text": "Тебе"}""", false, AdaByDomain);
        await AddNotificationAsync(4, """{"text": "Учителю"}""", false, Teacher);

        GoodBanner = await Database.AddAsync("system_notifications", ("type", "warning"), ("active", true), ("title", "Ремонт"), ("content", "<p>До <b>пятницы</b></p>"));
        ScriptBanner = await Database.AddAsync("system_notifications", ("type", "info"), ("active", true), ("title", "Взлом"), ("content", "<p>До</p><script>alert(1)</script>"));
        OddBanner = await Database.AddAsync("system_notifications", ("type", "neon"), ("active", false), ("title", ""), ("content", "Текст"));
    }

    private Task<Guid> AddNotificationAsync(int type, string data, bool isViewed, Guid? user = null) =>
        Database.AddAsync("notifications", ("toUser", user ?? Ada), ("type", type), ("data", data), ("viewed", isViewed));

    private async Task AddTasksAsync()
    {
        Sum = await AddTaskAsync("Сумма", "<p>Сложите</p>", ("day_challenge", true));
        SecondChallenge = await AddTaskAsync("Разность", "", ("day_challenge", true), ("time_limit", 100), ("memory_limit", 4));
        StyledTask = await AddTaskAsync("Стиль", """<p style="color: red">Красный</p><iframe class="ql-video" src="https://www.youtube.com/embed/x"></iframe>""");
        BadTests = await AddTaskAsync("Без тестов", "", ("tests", """{"input": "1"}"""));
        Function = await AddTaskAsync("Функция", "", ("tests", """[{"input": "1\n2", "output": "3"}, {"input": "1 2", "output": 3}]"""),
            ("tests_types", """{"input": ["int", "int"], "output": ["long long"]}"""), ("function_name", "add"));

        Loops = await AddContestAsync("Циклы", [Sum, Function], [Python], ("mark5", 2), ("mark4", 1), ("mark3", 1));
        HalfContest = await AddContestAsync("Половина", [Sum, Guid.NewGuid()], [Python, Guid.NewGuid()], ("mark5", 9), ("mark4", 10), ("mark3", -1), ("deadline", null));
        EmptyContest = await AddContestAsync("Ничего", [Guid.NewGuid()], [Python], ("mark5", 1), ("mark4", 1), ("mark3", 1));
    }

    private Task<Guid> AddTaskAsync(string title, string text, params (string Column, object? Value)[] others)
    {
        List<(string Column, object? Value)> values = [("author_id", Teacher), ("title", title), ("text", text)];
        foreach (var (column, value) in new (string, object?)[]
            { ("time_limit", 2), ("memory_limit", 64), ("day_challenge", false), ("tests", """[{"input": "1 2", "output": "3", "demo": true}, {"input": "2 2", "output": 4}]""") })
        {
            if (others.All(other => other.Column != column))
                values.Add((column, value));
        }

        return Database.AddAsync("tasks", [.. values, .. others]);
    }

    private Task<Guid> AddContestAsync(string title, Guid[] tasks, Guid[] groups, params (string Column, object? Value)[] others)
    {
        List<(string Column, object? Value)> values =
        [
            ("author_id", Teacher), ("title", title), ("description", "Домашняя работа"), ("for_learning_class", 10),
            ("tasks", $"[{string.Join(", ", tasks.Select(task => $"\"{task}\""))}]"), ("for_groups", $"{{{string.Join(',', groups)}}}"),
        ];
        if (others.All(other => other.Column != "deadline"))
            values.Add(("deadline", "2033-01-01 00:00:00"));
        return Database.AddAsync("contests", [.. values, .. others]);
    }

    private async Task AddSubmitsAsync()
    {
        Database.AddFile("tasks_source_codes/sum.py", "print(3)"u8.ToArray());
        Database.AddFile("tasks_source_codes/bytes.cpp", Encoding.Latin1.GetBytes("// \u00e9"));
        Solved = await AddSubmitAsync("sum.py", ("solved", true),
            ("tests_results", """[{"status": true, "duration": 12.4, "timeout": false, "memoryout": false, "error_info": null}, {"status": false, "timeout": true}]"""));
        Repository = await AddSubmitAsync("https://github.com/ada/loops", ("task_id", Function), ("refered_contest", Loops), ("git_commit_id", "0123abc"),
            ("tests_results", """[{"OOM": true, "duration": 5, "exitcode": 137, "passed": false}]"""));
        NoSource = await AddSubmitAsync("gone.cpp");
        TrickSource = await AddSubmitAsync("../../secret.png");
        Unjudged = await AddSubmitAsync("sum.py", ("status", 1));
        RejectedSubmit = await AddSubmitAsync("sum.py", ("status", 3), ("solved", true));
        BadResults = await AddSubmitAsync("sum.py", ("tests_results", "\"oops\""));
        NoTask = await AddSubmitAsync("sum.py", ("task_id", Guid.NewGuid()));
        NoUnicode = await AddSubmitAsync("bytes.cpp");
    }

    private Task<Guid> AddSubmitAsync(string source, params (string Column, object? Value)[] others)
    {
        List<(string Column, object? Value)> values = [("source", source)];
        foreach (var (column, value) in new (string, object?)[] { ("user_id", Ada), ("task_id", Sum), ("status", 2), ("solved", false) })
        {
            if (others.All(other => other.Column != column))
                values.Add((column, value));
        }

        return Database.AddAsync("submits", [.. values, .. others]);
    }
}
