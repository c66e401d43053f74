using System.Globalization;
using ShTP.Load;
using ShTP.Load.Comparing;

// dotnet run -c Release --project bench/ShTP.Load -- [gateway] [system] [school] [judging]
// dotnet run -c Release --project bench/ShTP.Load -- compare COMMIT [ROUNDS]
var wanted = args.Length == 0 ? ["gateway", "system", "school", "judging"] : args;
if (!Wrk.IsInstalled)
{
    Console.Error.WriteLine("wrk is needed: apt-get install wrk");
    return 2;
}

if (wanted[0] == "compare")
{
    if (wanted.Length < 2 || (wanted.Length > 2 && !int.TryParse(wanted[2], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
    {
        Console.Error.WriteLine("compare takes a commit and, if you like, the number of rounds.");
        return 2;
    }

    await (wanted.Length > 2 ? Comparison.RunAsync(wanted[1], int.Parse(wanted[2], CultureInfo.InvariantCulture)) : Comparison.RunAsync(wanted[1]));
    return 0;
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
