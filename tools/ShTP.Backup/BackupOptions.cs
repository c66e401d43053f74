using System.Security.Cryptography;
using ShTP.Backup.Sealing;

namespace ShTP.Backup;

/// <summary>The configuration section <c>Backup</c>, checked at start.</summary>
internal sealed class BackupOptions
{
    public const string Section = "Backup";

    private const int MaxKept = 10_000;

    private static readonly TimeSpan ShortestEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestEvery = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestBarrierLimit = TimeSpan.FromHours(1);

    /// <summary>The short names of settings on the command line.</summary>
    public static IReadOnlyDictionary<string, string> Switches { get; } = new Dictionary<string, string>
    {
        ["--keep"] = $"{Section}:{nameof(Keep)}",
        ["--every"] = $"{Section}:{nameof(Every)}",
        ["--at"] = $"{Section}:{nameof(At)}",
        ["--files"] = $"{Section}:{nameof(FilesDirectory)}",
        ["--public-key"] = $"{Section}:{nameof(PublicKey)}",
        ["--private-key"] = $"{Section}:{nameof(PrivateKey)}",
    };

    /// <summary>The folder of all backups, unless it follows the command.</summary>
    public string Directory { get; set; } = "";

    /// <summary>The folder of Files.</summary>
    public string FilesDirectory { get; set; } = "";

    /// <summary>How many backups stay after a new one was made, with it; 0 for all.</summary>
    public int Keep { get; set; }

    /// <summary>The time between two scheduled backups.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The name of a backup, to restore or check it; empty for the newest to restore, and for all to check.</summary>
    public string At { get; set; } = "";

    /// <summary>A PEM file with a public key of P-256, to which new backups are encrypted; empty not to encrypt.</summary>
    public string PublicKey { get; set; } = "";

    /// <summary>A PEM file with the private key of encrypted backups.</summary>
    public string PrivateKey { get; set; } = "";

    /// <summary>How long a moment at which no message is on its way is looked for.</summary>
    public TimeSpan BarrierLimit { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The folder of <c>pg_dump</c> and <c>pg_restore</c>; empty to look for them.</summary>
    public string Binaries { get; set; } = "";

    /// <summary>The faults, each with its setting.</summary>
    public IEnumerable<string> FindFaults()
    {
        if (Keep is < 0 or > MaxKept)
            yield return $"{Section}:Keep must be between 0 and {MaxKept}; 0 keeps all.";
        if (Every < ShortestEvery || Every > LongestEvery)
            yield return $"{Section}:Every must be between {ShortestEvery.TotalSeconds:0} seconds and {LongestEvery.TotalDays:0} days.";
        if (At.Length > 0 && !Storage.BackupFolder.IsName(At))
            yield return $"{Section}:At must be the name of a backup, such as 2026-11-29T201503.123Z.";
        if (PublicKey.Length > 0 && FaultOf(() => SealingKey.ReadPublic(PublicKey).Dispose()) is { } publicFault)
            yield return $"{Section}:PublicKey: {publicFault}";
        if (PrivateKey.Length > 0 && FaultOf(() => SealingKey.ReadPrivate(PrivateKey).Dispose()) is { } privateFault)
            yield return $"{Section}:PrivateKey: {privateFault}";
        if (BarrierLimit <= TimeSpan.Zero || BarrierLimit > LongestBarrierLimit)
            yield return $"{Section}:BarrierLimit must be positive and at most {LongestBarrierLimit.TotalHours:0} hour.";
        if (Binaries.Length > 0 && !System.IO.Directory.Exists(Binaries))
            yield return $"{Section}:Binaries: there is no folder '{Binaries}'.";
    }

    private static string? FaultOf(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception fault) when (fault is BackupException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            return fault.Message;
        }
    }
}
