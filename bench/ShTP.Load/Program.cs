using ShTP.Load;

// dotnet run -c Release --project bench/ShTP.Load -- [gateway] [system] [school] [judging]
var wanted = args.Length == 0 ? ["gateway", "system", "school", "judging"] : args;
if (!Wrk.IsInstalled)
{
    Console.Error.WriteLine("wrk is needed: apt-get install wrk");
    return 2;
}

foreach (var name in wanted)
{
    switch (name)
    {
        case "gateway":
            await GatewayRatios.RunAsync();
            break;
        case "system":
            await WholeSystem.RunAsync();
            break;
        case "school":
            await SchoolDay.RunAsync();
            break;
        case "judging":
            await JudgingStorm.RunAsync();
            break;
        default:
            Console.Error.WriteLine($"'{name}' is none of 'gateway', 'system', 'school' and 'judging'.");
            return 2;
    }
}

return 0;
