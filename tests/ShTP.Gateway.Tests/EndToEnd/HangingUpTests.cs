using System.Net.Sockets;
using System.Text;

namespace ShTP.Gateway.Tests.EndToEnd;

/// <summary>A client that hangs up is no error of the gateway.</summary>
public sealed class HangingUpTests
{
    public static TheoryData<string, string, bool> Cuts
    {
        get
        {
            var cuts = new TheoryData<string, string, bool>();
            foreach (var isReset in new[] { false, true })
            {
                cuts.Add("in the head", "PUT /api/v1/books HTTP/1.1\r\nHost: x\r\nContent-", isReset);
                cuts.Add("in a JSON body", "PUT /api/v1/books HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"id\":", isReset);
                cuts.Add("in a chunked body", "PUT /api/v1/books HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id", isReset);
                cuts.Add("in an upload", "PUT /api/v1/cover HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"cover\"; filename=\"a.png\"\r\n\r\nxxxx", isReset);
                cuts.Add("waiting", "GET /api/v1/books/slow?delay=800 HTTP/1.1\r\nHost: x\r\n\r\n", isReset);
                cuts.Add("in a stream", "GET /api/v1/books/watch/3?code=-1 HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n", isReset);
                cuts.Add("in a forwarded form", "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\nemail=", isReset);
                cuts.Add("before a download", "GET /storage/avatars/a.png HTTP/1.1\r\nHost: x\r\n\r\n", isReset);
            }

            return cuts;
        }
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Client_HangsUp_LogsNoError(string where, string request, bool isReset)
    {
        await using var gateway = await new GatewayFixture().StartAsync();
        var bytes = Encoding.ASCII.GetBytes(request.Replace("TOKEN", gateway.Keys.Mint(), StringComparison.Ordinal));
        for (var i = 0; i < 10; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(gateway.Address.Host, gateway.Address.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(bytes, TestContext.Current.CancellationToken);
            // The last ones are read from before they are cut, so that the gateway is past the beginning.
            if (i >= 5 && where is "before a download")
                await client.GetStream().ReadExactlyAsync(new byte[10], TestContext.Current.CancellationToken);
            client.LingerState = new LingerOption(isReset, 0);
        }

        // Waits for all requests.
        await gateway.StopGatewayAsync();
        Assert.True(gateway.Errors.Lines.IsEmpty, string.Join(Environment.NewLine, gateway.Errors.Lines));
    }
}
