using ShTP.Backup;
using ShTP.Invariants;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.Backups;

/// <summary>A school with one pupil and a backup of it, for the tests that change no database.</summary>
public sealed class MadeBackup : IAsyncLifetime
{
    private BackedUpSchool? _school;

    /// <summary>Databases that have nothing, and must stay so.</summary>
    public IReadOnlyDictionary<Database, string> Empty { get; private set; } = new Dictionary<Database, string>();

    public async ValueTask InitializeAsync()
    {
        _school = await BackedUpSchool.CreateAsync();
        var (code, text) = await _school.BackUpAsync();
        Assert.True(code == BackupRun.Done, text);
        Empty = await _school.AddEmptyAsync();
    }

    public ValueTask DisposeAsync() => Disposing.AllAsync(_school);

    /// <summary>The school, and the backup if wanted, in folders of their own.</summary>
    internal BackedUpSchool Copy(bool withBackup = true) => _school!.Copy(withBackup);
}
