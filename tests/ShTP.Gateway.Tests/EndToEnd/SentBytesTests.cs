using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using ShTP.Gateway.Proxy;

namespace ShTP.Gateway.Tests.EndToEnd;

/// <summary>What is counted is what the client's operating system acknowledges: every byte of the wire.</summary>
public sealed class SentBytesTests
{
    [Theory]
    [InlineData("/known")]
    [InlineData("/chunked")]
    [InlineData("/empty")]
    public async Task Total_OfSeveralAnswers_IsWhatCameOverTheWire(string path)
    {
        SentBytes? sent = null;
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = Path.GetTempPath() });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, endpoint =>
            endpoint.Use(next => connection => SentBytes.CountAsync(connection, next))));
        await using var app = builder.Build();
        app.Run(async context =>
        {
            sent = context.Features.Get<SentBytes>();
            if (context.Request.Path == "/empty")
                return;
            if (context.Request.Path == "/known")
                context.Response.ContentLength = 100_000;
            for (var i = 0; i < 100; i++)
                await context.Response.Body.WriteAsync(new byte[1000]);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = new Uri(app.Urls.Single());

        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\nGET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), TestContext.Current.CancellationToken);
        using var received = new MemoryStream();
        await client.GetStream().CopyToAsync(received, TestContext.Current.CancellationToken);

        Assert.Equal(2, Encoding.ASCII.GetString(received.ToArray()).Split("HTTP/1.1 200 OK").Length - 1);
        Assert.Equal(received.Length, sent!.Total);
    }
}
