using Microsoft.Extensions.Options;
using ShTP.Files.Blobs;
using ShTP.Files.Content;
using ShTP.Files.Downloads;
using ShTP.Files.StoredFiles;
using ShTP.Rpc;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.Files;

/// <summary>Registers the services of Files.</summary>
internal static class StorageRegistration
{
    public static void AddFileStorage(this WebApplicationBuilder builder)
    {
        builder.AddSignedNames();
        var services = builder.Services;
        builder.AddCheckedOptions<FilesOptions>(FilesOptions.Section);
        services.AddSingleton<IValidateOptions<FilesOptions>, FilesOptionsValidation>();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IBlobStorage>(provider => provider.GetRequiredService<IOptions<FilesOptions>>().Value.Storage == "s3"
            ? ActivatorUtilities.CreateInstance<S3Blobs>(provider)
            : ActivatorUtilities.CreateInstance<DiskBlobs>(provider));
        services.AddActivatedSingleton<TemporaryFiles>(); // at start, not at the first upload, because it removes files of killed processes
        services.AddSingleton<ImageDecoding>();
        services.AddSingleton<DefaultAvatar>();
        services.AddScoped<FileLedger>();
        services.AddScoped<FileExport>();
        services.AddScoped<FileIntake>();
        services.AddScoped<Collector>();
        services.AddHostedService<CollectorJob>();
        services.AddHealthChecks().AddCheck<StorageHealth>("storage", timeout: TimeSpan.FromSeconds(5));
    }
}
