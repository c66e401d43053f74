using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using ShTP.Transcoding.Catalog;
using ShTP.Protos;

namespace ShTP.Transcoding.OpenApi;

/// <summary>The downloads for client developers, created on the first request.</summary>
internal sealed class Documentation(Contract contract, MethodCatalog catalog)
{
    private const string ResourcePrefix = "proto/";

    /// <summary>The version of this build.</summary>
    public static string Version { get; } =
        typeof(Documentation).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private readonly Lazy<Task<DocumentationFile>> _openApi = new(async () =>
        new("application/json", await ApiDocument.WriteAsync(contract, catalog, Version, CancellationToken.None)));

    private readonly Lazy<Task<DocumentationFile>> _protos = new(async () => new("application/zip", await ZipProtosAsync(contract, catalog)));

    /// <summary>The OpenAPI document.</summary>
    public Task<DocumentationFile> OpenApiAsync() => _openApi.Value;

    /// <summary>The .proto files with their imports and a README.</summary>
    public Task<DocumentationFile> ProtosAsync() => _protos.Value;

    private static async Task<byte[]> ZipProtosAsync(Contract contract, MethodCatalog catalog)
    {
        var content = new MemoryStream();
        await using (var archive = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            await AddAsync(archive, "README.md", await ReadAsync(typeof(Documentation).Assembly, "protos-readme.md"));
            var (assembly, filter) = (typeof(Contract).Assembly, new PublicProtos(contract, catalog));
            foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            {
                var (path, text) = (name[ResourcePrefix.Length..], await ReadAsync(assembly, name));
                if (filter.Filter(path, text) is { } rest)
                    await AddAsync(archive, path, rest);
            }
        }

        return content.ToArray();
    }

    private static async Task<string> ReadAsync(Assembly assembly, string resource)
    {
        await using var from = assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"'{resource}' is not embedded in {assembly.GetName().Name}.");
        using var reader = new StreamReader(from);
        return await reader.ReadToEndAsync();
    }

    private static async Task AddAsync(ZipArchive archive, string path, string text)
    {
        var entry = archive.CreateEntry(path);
        // A fixed time, so that all instances return the same archive.
        entry.LastWriteTime = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await using var to = await entry.OpenAsync();
        await to.WriteAsync(Encoding.UTF8.GetBytes(text));
    }
}

/// <summary>A file of the documentation.</summary>
internal sealed record DocumentationFile(string ContentType, byte[] Content)
{
    /// <summary>Changes with the content.</summary>
    public string ETag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(Content).AsSpan(0, 16))}\"";
}
