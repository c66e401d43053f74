using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.Parameters;

/// <summary>A default whose value is made once and then kept in the user secrets, where there are any.</summary>
internal sealed class PersistedParameterDefault(ParameterDefault inner, string key, UserSecretsFile? secrets) : ParameterDefault
{
    public override string GetDefaultValue() =>
        secrets is null ? inner.GetDefaultValue() : secrets.GetOrAdd(key, inner.GetDefaultValue);

    public override void WriteToManifest(ManifestPublishingContext context) => inner.WriteToManifest(context);
}
