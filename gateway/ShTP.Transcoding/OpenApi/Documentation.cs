using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
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

    private readonly Lazy<Task<DocumentationFile>> _protos = new(async () => new("application/zip", await ZipProtosAsync()));

    /// <summary>The OpenAPI document.</summary>
    public Task<DocumentationFile> OpenApiAsync() => _openApi.Value;

    /// <summary>The .proto files with their imports and a README.</summary>
    public Task<DocumentationFile> ProtosAsync() => _protos.Value;

    private static async Task<byte[]> ZipProtosAsync()
    {
        var content = new MemoryStream();
        await using (var archive = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            await AddAsync(archive, "README.md", typeof(Documentation).Assembly, "protos-readme.md");
            var assembly = typeof(Contract).Assembly;
            foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
                await AddAsync(archive, name[ResourcePrefix.Length..], assembly, name);
        }

        return content.ToArray();
    }

    private static async Task AddAsync(ZipArchive archive, string path, Assembly assembly, string resource)
    {
        await using var from = assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"'{resource}' is not embedded in {assembly.GetName().Name}.");
        var entry = archive.CreateEntry(path);
        // A fixed time, so that all instances return the same archive.
        entry.LastWriteTime = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await using var to = await entry.OpenAsync();
        await from.CopyToAsync(to);
    }
}

/// <summary>A file of the documentation.</summary>
internal sealed record DocumentationFile(string ContentType, byte[] Content)
{
    /// <summary>Changes with the content.</summary>
    public string ETag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(Content).AsSpan(0, 16))}\"";
}
