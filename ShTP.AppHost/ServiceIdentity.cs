using System.Security.Cryptography;
using ShTP.ServiceDefaults;

namespace ShTP.AppHost;

internal static class ServiceIdentity
{
    /// <summary>
    /// Gives each service the private key that it signs its calls with, and the public keys of all services. Who may call
    /// what is said by the access option of each RPC. The import of the old system runs beside the AppHost and calls like a
    /// service: its key is the parameter <c>import-identity-key</c>, which is given to the tool too. What is published asks
    /// for all of them: no key of this machine leaves it.
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
