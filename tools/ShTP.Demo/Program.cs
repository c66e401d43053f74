// Fills a running ShTP with a demo school through the gateway, with the tokens of its users. A second run adds nothing.
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using ShTP.Demo;
using ShTP.ServiceDefaults.Configuration;

var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
var options = OptionsReading.Read<DemoOptions>(configuration, "Demo", options => options.Faults(), out var faults);
if (faults.Count > 0)
{
    Console.Error.WriteLine(new StartException(faults).Message);
    return 1;
}

var since = Stopwatch.StartNew();
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};
try
{
    using var http = new HttpClient { BaseAddress = new Uri(options.Api), Timeout = TimeSpan.FromMinutes(2) };
    var anybody = new Api(http);
    var school = new School(new Plan(options.Students), anybody, await SignInAdminAsync(anybody), options.Password);
    await StepAsync("groups", People.GroupsAsync);
    await StepAsync("teachers", People.TeachersAsync);
    await StepAsync("students", People.StudentsAsync);
    await school.SignInAsync([.. Plan.Teachers, .. school.Plan.Active], stop.Token);
    await StepAsync("profiles", People.ProfilesAsync);
    await StepAsync("achievements", Achievements.HandInAsync);
    await StepAsync("medals", Achievements.MedalsAsync);
    await StepAsync("events", Events.AnnounceAsync);
    await StepAsync("registrations", Events.RegisterAsync);
    await StepAsync("notifications", News.NotificationsAsync);
    await StepAsync("banner", News.BannerAsync);
    await StepAsync("tasks", Tasks.TasksAsync);
    await StepAsync("contest", Tasks.ContestAsync);
    await StepAsync("submissions", Tasks.SubmitAsync);

    Console.WriteLine($"Teacher: {Plan.Teachers[0].Email}, password {options.Password}");
    Console.WriteLine($"Student: {school.Plan.Active[0].Email}, the same password");
    return 0;

    async Task<Api> SignInAdminAsync(Api api)
    {
        try
        {
            return await api.SignInAsync(options.AdminEmail, options.AdminPassword, stop.Token);
        }
        catch (WrongPasswordException)
        {
            throw new DemoException($"""
                {options.AdminEmail} has another password by now than the one the system was first started with.
                Start with the present one: dotnet run --project ShTP.AppHost -- --demo --Parameters:admin-password=...
                (also --Parameters:admin-email=... if another admin is to make the school).
                """);
        }
    }

    async Task StepAsync(string what, Func<School, Tally, CancellationToken, Task> step)
    {
        var tally = new Tally();
        await step(school, tally, stop.Token);
        Console.WriteLine($"{since.Elapsed.TotalSeconds,6:0.0} s   {what}: {tally}");
    }
}
catch (DemoException fault)
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped. Another run goes on from here.");
    return 1;
}
