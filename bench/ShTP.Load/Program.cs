using ShTP.Load;

// dotnet run -c Release --project bench/ShTP.Load -- [gateway] [system]
var wanted = args.Length == 0 ? ["gateway", "system"] : args;
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
        default:
            Console.Error.WriteLine($"'{name}' is neither 'gateway' nor 'system'.");
            return 2;
    }
}

return 0;
