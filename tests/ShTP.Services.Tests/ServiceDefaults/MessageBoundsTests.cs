using Google.Protobuf.WellKnownTypes;
using ShTP.Rpc;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

public sealed class MessageBoundsTests
{
    private const int MiB = 1024 * 1024;

    [Theory]
    [InlineData(10, 100, 3, true)]
    [InlineData(3, 3, 3, false)]
    [InlineData(4, 3, 3, true)]
    [InlineData(2, 1, 1, true)]
    [InlineData(0, 5, 0, false)]
    public void ToPage_RowsAndBytes_AreBoundedAndNeverCutSilently(int rows, int limit, int taken, bool hasMore)
    {
        var page = Enumerable.Repeat(new StringValue { Value = new string('x', MiB - 100) }, rows).ToPage(limit);

        Assert.Equal((taken, hasMore), (page.Rows.Count, page.HasMore));
        Assert.Equal(hasMore ? "place" : "", page.Next(_ => "place"));
    }

    [Fact]
    public void ToPage_FirstRowTooLarge_IsThereAlone()
    {
        var page = Enumerable.Repeat(new StringValue { Value = new string('x', 4 * MiB) }, 2).ToPage(10);

        Assert.Equal((1, true), (page.Rows.Count, page.HasMore));
    }
}
