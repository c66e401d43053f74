using Microsoft.Extensions.Options;
using ShTP.Files.Blobs;

namespace ShTP.Files;

/// <summary>The configuration section <c>Files</c>, checked at start.</summary>
internal sealed class FilesOptions
{
    public const string Section = "Files";

    /// <summary>Folder of temporary files and, unless <see cref="Storage"/> is set, of the stored ones. Required.</summary>
    public string Directory { get; set; } = "";

    /// <summary><c>disk</c> or <c>s3</c>.</summary>
    public string Storage { get; set; } = "disk";

    /// <summary>Where the stored files are when <see cref="Storage"/> is <c>s3</c>.</summary>
    public S3Options S3 { get; set; } = new();

    /// <summary>Quota of one owner in bytes, claimed or not.</summary>
    public long QuotaBytes { get; set; } = 200 * 1024 * 1024;

    /// <summary>Quota of one owner in files; it bounds every sum and every deletion of an owner's files.</summary>
    public int QuotaFiles { get; set; } = 20_000;

    /// <summary>How long a file without claims is kept.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often files without claims are collected.</summary>
    public TimeSpan CollectEvery { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest time of one upload.</summary>
    public TimeSpan StoreLimit { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>Larger images are refused before decoding; a decoded pixel takes four bytes.</summary>
    public int MaxMegapixels { get; set; } = 40;

    /// <summary>The same for photos, which are decoded to a smaller size: JPEG.</summary>
    public int MaxPhotoMegapixels { get; set; } = 64;

    /// <summary>Number of images that are decoded concurrently.</summary>
    public int DecodeSlots { get; set; } = 2;
}

/// <summary>Lists all faults of the configuration.</summary>
internal sealed class FilesOptionsValidation : IValidateOptions<FilesOptions>
{
    public ValidateOptionsResult Validate(string? name, FilesOptions options)
    {
        List<string> faults = [];
        CheckDirectory(options.Directory, faults);
        Require(options.QuotaBytes > 0, "Files:QuotaBytes must be positive");
        Require(options.QuotaFiles > 0, "Files:QuotaFiles must be positive");
        Require(options.Grace >= options.StoreLimit, "Files:Grace must be at least Files:StoreLimit, or uploads are collected before they end");
        Require(options.StoreLimit > TimeSpan.Zero, "Files:StoreLimit must be positive");
        Require(options.CollectEvery >= TimeSpan.FromSeconds(1) && options.CollectEvery <= TimeSpan.FromDays(1), "Files:CollectEvery must be between a second and a day");
        Require(options.MaxMegapixels is > 0 and <= 500, "Files:MaxMegapixels must be between 1 and 500");
        Require(options.MaxPhotoMegapixels is > 0 and <= 500, "Files:MaxPhotoMegapixels must be between 1 and 500");
        Require(options.DecodeSlots is > 0 and <= 64, "Files:DecodeSlots must be between 1 and 64");
        switch (options.Storage)
        {
            case "disk":
                break;
            case "s3":
                Require(Uri.TryCreate(options.S3.ServiceUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https", "Files:S3:ServiceUrl must be an http or https URL");
                Require(options.S3.Bucket.Length > 0, "Files:S3:Bucket is missing");
                Require(options.S3.Region.Length > 0, "Files:S3:Region is missing");
                Require(options.S3.AccessKey.Length > 0, "Files:S3:AccessKey is missing");
                Require(options.S3.SecretKey.Length > 0, "Files:S3:SecretKey is missing");
                break;
            default:
                faults.Add($"Files:Storage is '{options.Storage}'; it must be 'disk' or 's3'");
                break;
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Require(bool condition, string fault)
        {
            if (!condition)
                faults.Add(fault);
        }
    }

    private static void CheckDirectory(string directory, List<string> faults)
    {
        if (directory.Length == 0)
        {
            faults.Add("Files:Directory is missing: the directory that stores files");
            return;
        }

        try
        {
            System.IO.Directory.CreateDirectory(directory);
            using var probe = new FileStream(
                Path.Combine(directory, $".probe-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            probe.WriteByte(0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            faults.Add($"Files:Directory '{directory}' cannot be written to: {e.Message}");
        }
    }
}
