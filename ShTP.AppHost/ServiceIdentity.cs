using System.Security.Cryptography;
using ShTP.ServiceDefaults;

namespace ShTP.AppHost;

internal static class ServiceIdentity
{
    /// <summary>
    /// Gives each service the private key that it signs its calls with, and the public keys of all services. Who may call
    /// what is said by the access option of each RPC. The import of the old system runs beside the AppHost and calls like a
    /// service: its key is the parameter <c>import-identity-key</c>, which is given to the tool too.
    /// </summary>
    public static void AddServiceIdentities(this IDistributedApplicationBuilder builder, bool persist,
        params IResourceBuilder<ProjectResource>[] services)
    {
        var keys = services.Select(service => service.Resource.Name).Append(ResourceNames.Import).Select(name => (Name: name, Key: builder.AddParameter(
            $"{name}-identity-key", new EcSigningKey(), secret: true, persist: persist))).ToArray();
        foreach (var service in services)
            service.WithEnvironment(async context =>
            {
                foreach (var (name, key) in keys)
                {
                    var privateKey = await key.Resource.GetValueAsync(context.CancellationToken);
                    context.EnvironmentVariables[$"ServiceIdentity__PublicKeys__{name}"] = PublicKey(name, privateKey!);
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
