using ShTP.Data.Caching;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

public sealed class AnswerCacheTests
{
    private int _read;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_IsReadOnce_UntilItIsDropped()
    {
        var cache = Open();

        Assert.Equal((1, 1), (await GetAsync(cache, "a"), await GetAsync(cache, "a")));
        cache.Drop("b");
        Assert.Equal(1, await GetAsync(cache, "a"));
        cache.Drop("a");
        Assert.Equal(2, await GetAsync(cache, "a"));
        cache.Drop();
        Assert.Equal(3, await GetAsync(cache, "a"));
    }

    [Fact]
    public async Task Answer_WhileNobodyTellsOfChanges_IsReadEachTime()
    {
        var cache = new AnswerCache<string, int>(10);
        Assert.Equal((1, 2), (await GetAsync(cache, "a"), await GetAsync(cache, "a")));

        cache.Open();
        Assert.Equal((3, 3), (await GetAsync(cache, "a"), await GetAsync(cache, "a")));

        cache.Close();
        Assert.Equal((4, 5), (await GetAsync(cache, "a"), await GetAsync(cache, "a")));
    }

    [Fact]
    public async Task Answer_DroppedWhileItIsRead_IsNotKept()
    {
        var cache = Open();
        var old = new TaskCompletionSource<int>();
        var early = cache.GetAsync("a", () => old.Task, Cancel);

        cache.Drop("a");
        Assert.Equal(1, await GetAsync(cache, "a"));
        old.SetResult(-1);

        Assert.Equal(-1, await early);
        Assert.Equal(1, await GetAsync(cache, "a"));
    }

    [Fact]
    public async Task Answer_AskedForByManyAtOnce_IsReadOnce()
    {
        var cache = Open();
        var slow = new TaskCompletionSource<int>();

        var all = Enumerable.Range(0, 100).Select(_ => cache.GetAsync("a", () => { _read++; return slow.Task; }, Cancel)).ToList();
        slow.SetResult(7);

        Assert.All(await Task.WhenAll(all), answer => Assert.Equal(7, answer));
        Assert.Equal(1, _read);
    }

    [Fact]
    public async Task Answer_WhoseReaderIsCancelled_IsReadByWhoWaitedForIt()
    {
        var cache = Open();
        var cut = new TaskCompletionSource<int>();
        var first = cache.GetAsync("a", () => cut.Task, Cancel);
        var second = GetAsync(cache, "a");

        cut.SetCanceled(Cancel);

        await Assert.ThrowsAsync<TaskCanceledException>(() => first);
        Assert.Equal(1, await second);
    }

    [Fact]
    public async Task Waiting_ForTheReadingOfAnotherCall_EndsWithTheOwnCall()
    {
        var cache = Open();
        var slow = new TaskCompletionSource<int>();
        var first = cache.GetAsync("a", () => slow.Task, Cancel);
        using var own = new CancellationTokenSource();
        var second = cache.GetAsync("a", () => Task.FromResult(0), own.Token);

        await own.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        slow.SetResult(1);
        Assert.Equal(1, await first);
    }

    [Fact]
    public async Task Answers_AreNeverMoreThanTheCapacity()
    {
        var cache = Open();
        for (var i = 0; i < 100; i++)
        {
            await GetAsync(cache, $"{i}");
            Assert.InRange(cache.Count, 1, 10);
        }
    }

    private static AnswerCache<string, int> Open()
    {
        var cache = new AnswerCache<string, int>(10);
        cache.Open();
        return cache;
    }

    private Task<int> GetAsync(AnswerCache<string, int> cache, string key) => cache.GetAsync(key, () => Task.FromResult(++_read), Cancel);
}
