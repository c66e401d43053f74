using Xunit;

namespace ShTP.AppHost.Tests;

/// <summary>A limit on every wait.</summary>
internal static class Limits
{
    /// <summary>Long, because several test projects may share two cores.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(90);

    public static CancellationToken Cancellation
    {
        get
        {
            var limit = new CancellationTokenSource(Step);
            return CancellationTokenSource.CreateLinkedTokenSource(limit.Token, TestContext.Current.CancellationToken).Token;
        }
    }
}
