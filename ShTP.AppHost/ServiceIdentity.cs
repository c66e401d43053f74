using System.Security.Cryptography;
using ShTP.ServiceDefaults;

namespace ShTP.AppHost;

internal static class ServiceIdentity
{
    /// <summary>
    /// Configures each service with its private signing key and the public keys of all services. The access option of
    /// each RPC lists its callers. The import tool runs beside the AppHost and calls like a service: its key is the
    /// parameter <c>import-identity-key</c>. A published manifest has parameters for all keys, so no key of this
    /// machine leaves it.
    /// </summary>
    public static void AddServiceIdentities(this IDistributedApplicationBuilder builder, SystemData data, IReadOnlyList<IResourceBuilder<ProjectResource>> services)
    {
        var keys = services.Select(service => service.Resource.Name).Append(ResourceNames.Import)
            .Select(name => (Name: name, Private: builder.AddSecret($"{name}-identity-key", new EcSigningKey(), data))).ToArray();
        var publicKeys = builder.ExecutionContext.IsPublishMode
            ? keys.ToDictionary(key => key.Name, key => builder.AddParameter($"{key.Name}-identity-public-key").Resource)
            : null;
        foreach (var service in services)
            service.WithEnvironment(async context =>
            {
                foreach (var (name, key) in keys)
                {
                    context.EnvironmentVariables[$"ServiceIdentity__PublicKeys__{name}"] = publicKeys is null
                        ? PublicKey(name, (await key.Resource.GetValueAsync(context.CancellationToken))!)
                        : publicKeys[name];
                    if (name == service.Resource.Name)
                        context.EnvironmentVariables["ServiceIdentity__PrivateKey"] = key.Resource;
                }
            });
    }

    private static string PublicKey(string name, string privateKey)
    {
        using var key = ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(Convert.FromBase64String(privateKey), out _);
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw new DistributedApplicationException(
                $"Parameter '{name}-identity-key' is not an EC private key in PKCS#8 and base64: {e.Message}", e);
        }
        return Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
    }
}
