using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using ShTP.LocalPostgres;

namespace Aspire.Hosting.Postgres;

/// <summary>Where the data of a server stays.</summary>
internal sealed record PostgresDataAnnotation(string Directory) : IResourceAnnotation
{
    public static string VolumeDirectory(string name) =>
        name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && !name.StartsWith('.')
            ? Path.Combine(LocalFolders.Data, "volumes", name)
            : throw new ArgumentException($"'{name}' is no name for a volume: only ASCII letters, digits, '-', '_' and '.'.", nameof(name));

    /// <summary>One volume per AppHost directory and server, so that two clones do not share data.</summary>
    public static string VolumeName(IResourceBuilder<IResource> builder)
    {
        var host = builder.ApplicationBuilder;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(host.AppHostDirectory)))[..10];
        var application = string.Concat(host.Environment.ApplicationName.ToLowerInvariant()
            .Select(c => char.IsAsciiLetterOrDigit(c) || c == '.' ? c : '-'));
        return $"{application}-{hash}-{builder.Resource.Name}-data";
    }
}
