using Google.Protobuf.WellKnownTypes;
using ShTP.Rpc;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

public sealed class MessageBoundsTests
{
    private const int MiB = 1024 * 1024;

    [Fact]
    public void Fitting_EnumeratedTwice_HoldsTheSameMessages()
    {
        var fitting = Enumerable.Repeat(new StringValue { Value = new string('x', MiB - 100) }, 10).Fitting();

        Assert.Equal(3, fitting.Count());
        Assert.Equal(3, fitting.Count());
    }
}
