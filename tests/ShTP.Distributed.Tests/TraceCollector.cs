using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace ShTP.Distributed.Tests;

/// <summary>A finished span: ids in hexadecimal, an empty parent for a root.</summary>
public sealed record CollectedSpan(string Service, string Scope, string Trace, string Id, string Parent, string Name);

/// <summary>Receives traces as OTLP over HTTP (opentelemetry-proto 1.x, <c>POST /v1/traces</c>), and keeps the bytes of logs and metrics.</summary>
public sealed class TraceCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<CollectedSpan> _spans = new();
    private readonly ConcurrentQueue<byte[]> _bodies = new();

    private TraceCollector(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public IReadOnlyList<CollectedSpan> Spans => [.. _spans];

    /// <summary>Whether a text is anywhere in what was received.</summary>
    public bool Contains(string text) => _bodies.Any(body => body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public static async Task<TraceCollector> StartAsync()
    {
        // Without any configuration: the settings of a program that a test runs may lie beside it.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var collector = new TraceCollector(builder.Build());
        collector._app.MapPost("/v1/{signal}", collector.ReceiveAsync);
        await collector._app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        _bodies.Enqueue(body.ToArray());
        if (context.Request.Path.Value == "/v1/traces")
            // ExportTraceServiceRequest { ResourceSpans 1 { Resource 1 { KeyValue 1 { string 1, AnyValue 2 { string 1 } } }, ScopeSpans 2 { Scope 1 { string 1 }, Span 2 } } }
            foreach (var resource in Fields(body.ToArray(), 1))
            {
                var service = Fields(resource, 1).SelectMany(r => Fields(r, 1)).Where(pair => Text(pair, 1) == "service.name").Select(pair => Text(Fields(pair, 2).Single(), 1)).Single();
                foreach (var scope in Fields(resource, 2))
                    foreach (var span in Fields(scope, 2))
                        _spans.Enqueue(new CollectedSpan(service, Text(Fields(scope, 1).Single(), 1), Hex(span, 1), Hex(span, 2), Hex(span, 4), Text(span, 5)));
            }

        context.Response.ContentType = "application/x-protobuf";
    }

    private static string Text(byte[] message, int number) => Fields(message, number).Select(Encoding.UTF8.GetString).FirstOrDefault("");

    private static string Hex(byte[] message, int number) => Fields(message, number).Select(Convert.ToHexStringLower).FirstOrDefault("");

    /// <summary>The values of a length-delimited field of a message.</summary>
    private static IEnumerable<byte[]> Fields(byte[] message, int number)
    {
        var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag and not 0)
            if (WireFormat.GetTagFieldNumber(tag) == number && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
                yield return input.ReadBytes().ToByteArray();
            else
                input.SkipLastField();
    }
}
