using System.Globalization;

namespace ShTP.Demo;

/// <summary>School events: past and coming, one of them full, one cancelled.</summary>
internal static class Events
{
    // Enough of the active students to fill the seats of the hackathon and a part of its waiting list.
    private const int HackathonSeats = 10;
    private const string Hackathon = "Хакатон «Код и чай»";

    private static readonly PlannedEvent[] All =
    [
        new("Экскурсия в технопарк", "Смотрим, как печатают детали и собирают дронов. Сменная обувь обязательна.", "Технопарк, главный вход", -21, 12, 3),
        new("Встреча с выпускниками", "Как поступали, где работают и что бы сделали иначе.", "Актовый зал", -6, 16, 2),
        new("Лекция «Как устроен интернет»", "От провода до браузера за полтора часа, без формул.", "Кабинет 305", 3, 15, 2),
        new("Мастер-класс по Git", "Ветки, слияния и как ничего не потерять. Нужен ноутбук.", "Кабинет 301", 5, 16, 2) { Seats = 25, Classes = [10, 11] },
        new(Hackathon, "Сутки на идею, код и презентацию. Команды по три человека.", "Библиотека", 10, 9, 10) { Seats = HackathonSeats },
        new("Турнир по настольному теннису", "Одиночный разряд, до одиннадцати очков.", "Спортзал", 12, 14, 4) { Seats = 32, CancelReason = "Зал закрыт на ремонт" },
        new("Командная олимпиада по программированию", "Три человека, один компьютер, пять часов.", "Кабинеты 301–306", 20, 10, 5) { Seats = 90 },
    ];

    public static async Task AnnounceAsync(School school, Tally tally, CancellationToken cancellationToken)
    {
        var teacher = school.As(Plan.Teachers[1]);
        var known = await School.PagesAsync(teacher, "events/upcoming", "after", cancellationToken);
        known.AddRange(await School.PagesAsync(teacher, "events/past", "after", cancellationToken));
        foreach (var planned in All)
        {
            var found = known.Find(row => (string)row["title"]! == planned.Title);
            tally.Count(found is null);
            found ??= await teacher.PutAsync("events", planned.ToRequest(school.Groups), cancellationToken);
            if (planned.CancelReason is { } reason && found!["cancelledAt"] is null)
                await teacher.PostAsync($"events/{(string)found["uuid"]!}/cancel", new { reason }, cancellationToken);
        }
    }

    /// <summary>Registers students; events that have started or are cancelled are skipped.</summary>
    public static Task RegisterAsync(School school, Tally tally, CancellationToken cancellationToken) => School.ForEachAsync(school.Plan.Active, async (student, cancellation) =>
    {
        var api = school.As(student);
        foreach (var row in await School.PagesAsync(api, "events/upcoming", "after", cancellation))
        {
            var index = Array.FindIndex(All, planned => planned.Title == (string)row["title"]!);
            var isOpen = row["cancelledAt"] is null && Time(row["registrationClosesAt"]!.ToString()) > DateTime.UtcNow;
            if (index < 0 || !isOpen || !Wants(student, index))
                continue;
            var isNew = row["registration"] is null;
            if (isNew)
                await api.PostAsync($"events/{(string)row["uuid"]!}/register", new { }, cancellation);
            tally.Count(isNew);
        }
    }, cancellationToken);

    // Nearly all students join the hackathon, every third one each of the others.
    private static bool Wants(Person student, int index) => All[index].Title == Hackathon ? student.Number % 5 != 4 : (student.Number + index) % 3 == 0;

    private static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    /// <summary>An event some days from today; hours are of Moscow.</summary>
    private sealed record PlannedEvent(string Title, string Text, string Place, int Days, int Hour, int Hours)
    {
        private const int MoscowOffset = 3;

        public int? Seats { get; init; }

        /// <summary>Empty for everyone.</summary>
        public int[] Classes { get; init; } = [];

        public string? CancelReason { get; init; }

        public object ToRequest(Dictionary<string, string> groups)
        {
            var starts = DateTime.UtcNow.Date.AddDays(Days).AddHours(Hour - MoscowOffset);
            var forGroups = Plan.Groups.Where(group => Classes.Contains(group.LearningClass)).Select(group => groups[group.Name]).ToArray();
            return new { title = Title, text = Text, place = Place, startsAt = Wire(starts), endsAt = Wire(starts.AddHours(Hours)), seats = Seats, forGroups, registrationOpensAt = Wire(starts.AddDays(-30)) };
        }

        private static string Wire(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
    }
}
