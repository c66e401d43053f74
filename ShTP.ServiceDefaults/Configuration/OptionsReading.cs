using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ShTP.ServiceDefaults.Configuration;

/// <summary>Reads options so that all that is wrong stops the start, and all of it is listed: values, and settings that no code reads.</summary>
public static class OptionsReading
{
    /// <summary>Options that are needed while the application is built: the defaults where something is wrong, and then the start stops.</summary>
    public static TOptions ReadOptions<TOptions>(this WebApplicationBuilder builder, string section, Func<TOptions, IEnumerable<string>> findFaults)
        where TOptions : class, new()
    {
        var options = builder.PeekOptions<TOptions>(section);
        builder.AddKnownOptions<TOptions>(section);
        var faults = findFaults(options).ToList();
        if (faults.Count == 0)
            return options;
        builder.Services.AddStartCheck(_ => faults);
        // Only so that the rest of the application can be built, and its faults found too.
        return new TOptions();
    }

    /// <summary>The options of a program that is not built like a service, with all that is wrong with them.</summary>
    public static TOptions Read<TOptions>(IConfiguration configuration, string section, Func<TOptions, IEnumerable<string>> findFaults, out IReadOnlyList<string> faults)
        where TOptions : class, new()
    {
        var options = new TOptions();
        SettingsCheck.ReadableSection(configuration, section, typeof(TOptions)).Bind(options);
        faults = [.. SettingsCheck.FindFaults(configuration, [.. KnownSetting.Of(section, typeof(TOptions))]), .. findFaults(options)];
        return options;
    }

    /// <summary>Options of dependency injection, checked at start by the attributes and <c>IValidatableObject</c> of their class.</summary>
    public static OptionsBuilder<TOptions> AddCheckedOptions<TOptions>(this WebApplicationBuilder builder, string section)
        where TOptions : class
    {
        builder.AddKnownOptions<TOptions>(section);
        builder.Services.AddSingleton<IValidateOptions<TOptions>>(new AnnotatedOptions<TOptions>(section));
        return builder.Services.AddOptions<TOptions>()
            .Configure<IConfiguration>((options, configuration) => SettingsCheck.ReadableSection(configuration, section, typeof(TOptions)).Bind(options))
            .ValidateOnStart();
    }

    /// <summary>What can be read of options that <see cref="AddCheckedOptions"/> checks, for use while the application is built.</summary>
    public static TOptions PeekOptions<TOptions>(this WebApplicationBuilder builder, string section)
        where TOptions : class, new()
    {
        var options = new TOptions();
        SettingsCheck.ReadableSection(builder.Configuration, section, typeof(TOptions)).Bind(options);
        return options;
    }

    /// <summary>Makes settings known that are read without options. <paramref name="isWhole"/>: with them, all of the section are known.</summary>
    public static WebApplicationBuilder AddKnownSettings(this WebApplicationBuilder builder, bool isWhole, params string[] paths)
    {
        foreach (var path in paths)
            builder.Services.AddSingleton(new KnownSetting(path, typeof(string), isWhole));
        return builder;
    }

    private static void AddKnownOptions<TOptions>(this WebApplicationBuilder builder, string section)
    {
        foreach (var setting in KnownSetting.Of(section, typeof(TOptions)))
            builder.Services.AddSingleton(setting);
    }
}
