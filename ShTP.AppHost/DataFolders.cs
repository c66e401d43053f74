using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ShTP.AppHost;

internal static class DataFolders
{
    /// <summary>
    /// A folder of the user for what a service keeps in files: the same in each run of this AppHost, or a temporary one that
    /// is removed when the application has stopped.
    /// </summary>
    public static string DataFolder(this IDistributedApplicationBuilder builder, string name, bool keep)
    {
        if (keep)
        {
            var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
            // Two clones of the repository do not share data.
            var clone = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(builder.AppHostDirectory)))[..10];
            return Directory.CreateDirectory(Path.Combine(data, "shtp", clone, name)).FullName;
        }

        var folder = Directory.CreateTempSubdirectory($"shtp-{name}-").FullName;
        builder.Eventing.Subscribe<BeforeStartEvent>((start, _) =>
        {
            start.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped
                .Register(() => Directory.Delete(folder, recursive: true));
            return Task.CompletedTask;
        });
        return folder;
    }
}
