using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Parameters;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

public static class ParameterResourceBuilderExtensions
{
    /// <summary>A value that configuration must have, under <c>Parameters:NAME</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name,
        bool secret = false) => builder.AddResource(CreateParameter(builder, name, secret));

    /// <summary>A value given here.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name,
        string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    /// <summary>A value asked for once, when it is first needed.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name,
        Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, _ => valueGetter(), secret));

    /// <summary>
    /// A value from configuration, else from the default; <paramref name="persist"/> keeps the default's value in the
    /// user secrets of the AppHost.
    /// </summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name,
        ParameterDefault value, bool secret = false, bool persist = false)
    {
        var parameter = CreateParameter(builder, name, secret);
        parameter.Default = persist ? Persisted(builder, name, value) : value;
        return builder.AddResource(parameter);
    }

    public static IResourceBuilder<ParameterResource> WithDescription(this IResourceBuilder<ParameterResource> builder,
        string description, bool enableMarkdown = false)
    {
        builder.Resource.Description = description;
        return builder;
    }

    /// <summary>A generated password that the user secrets keep.</summary>
    public static ParameterResource CreateDefaultPasswordParameter(IDistributedApplicationBuilder builder, string name,
        bool lower = true, bool upper = true, bool numeric = true, bool special = true,
        int minLower = 0, int minUpper = 0, int minNumeric = 0, int minSpecial = 0)
    {
        var parameter = CreateParameter(builder, name, secret: true);
        parameter.Default = Persisted(builder, name, new GenerateParameterDefault
        {
            Lower = lower,
            Upper = upper,
            Numeric = numeric,
            Special = special,
            MinLower = minLower,
            MinUpper = minUpper,
            MinNumeric = minNumeric,
            MinSpecial = minSpecial,
        });
        return parameter;
    }

    public static ParameterResource CreateParameter(IDistributedApplicationBuilder builder, string name, bool secret) =>
        new(name, fallback => FromConfiguration(builder.Configuration, name) ?? fallback?.GetDefaultValue()
            ?? throw new MissingParameterValueException(
                $"Parameter '{name}' has no value: set the configuration key 'Parameters:{name}' " +
                $"(argument --Parameters:{name}=VALUE, environment variable Parameters__{name.Replace('-', '_')})."), secret);

    /// <summary>Names of environment variables may have no dash in most shells, hence the second key.</summary>
    private static string? FromConfiguration(ConfigurationManager configuration, string name) =>
        configuration[$"Parameters:{name}"] ?? configuration[$"Parameters:{name.Replace('-', '_')}"];

    private static PersistedParameterDefault Persisted(IDistributedApplicationBuilder builder, string name, ParameterDefault value) =>
        new(value, $"Parameters:{name}", UserSecretsFile.Of(builder.AppHostAssembly, builder.Environment));
}
