using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace ShTP.Backup.Storage;

/// <summary>What a backup consists of. It is written last: a folder without it is no backup.</summary>
internal sealed partial record Manifest
{
    /// <summary>The form that this version writes, and the newest that it reads.</summary>
    public const int CurrentFormat = 1;

    public const string FileName = "manifest.json";

    // Some 300 bytes for each file of a school.
    private const long MaxLength = 1024L * 1024 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public required int Format { get; init; }

    /// <summary>The version of ShTP that made it.</summary>
    public required string Product { get; init; }

    /// <summary>The moment that the backup shows.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>How long writes waited for it.</summary>
    public required double BarrierMilliseconds { get; init; }

    /// <summary>The major version of <c>pg_dump</c>.</summary>
    public required int Postgres { get; init; }

    /// <summary>The id of the key that its content is encrypted to; null when it is not encrypted.</summary>
    public string? KeyId { get; init; }

    public required IReadOnlyList<DatabaseEntry> Databases { get; init; }

    public required IReadOnlyList<FileEntry> Files { get; init; }

    /// <summary>Reads and checks it.</summary>
    /// <exception cref="BackupException">It is damaged, or of a newer form.</exception>
    public static async Task<Manifest> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > MaxLength)
                throw new JsonException($"it has {stream.Length} bytes");
            using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
            if (document.RootElement.TryGetProperty("format", out var format) && format.TryGetInt32(out var number) && number > CurrentFormat)
                throw new BackupException($"{file} was written by a newer version of ShTP: its format is {number}, and this version reads up to {CurrentFormat}.");
            var manifest = document.Deserialize<Manifest>(Json) ?? throw new JsonException("it is null");
            return manifest.FindFault() is { } fault ? throw new JsonException(fault) : manifest;
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException)
        {
            throw new BackupException($"{file} is damaged: {damaged.Message}", damaged);
        }
    }

    /// <summary>Writes it durably.</summary>
    public async Task WriteAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        await JsonSerializer.SerializeAsync(stream, this, Json, cancellationToken);
        await stream.FlushAsync(cancellationToken);
        stream.Flush(flushToDisk: true);
    }

    // Its names become paths, so they are not trusted.
    private string? FindFault()
    {
        if (Databases.FirstOrDefault(one => !DatabaseName().IsMatch(one.Name) || !Hash().IsMatch(one.Sha256)) is { } database)
            return $"'{database.Name}' is not the entry of a database";
        if (Files.FirstOrDefault(one => !FileEntry.IsName(one.Folder, one.Name) || (one.State == FileState.Stored && (one.Sha256 is null || !Hash().IsMatch(one.Sha256)))) is { } file)
            return $"'{file.Folder}/{file.Name}' is not the entry of a file";
        return KeyId is null || Key().IsMatch(KeyId) ? null : $"'{KeyId}' is not the id of a key";
    }

    [GeneratedRegex(@"\A[a-z]{1,30}db\z")]
    private static partial Regex DatabaseName();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex Hash();

    [GeneratedRegex(@"\A[0-9a-f]{16}\z")]
    private static partial Regex Key();
}

/// <summary>A database of a backup.</summary>
/// <param name="Name">Such as <c>usersdb</c>.</param>
/// <param name="Sha256">Of the file with its dump, as it is stored.</param>
/// <param name="Size">The bytes of that file.</param>
/// <param name="LastMigration">The newest migration that was applied.</param>
/// <param name="TakenAt">When, by the clock of its server.</param>
/// <param name="Tables">The rows of each table.</param>
internal sealed record DatabaseEntry(string Name, string Sha256, long Size, string? LastMigration, DateTimeOffset TakenAt, IReadOnlyDictionary<string, long> Tables)
{
    /// <summary>The name of the file with its dump.</summary>
    [JsonIgnore]
    public string FileName => $"{Name}.dump";
}

/// <summary>Content of Files.</summary>
/// <param name="Folder">The folder of its kind.</param>
/// <param name="Name">Its SHA-256 and extension.</param>
/// <param name="Size">In bytes.</param>
/// <param name="State">Whether the backup has it.</param>
/// <param name="Sha256">Of the file that holds it in the backup; null when it has none.</param>
/// <param name="StoredSize">The bytes of that file.</param>
internal sealed partial record FileEntry(string Folder, string Name, long Size, FileState State, string? Sha256 = null, long StoredSize = 0)
{
    /// <summary>The SHA-256 of the content.</summary>
    [JsonIgnore]
    public string Hash => Name[..64];

    /// <summary>Whether Files names content like this.</summary>
    public static bool IsName(string folder, string name) => FolderName().IsMatch(folder) && ContentName().IsMatch(name);

    [GeneratedRegex(@"\A[a-z]{1,20}\z")]
    private static partial Regex FolderName();

    [GeneratedRegex(@"\A[0-9a-f]{64}\.[a-z0-9]{1,10}\z")]
    private static partial Regex ContentName();
}

/// <summary>Whether a backup has the content of a file.</summary>
internal enum FileState
{
    Stored,

    /// <summary>Its upload ended without being stored, and is not in the system any more.</summary>
    Withdrawn,

    /// <summary>Files has lost it, or it is damaged there.</summary>
    Lost,
}
