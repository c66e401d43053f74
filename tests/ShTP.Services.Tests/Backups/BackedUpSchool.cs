using System.Security.Cryptography;
using ShTP.Backup;
using ShTP.Invariants;
using ShTP.Services.Tests.Invariants;
using ShTP.Testing;

namespace ShTP.Services.Tests.Backups;

/// <summary>Databases with pupils, the content of their files, and a folder for backups.</summary>
internal sealed class BackedUpSchool : IAsyncDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("shtp-backups-");
    private readonly List<TestDatabase> _targets = [];
    private readonly bool _ownsDatabases;

    private BackedUpSchool(SchoolDatabases databases, bool ownsDatabases) => (Databases, _ownsDatabases) = (databases, ownsDatabases);

    public SchoolDatabases Databases { get; }

    public string Files => Path.Combine(_root.FullName, "files");

    public string Backups => Path.Combine(_root.FullName, "backups");

    public string RestoredFiles => Path.Combine(_root.FullName, "restored");

    public string Blobs => Path.Combine(Backups, "blobs");

    public IEnumerable<string> Names => Directory.EnumerateDirectories(Backups).Select(path => Path.GetFileName(path)!).Where(name => name != "blobs").Order();

    public static async Task<BackedUpSchool> CreateAsync(int pupils = 1)
    {
        var school = new BackedUpSchool(await SchoolDatabases.CreateAsync(), ownsDatabases: true);
        Directory.CreateDirectory(school.Files);
        for (var i = 0; i < pupils; i++)
            await school.EnterAsync();
        return school;
    }

    /// <summary>The same databases with folders of its own, and in them what is here.</summary>
    public BackedUpSchool Copy(bool withBackups)
    {
        var copy = new BackedUpSchool(Databases, ownsDatabases: false);
        Copy(Files, copy.Files);
        if (withBackups)
            Copy(Backups, copy.Backups);
        return copy;
    }

    /// <summary>A pupil whose avatar and proof have content. Returns the paths of both in the folder of Files.</summary>
    public async Task<string[]> EnterAsync()
    {
        var pupil = await Pupil.EnterAsync(Databases);
        var (avatar, proof) = (RandomNumberGenerator.GetBytes(100_000), RandomNumberGenerator.GetBytes(300));
        var (avatarName, proofName) = (NameOf(avatar, "png"), NameOf(proof, "png"));
        await Databases.ExecuteAsync(Database.Files, $"{Renamed("avatars", pupil.AvatarName, avatarName, avatar.Length)}; {Renamed("achievements", pupil.ProofName, proofName, proof.Length)}");
        await Databases.ExecuteAsync(Database.Users, $"UPDATE users SET avatar_path = '{avatarName}' WHERE id = '{pupil.Id}'");
        await Databases.ExecuteAsync(Database.Achievements, $"UPDATE achievements SET file_name = '{proofName}' WHERE id = '{pupil.Achievement}'");
        return [await StoreAsync("avatars", avatarName, avatar), await StoreAsync("achievements", proofName, proof)];
    }

    public async Task<(int Code, string Text)> RunAsync(string command, params string[] args)
    {
        using var output = new StringWriter();
        var code = await BackupRun.RunAsync([command, Backups, .. args], output, output, CancellationToken.None);
        return (code, output.ToString().TrimEnd());
    }

    public Task<(int Code, string Text)> BackUpAsync(params string[] args) => RunAsync("backup", [.. Connections(Databases.ConnectionStrings), "--files", Files, .. args]);

    /// <summary>Into databases of one's own that have nothing.</summary>
    public async Task<((int Code, string Text) Result, IReadOnlyDictionary<Database, string> Restored)> RestoreAsync(params string[] args)
    {
        var targets = await AddEmptyAsync();
        return (await RestoreIntoAsync(targets, args), targets);
    }

    /// <summary>Databases that have nothing.</summary>
    public async Task<IReadOnlyDictionary<Database, string>> AddEmptyAsync()
    {
        var targets = new Dictionary<Database, string>();
        foreach (var database in DatabaseNames.All)
        {
            var target = await PostgresServer.CreateEmptyDatabaseAsync();
            _targets.Add(target);
            targets[database] = target.ConnectionString;
        }

        return targets;
    }

    public Task<(int Code, string Text)> RestoreIntoAsync(IReadOnlyDictionary<Database, string> targets, params string[] args) =>
        RunAsync("restore", [.. Connections(targets), "--files", RestoredFiles, .. args]);

    /// <summary>All invariants over what was restored. Nobody judges here, so what waits may wait.</summary>
    public Task<InvariantReport> CheckAsync(IReadOnlyDictionary<Database, string> restored) =>
        InvariantCheck.RunAsync(restored, new InvariantCheckOptions { FilesDirectory = RestoredFiles, StuckAfter = TimeSpan.FromDays(1) }, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        foreach (var target in _targets)
            await target.DisposeAsync();
        if (_ownsDatabases)
            await Databases.DisposeAsync();
        _root.Delete(recursive: true);
    }

    public static string NameOf(byte[] content, string extension) => $"{Convert.ToHexStringLower(SHA256.HashData(content))}.{extension}";

    private static void Copy(string folder, string target)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(folder, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }
    }

    private static IEnumerable<string> Connections(IReadOnlyDictionary<Database, string> databases) =>
        databases.Select(one => $"--ConnectionStrings:{one.Key.NameOf()}={one.Value}");

    private static string Renamed(string folder, string name, string wanted, int size) =>
        $"""
        INSERT INTO blobs (folder, name, size, maybe_unused) VALUES ('{folder}', '{wanted}', {size}, false);
        UPDATE files SET name = '{wanted}', size = {size} WHERE name = '{name}';
        DELETE FROM blobs WHERE name = '{name}'
        """;

    private async Task<string> StoreAsync(string folder, string name, byte[] content)
    {
        var path = Path.Combine(Files, folder, name[..2], name[2..4], name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, content);
        return path;
    }
}
