using System.Net;
using System.Net.Sockets;
using Xunit;

namespace ShTP.AppHost.Tests;

public sealed class AppHostOptionsTests
{
    private const string Postgres = "ConnectionStrings:postgres";

    [Theory]
    [InlineData("--port=0", "--port 0: a port is a number from 1 to 65535.")]
    [InlineData("--port=65536", "--port 65536: a port is a number from 1 to 65535.")]
    [InlineData("--port=http", "--port http: a port is a number from 1 to 65535.")]
    [InlineData("--Data=sometimes", "--Data=sometimes: the only value is 'ephemeral'.")]
    [InlineData("--Postgres:Server=cloud", "--Postgres:Server=cloud: it is 'container' or 'local'.")]
    [InlineData("--OnFailure=wait", "--OnFailure=wait: it is 'end' or 'stay'.")]
    [InlineData("--CrashRestart=2", "--CrashRestart=2: it is 'true' or 'false'.")]
    [InlineData($"--{Postgres}=Host=localhost", $"{Postgres} must name Host, Username and Password.")]
    [InlineData($"--{Postgres}=Port=many;Password=secret", $"{Postgres} is not a connection string of PostgreSQL.")]
    [InlineData($"--{Postgres}=Host=localhost;Username=u;Password='secret;secret'", $"{Postgres}: a password with quotes, semicolons or blanks around it cannot be passed on to the services.")]
    public void Wrong_IsNamed(string option, string expected)
    {
        using var builder = TestModel.Create(option);
        var errors = new StringWriter { NewLine = "\n" };

        Assert.False(AppHostOptions.TryRead(builder, errors, out var _));

        Assert.Equal($"{expected}\n", errors.ToString());
    }

    [Fact]
    public void SeveralWrong_AreAllNamed()
    {
        using var builder = TestModel.Create("--port=0", "--Data=sometimes", "--OnFailure=wait");
        var errors = new StringWriter { NewLine = "\n" };

        Assert.False(AppHostOptions.TryRead(builder, errors, out var _));

        Assert.Equal(3, errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void IsFree_PortOfAnotherProgram_IsNot()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        Assert.False(AppHostOptions.IsFree(((IPEndPoint)other.LocalEndpoint).Port));
    }
}
