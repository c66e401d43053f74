using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Notifications.Messages;
using Xunit;

namespace ShTP.Services.Tests.Notifications;

/// <summary>A client whose connection breaks all the time, while others write, gets everything once.</summary>
public sealed class StreamCutTests(NotificationsSystem system) : IClassFixture<NotificationsSystem>, IDisposable
{
    private const int Cuts = 1000;
    private const int Writers = 4;

    private readonly SemaphoreSlim _room = new(300);
    private readonly List<long> _received = [];
    private volatile bool _isOver;

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task Stream_CutAThousandTimesWhileOthersWrite_GivesEverySequenceOnce()
    {
        var user = Guid.NewGuid();
        var writers = Enumerable.Range(0, Writers).Select(number => WriteAsync(user, number)).ToArray();
        var random = new Random(7);
        for (var cut = 0; cut < Cuts; cut++)
            await ReadForAWhileAsync(user, random);
        _isOver = true;
        _room.Release(Writers * 3);
        await Task.WhenAll(writers);

        var expected = await system.WithDbAsync(db => db.Notifications.Where(n => n.UserId == user).OrderBy(n => n.Sequence).Select(n => n.Sequence).ToListAsync());
        using var rest = await Watch.OpenAsync(system.Host, user, _received.LastOrDefault());
        while (_received.Count < expected.Count)
            _received.Add((await rest.NextAsync()).Sequence);
        Assert.Equal(expected, _received);
        Assert.True(expected.Count > Cuts, $"only {expected.Count} were written");
    }

    // Cut after some messages, or at any moment of opening and reading.
    private async Task ReadForAWhileAsync(Guid user, Random random)
    {
        using var cut = new CancellationTokenSource();
        var count = random.Next(1, 8);
        if (random.Next(2) == 0)
            cut.CancelAfter(TimeSpan.FromMicroseconds(random.Next(100, 8000)));
        try
        {
            using var watch = await Watch.OpenAsync(system.Host, user, _received.LastOrDefault(), cut.Token);
            for (; count > 0; count--)
            {
                _received.Add((await watch.NextAsync()).Sequence);
                _room.Release();
            }
        }
        catch (RpcException cancelled) when (cancelled.StatusCode == StatusCode.Cancelled)
        {
        }
    }

    /// <summary>Tells the user one or two things and somebody else one in each transaction; never more than the reader may lag behind.</summary>
    private async Task WriteAsync(Guid user, int number)
    {
        for (var i = 0; ; i++)
        {
            var count = 1 + (i + number) % 2;
            for (var place = 0; place < count; place++)
                await _room.WaitAsync();
            if (_isOver)
                return;
            Guid[] told = [.. Enumerable.Repeat(user, count), Guid.NewGuid()];
            await system.WithDbAsync(db => db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync();
                await db.DeliverAsync(Delivery.ForEach(told, 4, """{"text":"a"}""", DateTimeOffset.UtcNow), new QuietUsers(), CancellationToken.None);
                await transaction.CommitAsync();
                return 0;
            }));
        }
    }
}
