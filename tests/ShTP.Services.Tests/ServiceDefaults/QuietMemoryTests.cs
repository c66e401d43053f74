using ShTP.ServiceDefaults;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

public sealed class QuietMemoryTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void IsDue_QuietAfterMuchWork_CollectsOnce()
    {
        var memory = new QuietMemory(TimeProvider.System);

        Assert.False(memory.IsDue(30 * MiB, 20 * MiB)); // busy since the last look
        Assert.True(memory.IsDue((30 * MiB) + 1, 20 * MiB));
        Assert.False(memory.IsDue((30 * MiB) + 2, 20 * MiB)); // nothing new since
        Assert.False(memory.IsDue(50 * MiB, 20 * MiB));
        Assert.True(memory.IsDue(50 * MiB, 20 * MiB));
    }

    [Theory]
    [InlineData(15, 20)] // not worth it
    [InlineData(500, 300)] // would take too long
    public void IsDue_LittleToGainOrMuchToWalk_LeavesIt(long allocated, long heap)
    {
        var memory = new QuietMemory(TimeProvider.System);
        memory.IsDue(allocated * MiB, heap * MiB);

        Assert.False(memory.IsDue(allocated * MiB, heap * MiB));
    }
}
