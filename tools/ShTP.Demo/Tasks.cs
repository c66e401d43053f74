using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ShTP.Demo;

/// <summary>Programming tasks, the challenge of the day, a contest and submissions.</summary>
internal static class Tasks
{
    private const string ContestTitle = "Зимний контест 10-х классов";
    private const int ContestClass = 10;
    private const int ContestDays = 30;

    private static readonly PlannedTask Challenge = new("Сумма цифр", "<p>Дано целое неотрицательное число <i>n</i>, в котором не больше 18 цифр. Выведите сумму его цифр.</p>",
        ["123", "0", "999999999999999999", "1000000007", "42"], input => $"{input.Sum(digit => digit - '0')}");

    private static readonly PlannedTask[] All =
    [
        Challenge,
        new("A + B", "<p>В строке два целых числа, по модулю не больше 10<sup>9</sup>. Выведите их сумму.</p>",
            ["1 2", "-5 5", "1000000000 1000000000", "0 0"], input => Text(Numbers(input).Sum())),
        new("Високосный год", "<p>Дан номер года от 1 до 9999. Выведите <code>YES</code>, если он високосный, иначе <code>NO</code>.</p>",
            ["2024", "1900", "2000", "2023"], input => DateTime.IsLeapYear((int)Numbers(input)[0]) ? "YES" : "NO"),
        new("Палиндром", "<p>Дано слово из строчных латинских букв. Выведите <code>YES</code>, если оно одинаково читается в обе стороны, иначе <code>NO</code>.</p>",
            ["level", "python", "a", "abccba"], input => input.SequenceEqual(input.Reverse()) ? "YES" : "NO"),
        new("Наибольший общий делитель", "<p>Даны два натуральных числа не больше 10<sup>18</sup>. Выведите их наибольший общий делитель.</p>",
            ["12 18", "7 13", "1000000000000000000 500000000000000000", "1 1"], input => Text(CommonDivisor(Numbers(input)[0], Numbers(input)[1]))),
        new("Второй максимум", "<p>В первой строке число <i>n</i> (от 2 до 1000), во второй <i>n</i> разных целых чисел. Выведите второе по величине.</p>",
            ["5\n3 1 4 15 9", "2\n-1 -2", "3\n10 30 20"], input => Text(Numbers(input.Split('\n')[1]).Order().Reverse().ElementAt(1))),
        new("Частое слово", "<p>Дана строка из слов через пробел. Выведите слово, которое встречается чаще всего; из нескольких таких — меньшее по алфавиту.</p>",
            ["a b a", "мама мыла раму мама", "z y x"], input => input.Split(' ').GroupBy(word => word).OrderByDescending(words => words.Count()).ThenBy(words => words.Key, StringComparer.Ordinal).First().Key),
        new("Бегущая сумма", "<p>Напишите функцию <code>running_sum(numbers)</code>. Она получает список целых чисел и возвращает список сумм: на каждом месте сумму всех чисел до него включительно.</p>",
            ["[1,2,3,4]", "[]", "[5,-5,5]"], RunningSums) { FunctionName = "running_sum", InputType = "list[int]", OutputType = "list[int]" },
    ];

    private static readonly string[] ContestTitles = ["A + B", "Палиндром", "Наибольший общий делитель", "Второй максимум"];

    // Correct programs in both languages, and typical mistakes.
    private static readonly (string FileName, string Source)[] Solutions =
    [
        ("solution.py", "print(sum(map(int, input().strip())))\n"),
        ("solution.cpp", "#include <iostream>\n#include <string>\nint main() {\n    std::string s;\n    std::cin >> s;\n    int sum = 0;\n    for (char c : s) sum += c - '0';\n    std::cout << sum << '\\n';\n}\n"),
        ("loses_a_digit.py", "n = int(input())\ns = 0\nwhile n > 9:\n    s += n % 10\n    n //= 10\nprint(s)\n"),
        ("never_ends.py", "n = int(input())\ns = 0\nwhile n > 0:\n    s += n % 10\nprint(s)\n"),
        ("no_semicolon.cpp", "#include <iostream>\nint main() {\n    long long n\n    std::cin >> n;\n}\n"),
        ("wrong_type.py", "print(sum(input()))\n"),
    ];

