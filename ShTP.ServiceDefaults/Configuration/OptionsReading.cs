using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace ShTP.ServiceDefaults.Configuration;

/// <summary>Options that are needed while the application is built, and nevertheless stop the start with all other faults.</summary>
public static class OptionsReading
{
    /// <summary>The section as configured; the defaults where it cannot be read, and then the start stops.</summary>
    public static TOptions ReadOptions<TOptions>(this WebApplicationBuilder builder, string section, Func<TOptions, IEnumerable<string>> findFaults)
        where TOptions : class, new()
    {
        var options = new TOptions();
        try
        {
            builder.Configuration.GetSection(section).Bind(options);
        }
        catch (InvalidOperationException unreadable)
        {
            builder.Services.AddStartCheck(_ => [unreadable.Message]);
            return new TOptions();
        }

        builder.Services.AddStartCheck(_ => findFaults(options));
        return options;
    }
}
