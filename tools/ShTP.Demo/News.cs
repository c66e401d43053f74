namespace ShTP.Demo;

/// <summary>Notifications and a banner.</summary>
internal static class News
{
    private const int Information = 4;
    private const int Warning = 5;

    private const string ToEveryone = "В пятницу с 18:00 сервер ШТП будет недоступен один час: переезжаем на новое железо";
    private const string BannerTitle = "Открыта запись на хакатон";

    /// <summary>Staff cannot read notifications of others, so one member of each audience checks whether it was notified.</summary>
    public static async Task NotificationsAsync(School school, Tally tally, CancellationToken cancellationToken)
    {
        var head = school.As(Plan.Teachers[0]);
        await TellAsync(head, head, new { toEveryone = true, type = Warning, data = new { text = ToEveryone } }, ToEveryone, tally, cancellationToken);
        foreach (var members in school.Plan.Active.GroupBy(student => student.Group))
        {
            // The last student, because the check marks notifications as read, and those of the first student should stay unread.
            var reader = members.Last();
            var text = $"{members.Key.Name}: в четверг занятие в 305-м кабинете, возьмите ноутбуки";
            await TellAsync(school.TeacherOf(reader), school.As(reader), new { toGroup = school.Groups[members.Key.Name], type = Information, data = new { text } }, text, tally, cancellationToken);
        }
    }

    public static async Task BannerAsync(School school, Tally tally, CancellationToken cancellationToken)
    {
        var teacher = school.As(Plan.Teachers[0]);
        var banners = await teacher.ListAsync("notifications/system/all", cancellationToken);
        var isNew = !banners.Any(banner => (string)banner!["title"]! == BannerTitle);
        if (isNew)
            await teacher.PutAsync("notifications/system", new
            {
                type = "info",
                active = true,
                title = BannerTitle,
                content = "<p>Собирайте команды из <b>трёх человек</b> и записывайтесь в разделе «Мероприятия».</p>",
            }, cancellationToken);
        tally.Count(isNew);
    }

    private static async Task TellAsync(Api teacher, Api reader, object notification, string text, Tally tally, CancellationToken cancellationToken)
    {
        var read = await School.PagesAsync(reader, "notifications/all", "before", cancellationToken);
        var isNew = !read.Any(row => (string?)row["data"]!["text"] == text);
        if (isNew)
            await teacher.PutAsync("notifications", notification, cancellationToken);
        tally.Count(isNew);
    }
}
