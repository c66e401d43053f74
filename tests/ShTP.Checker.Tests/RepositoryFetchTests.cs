using System.Net;
using ShTP.Checker.Repositories;
using ShTP.Testing;
using Xunit;

namespace ShTP.Checker.Tests;

/// <summary>Fetching from a real git server.</summary>
public sealed class RepositoryFetchTests : IAsyncLifetime
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("shtp-fetch-");
    private GitServer _server = null!;

    private RepositoryNetwork Network => new([]) { OwnHosts = new Dictionary<string, IPEndPoint> { [GitServer.Host] = _server.Address }, CertificateAuthorities = _server.CertificateAuthorities };

    private string Target => Path.Join(_home.FullName, "repository");

    public async ValueTask InitializeAsync() => _server = await GitServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _home.Delete(recursive: true);
    }

    [Fact]
    public async Task Fetch_OfARepository_HasTheFilesOfItsNewestCommit()
    {
        _server.Commit("school/contest", ("task1.py", "print(1)\n"));
        var commit = _server.Commit("school/contest", ("task1.py", "print(2)\n"), ("task2.py", "print(3)\n"));

        var fetched = await FetchAsync("school/contest");

        Assert.Equal(commit, fetched.Commit);
        Assert.Equal("print(2)\n", await File.ReadAllTextAsync(Path.Join(fetched.Folder, "task1.py")));
        Assert.Equal("print(3)\n", await File.ReadAllTextAsync(Path.Join(fetched.Folder, "task2.py")));
    }

    [Fact]
    public async Task Fetch_OfSymbolicLinks_ReadsNothingOfTheHost()
    {
        _server.Git("school/links", "init", "--quiet");
        File.CreateSymbolicLink(Path.Join(_server.Root, "school/links/task1.py"), "/etc/passwd");
        _server.Commit("school/links");

        var fetched = await FetchAsync("school/links");

        var file = new FileInfo(Path.Join(fetched.Folder, "task1.py"));
        Assert.Null(file.LinkTarget);
        Assert.Equal("/etc/passwd", await File.ReadAllTextAsync(file.FullName));
    }

    [Theory]
    [InlineData("post-checkout")]
    [InlineData("post-merge")]
    public async Task Fetch_OfHooksAndFilters_RunsNothing(string hook)
    {
        var ran = Path.Join(_home.FullName, "ran");
        _server.Commit("school/hooks", (hook, $"#!/bin/sh\ntouch {ran}\n"), (".gitattributes", "*.py filter=evil\n"), ("task1.py", "print(1)\n"),
            (".gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = https://git.school.test/school/other\n"));

        await FetchAsync("school/hooks");

        Assert.False(File.Exists(ran));
        Assert.DoesNotContain(_server.Requests, path => path.Contains("other", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("school/solutions.git", "school/solutions")]
    [InlineData("school/contest", "moved/contest")]
    [InlineData("school/both.git", "moved/both")]
    public async Task Fetch_OfAnAddressThatLeadsElsewhereOnItsHost_IsFollowed(string repository, string link)
    {
        var commit = _server.Commit(repository, ("task1.py", "print(1)\n"));

        Assert.Equal(commit, (await FetchAsync(link)).Commit);
    }

    [Fact]
    public async Task Fetch_OfAnAddressThatLeadsToAnotherHost_IsRefusedAndNotFollowed()
    {
        _server.Commit("school/contest", ("task1.py", "print(1)\n"));

        await RefusedAsync("elsewhere/contest", "The repository cannot be fetched");

        Assert.All(_server.Requests, path => Assert.StartsWith("/elsewhere/", path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fetch_OfAnAddressThatLeadsOnAndOn_EndsSoon()
    {
        await RefusedAsync("loop/contest", "The repository cannot be fetched");

        Assert.InRange(_server.Requests.Count, 4, 8);
    }

    [Theory]
    [InlineData("task1.py", "task1.py", "homework1/task1.py")]
    [InlineData("task1.PY", "task1.PY", "homework1/task1.PY.txt")]
    [InlineData("homework1/task1.py", "homework1/task1.py", "homework1/task10.py")]
    [InlineData("a b/Домашнее/TASK1.py", "a b/Домашнее/TASK1.py", "task1.cpp")]
    [InlineData("task1.py", "task1.py", "Task1.py")]
    [InlineData("a/task1.py", "a/task1.py", "b/TASK1.PY")]
    [InlineData("Task1.py", "Task1.py", "deep/task1.py")]
    public async Task Find_OfAFileInAFolderOrOfAnotherCase_FindsIt(string expected, params string[] files)
    {
        _server.Commit("school/folders", [.. files.Select(file => (file, "print(1)\n"))]);
        var fetched = await FetchAsync("school/folders");

        Assert.Equal(expected, Path.GetRelativePath(fetched.Folder, RepositoryFiles.Find(fetched.Folder, "task1.py").FullName));
    }

    [Theory]
    [InlineData("The repository has no file task1.py, neither in its root nor in another folder.", "task2.py", "task1.txt")]
    [InlineData("The repository has 2 files task1.py: a/task1.py, b/task1.py. Leave one.", "a/task1.py", "b/task1.py")]
    [InlineData("The repository has 2 files task1.py: TASK1.py, task1.PY. Leave one.", "TASK1.py", "task1.PY")]
    public async Task Find_OfNoneOrSeveral_SaysSo(string expected, params string[] files)
    {
        _server.Commit("school/folders", [.. files.Select(file => (file, "print(1)\n"))]);
        var fetched = await FetchAsync("school/folders");

        Assert.Equal(expected, Assert.Throws<RepositoryRefusedException>(() => RepositoryFiles.Find(fetched.Folder, "task1.py")).Message);
    }

    [Fact]
    public Task Fetch_OfWhatIsNotThere_IsRefused() => RefusedAsync("school/missing", "The repository cannot be fetched");

    [Fact]
    public async Task Fetch_OfAnEndlessAnswer_IsRefused()
    {
        var fetch = new RepositoryFetch(Network with { MaxTime = TimeSpan.FromSeconds(2) });

        var refused = await Assert.ThrowsAsync<RepositoryRefusedException>(() => fetch.FetchAsync($"https://{GitServer.Host}/endless/contest", Target));

        Assert.Equal("Fetching the repository takes longer than 2 seconds.", refused.Message);
    }

    [Fact]
    public async Task Fetch_OfAnEmptyRepository_IsRefused()
    {
        _server.Git("school/empty", "init", "--quiet");

        await RefusedAsync("school/empty", "The repository cannot be fetched");
    }

    [Fact]
    public async Task Fetch_OfASmallRepositoryWithAnEnormousFile_IsRefusedBeforeItIsUnpacked()
    {
        _server.Git("school/bomb", "init", "--quiet");
        await using (var file = File.Create(Path.Join(_server.Root, "school/bomb/task1.py")))
            file.SetLength(200L * 1024 * 1024);
        _server.Commit("school/bomb");

        await RefusedAsync("school/bomb", "The repository is larger than 64 MiB");

        Assert.False(File.Exists(Path.Join(Target, "task1.py")));
    }

    [Fact]
    public async Task Fetch_OfTooManyFiles_IsRefused()
    {
        await RefusedAfterAsync("school/many", [.. Enumerable.Range(0, 5001).Select(i => ($"{i}.py", ""))], "The repository has more than 5000 files");
    }

    [Fact]
    public async Task Fetch_WithACertificateThatNobodyVouchesFor_IsRefused()
    {
        _server.Commit("school/contest", ("task1.py", "print(1)\n"));
        var fetch = new RepositoryFetch(Network with { CertificateAuthorities = null });

        await Assert.ThrowsAsync<RepositoryRefusedException>(() => fetch.FetchAsync($"https://{GitServer.Host}/school/contest", Target));
    }

    [Fact]
    public async Task Fetch_Cancelled_EndsGit()
    {
        using var cancellation = new CancellationTokenSource();
        var fetching = new RepositoryFetch(Network).FetchAsync($"https://{GitServer.Host}/silent/contest", Target, cancellation.Token);
        await _server.Silent.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetching.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private Task<FetchedRepository> FetchAsync(string path) => new RepositoryFetch(Network).FetchAsync($"https://{GitServer.Host}/{path}", Target);

    private Task RefusedAfterAsync(string path, (string, string)[] files, string reason)
    {
        _server.Commit(path, files);
        return RefusedAsync(path, reason);
    }

    private async Task RefusedAsync(string path, string reason)
    {
        var refused = await Assert.ThrowsAsync<RepositoryRefusedException>(() => FetchAsync(path));
        Assert.StartsWith(reason, refused.Message, StringComparison.Ordinal);
    }
}
