using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.OldSystem;

/// <summary>A school that was looked at by a dry run, imported, and imported once more.</summary>
public sealed class ImportedSchool : IAsyncLifetime
{
    internal ImportSystem System { get; private set; } = null!;

    internal OldSchool School { get; private set; } = null!;

    internal Ran DryRun { get; private set; } = null!;

    internal SortedDictionary<string, int> CountsAfterDryRun { get; private set; } = null!;

    internal int FilesAfterDryRun { get; private set; }

    internal Ran First { get; private set; } = null!;

    internal SortedDictionary<string, int> CountsAfterFirst { get; private set; } = null!;

    internal int FilesAfterFirst { get; private set; }

    internal Ran Second { get; private set; } = null!;

    internal SortedDictionary<string, int> CountsAfterSecond { get; private set; } = null!;

    internal int FilesAfterSecond { get; private set; }

    public async ValueTask InitializeAsync()
    {
        School = await OldSchool.CreateAsync();
        System = await ImportSystem.StartAsync();
        DryRun = await System.RunAsync(School.Database, ["--dry-run"]);
        (CountsAfterDryRun, FilesAfterDryRun) = (await System.CountAsync(), System.StoredFiles);
        First = await System.RunAsync(School.Database);
        (CountsAfterFirst, FilesAfterFirst) = (await System.CountAsync(), System.StoredFiles);
        Second = await System.RunAsync(School.Database);
        (CountsAfterSecond, FilesAfterSecond) = (await System.CountAsync(), System.StoredFiles);
    }

    public async ValueTask DisposeAsync()
    {
        await Disposing.AllAsync(System, School);
    }
}