    public static async Task TasksAsync(School school, Tally tally, CancellationToken cancellationToken)
    {
        var teacher = school.As(Plan.Teachers[2]);
        foreach (var planned in All)
        {
            var isNew = await FindTaskAsync(school, planned.Title, cancellationToken) is null;
            if (isNew)
                await teacher.PutAsync("assigments/tasks", planned.ToRequest(isChallenge: planned == Challenge), cancellationToken);
            tally.Count(isNew);
        }
    }

    public static async Task ContestAsync(School school, Tally tally, CancellationToken cancellationToken)
    {
        var teacher = school.As(Plan.Teachers[2]);
        var contests = await teacher.ListAsync("assigments/contests", cancellationToken);
        var isNew = !contests.Any(contest => (string)contest!["title"]! == ContestTitle);
        if (isNew)
        {
            var tasks = new List<string>();
            foreach (var title in ContestTitles)
                tasks.Add(await FindTaskAsync(school, title, cancellationToken) ?? throw new DemoException($"the task '{title}' was deleted while the demo ran"));
            await teacher.PutAsync("assigments/contests", new
            {
                title = ContestTitle,
                description = "Решения сдаются ссылкой на репозиторий: файлы task1.py … task4.py в одной папке.",
                tasks,
                forGroups = Plan.Groups.Where(group => group.LearningClass == ContestClass).Select(group => school.Groups[group.Name]),
                forLearningClass = ContestClass,
                deadline = DateTime.UtcNow.AddDays(ContestDays).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
                mark5 = tasks.Count,
                mark4 = tasks.Count - 1,
                mark3 = tasks.Count - 2,
            }, cancellationToken);
        }

        tally.Count(isNew);
    }

    /// <summary>Solutions of the challenge, as long as it is the demo's one.</summary>
    public static async Task SubmitAsync(School school, Tally tally, CancellationToken cancellationToken)
    {
        var challenge = await school.As(Plan.Teachers[2]).GetAsync($"assigments/tasks/{await FindTaskAsync(school, Challenge.Title, cancellationToken)}", cancellationToken);
        if (!(bool)challenge!["dayChallenge"]!)
            return;
        await School.ForEachAsync(school.Plan.Active.Where(student => student.Number % 3 != 2), async (student, cancellation) =>
        {
            var api = school.As(student);
            var isNew = (await api.ListAsync("assigments/tasks/challenge/submits", cancellation)).Count == 0;
            if (isNew)
            {
                var (fileName, source) = Solutions[student.Number % Solutions.Length];
                await api.UploadAsync(HttpMethod.Post, "assigments/tasks/challenge/submit", "source", fileName, Encoding.UTF8.GetBytes(source), cancellation);
            }

            tally.Count(isNew);
        }, cancellationToken);
    }

    private static async Task<string?> FindTaskAsync(School school, string title, CancellationToken cancellationToken)
    {
        var found = await school.Anybody.ListAsync($"assigments/tasks/search?query={Uri.EscapeDataString(title)}", cancellationToken);
        return (string?)found.FirstOrDefault(task => (string)task!["title"]! == title)?["uuid"];
    }

    private static long[] Numbers(string line) => [.. line.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture))];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long CommonDivisor(long a, long b) => b == 0 ? a : CommonDivisor(b, a % b);

    private static string RunningSums(string json)
    {
        var sum = 0L;
        return JsonSerializer.Serialize(JsonSerializer.Deserialize<long[]>(json)!.Select(number => sum += number));
    }

    /// <summary>A task; the expected outputs of its tests come from its own solution.</summary>
    private sealed record PlannedTask(string Title, string Text, string[] Inputs, Func<string, string> Solve)
    {
        private const int Seconds = 2;
        private const int Mebibytes = 128;

        public string? FunctionName { get; init; }

        public string? InputType { get; init; }

        public string? OutputType { get; init; }

        public object ToRequest(bool isChallenge) => new
        {
            title = Title,
            text = Text,
            timeLimit = Seconds,
            memoryLimit = Mebibytes,
            dayChallenge = isChallenge,
            functionName = FunctionName,
            testsTypes = FunctionName is null ? null : new { input = (string[])[InputType!], output = (string[])[OutputType!] },
            tests = Inputs.Select((input, i) => new { input, output = Solve(input), demo = i == 0 }),
        };
    }
}
