using System.Diagnostics;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using ShTP.Notifications.V1;
using Xunit;

namespace ShTP.Services.Tests.Notifications;

/// <summary>What telling everybody costs in the service: <c>dotnet run -c Release --project tests/ShTP.Services.Tests -- -explicit only -class "*BroadcastSpeedTests" -showLiveOutput</c>.</summary>
public sealed class BroadcastSpeedTests(NotificationsSystem system) : IClassFixture<NotificationsSystem>
{
    private const int People = 1000;
    private const int WarmUp = 50;
    private const int Rounds = 200;

    private static readonly Struct Text = NotificationsSystem.Fields(("text", "Завтра занятия начнутся в девять"));

    [Fact(Explicit = true)]
    public async Task CreateNotification_ToEveryone_CostsLittleMoreThanToOne()
    {
        var one = system.Users.Add(People)[0].ToString();
        var teacher = system.Teacher;
        var (alone, everyone) = (new List<double>(), new List<double>());
        for (var round = 0; round < WarmUp + Rounds; round++)
        {
            // In turn: whatever else the machine does hits both.
            var single = await TimeAsync(new CreateNotificationRequest { ToUser = one, Type = 4, Data = Text });
            var all = await TimeAsync(new CreateNotificationRequest { ToEveryone = true, Type = 4, Data = Text });
            if (round < WarmUp)
                continue;
            alone.Add(single);
            everyone.Add(all);
        }

        Console.WriteLine($"to one: {Distribution(alone)}");
        Console.WriteLine($"to {People}: {Distribution(everyone)}");
        Assert.Equal(WarmUp + Rounds, (await system.As(system.Users.People.Keys.First(id => id.ToString() != one)).CountNotificationsAsync(new())).Total);

        async Task<double> TimeAsync(CreateNotificationRequest request)
        {
            var start = Stopwatch.GetTimestamp();
            await teacher.CreateNotificationAsync(request);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    private static string Distribution(List<double> times)
    {
        times.Sort();
        return string.Create(CultureInfo.InvariantCulture, $"fastest {times[0]:F1} ms, p50 {times[times.Count / 2]:F1} ms, p99 {times[times.Count * 99 / 100]:F1} ms");
    }
}
