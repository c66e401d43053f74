using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using ShTP.Data;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

public sealed class DatabaseOutageTests
{
    private static readonly NpgsqlException Away = new("Failed to connect", new System.Net.Sockets.SocketException());

    public static TheoryData<Exception> Outages =>
    [
        Away,
        new RetryLimitExceededException("The maximum number of retries was exceeded", Away),
        new InvalidOperationException("likely due to a transient failure", Away),
        new DbUpdateException("saving failed", Away),
        new PostgresException("the database system is starting up", "FATAL", "FATAL", PostgresErrorCodes.CannotConnectNow),
        new TimeoutException(),
        new EndOfStreamException(),
    ];

    public static TheoryData<Exception> Faults =>
    [
        new InvalidOperationException("a key cannot be decrypted"),
        new System.Security.Cryptography.CryptographicException(),
        new ArgumentException("wrong"),
    ];

    [Theory]
    [MemberData(nameof(Outages), DisableDiscoveryEnumeration = true)]
    public void IsDatabaseOutage_TheDatabaseIsBehindIt_IsTrue(Exception fault) => Assert.True(fault.IsDatabaseOutage());

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void IsDatabaseOutage_AFaultOfOurs_IsFalse(Exception fault) => Assert.False(fault.IsDatabaseOutage());
}
