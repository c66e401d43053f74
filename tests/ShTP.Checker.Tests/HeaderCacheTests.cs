using System.Text;
using ShTP.Checker.Judging;
using Xunit;

namespace ShTP.Checker.Tests;

/// <summary>The standard header is compiled once, until the compiler or a file that it read changes.</summary>
[Collection(JudgeFixture.OneAtATime)]
public sealed class HeaderCacheTests : IDisposable
{
    private const string Made = "bits/made";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shtp-cache-");
    private readonly JudgeFixture _fixture;

    public HeaderCacheTests(JudgeFixture fixture)
    {
        _fixture = fixture;
        WriteFile("work/" + Made, "made");
        WriteFile("header", "read");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Checker_ThatStartsAgain_TakesWhatTheFirstOneCompiled()
    {
        var compiled = Manifests(JudgeFixture.Options.Cache!);
        using var folder = CheckerFolder.Create();

        var (toolchain, faults) = await Toolchain.PrepareAsync(folder, JudgeFixture.Options);

        Assert.Equal((null, 0), (toolchain!.CacheFault, faults.Count));
        Assert.Equal(compiled, Manifests(JudgeFixture.Options.Cache!));
        var judge = new Judge(_fixture.Sandbox, toolchain);
        const string Source = "#include <bits/stdc++.h>\nint main() { int n; std::cin >> n; std::cout << 2 * n; }";
        var result = await judge.JudgeAsync(new JudgeTask(Language.Cpp, Encoding.UTF8.GetBytes(Source), [new JudgeTest("21", "42")]));
        Assert.Equal(Verdict.Accepted, result.Verdict);
    }

    [Fact]
    public async Task Checker_WhoseCacheIsNoFolder_SaysSoAndJudges()
    {
        using var folder = CheckerFolder.Create();

        var (toolchain, faults) = await Toolchain.PrepareAsync(folder, new CheckerOptions { Cache = PathOf("header") });

        Assert.Empty(faults);
        Assert.Contains(PathOf("header"), toolchain!.CacheFault, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Join(folder.HeaderPath, "bits/stdc++.h.gch")));
    }

    [Fact]
    public void Cache_OfFilesThatAreAsTheyWere_GivesWhatWasStored()
    {
        Store("recipe");

        Assert.True(Take("recipe"));
        Assert.Equal("made", File.ReadAllText(PathOf("taken/" + Made)));
    }

    [Theory]
    [InlineData("another recipe", "read")]
    [InlineData("recipe", "changed")]
    [InlineData("recipe", null)]
    public void Cache_WhenAnythingIsDifferent_GivesNothing(string recipe, string? header)
    {
        Store("recipe");
        if (header is null)
            File.Delete(PathOf("header"));
        else if (header != "read")
            WriteFile("header", header);

        Assert.False(Take(recipe));
    }

    [Fact]
    public void Cache_OfManyCompilers_KeepsTheNewest()
    {
        for (var recipe = 0; recipe < 5; recipe++)
        {
            Store($"{recipe}");
            foreach (var entry in Directory.EnumerateDirectories(PathOf("cache")))
                Directory.SetLastWriteTimeUtc(entry, Directory.GetLastWriteTimeUtc(entry).AddMinutes(-1));
        }

        Assert.Equal([false, false, true, true, true], Enumerable.Range(0, 5).Select(recipe => Take($"{recipe}")));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Cache_ThatOthersMayWrite_IsRefused(UnixFileMode mode)
    {
        Directory.CreateDirectory(PathOf("cache"));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(PathOf("cache"), File.GetUnixFileMode(PathOf("cache")) | mode);

        var refused = Assert.Throws<IOException>(() => new HeaderCache(PathOf("cache"), ["recipe"]));

        Assert.Equal($"Checker:Cache: other users can write to '{PathOf("cache")}'.", refused.Message);
    }

    private void Store(string recipe) => new HeaderCache(PathOf("cache"), [recipe]).Store(PathOf("work"), [Made], [PathOf("header")]);

    private bool Take(string recipe) => new HeaderCache(PathOf("cache"), [recipe]).TryTake(PathOf("taken"));

    private static IEnumerable<(string Path, DateTime Written)> Manifests(string cache) =>
        [.. Directory.EnumerateDirectories(cache).Select(entry => (entry, File.GetLastWriteTimeUtc(Path.Join(entry, HeaderCache.Manifest))))];

    private void WriteFile(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
    }

    private string PathOf(string name) => Path.Join(_folder.FullName, name);
}
