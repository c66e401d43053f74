using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace ShTP.ServiceDefaults.Configuration;

/// <summary>Options that are needed while the application is built, and nevertheless stop the start with all other faults.</summary>
public static class OptionsReading
{
    /// <summary>The section as configured; the defaults where something is wrong with it, and then the start stops.</summary>
    public static TOptions ReadOptions<TOptions>(this WebApplicationBuilder builder, string section, Func<TOptions, IEnumerable<string>> findFaults)
        where TOptions : class, new()
    {
        var options = new TOptions();
        List<string> faults;
        try
        {
            builder.Configuration.GetSection(section).Bind(options);
            faults = [.. findFaults(options)];
        }
        catch (InvalidOperationException unreadable)
        {
            faults = [unreadable.Message];
        }

        if (faults.Count == 0)
            return options;
        builder.Services.AddStartCheck(_ => faults);
        // Only so that the rest of the application can be built, and its faults found too.
        return new TOptions();
    }
}
