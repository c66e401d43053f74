using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Google.Api;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Rpc.Streams;

namespace ShTP.Users.Audits;

/// <summary>The audit as CSV with a byte order mark for UTF-8, written while it is read. A Russian Excel splits columns at semicolons.</summary>
internal sealed class AuditExport(AllAudits audits)
{
    private const int MaxRows = 100_000;

    private static readonly string[] Header =
        ["at", "service", "number", "action", "refused", "actor", "role", "actorService", "subjects", "kind", "object", "before", "after", "address", "requestId", "traceId", "uuid", "hash"];

    private static readonly CsvConfiguration Form = new(CultureInfo.InvariantCulture) { Delimiter = ";", InjectionOptions = InjectionOptions.Escape };

    /// <exception cref="RpcException">UNAVAILABLE when a service does not answer.</exception>
    public async Task WriteAsync(AuditFilter filter, IServerStreamWriter<HttpBody> answer, ServerCallContext context)
    {
        // Before the first byte: afterwards an error could only cut the file.
        var page = await audits.ReadAsync(filter, context.CancellationToken);
        await HttpBodyStream.SendFileNameAsync(context, "audit.csv");
        await using var body = new HttpBodyStream(answer, "text/csv; charset=utf-8", context.CancellationToken);
        await body.WriteAsync(Encoding.UTF8.GetPreamble(), context.CancellationToken);
        await body.WriteAsync(Write([Header]), context.CancellationToken);
        for (var rows = 0; ; page = await audits.ReadAsync(filter.Behind(page.Rows[^1]), context.CancellationToken))
        {
            await body.WriteAsync(Write(page.Rows.Take(MaxRows - rows).Select(Cells)), context.CancellationToken);
            rows += page.Rows.Count;
            if (!page.HasMore || rows >= MaxRows)
                break;
        }

        await body.CompleteAsync();
    }

    private static byte[] Write(IEnumerable<string[]> rows)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = new CsvWriter(text, Form, leaveOpen: true))
        {
            foreach (var row in rows)
            {
                foreach (var cell in row)
                    csv.WriteField(cell);
                csv.NextRecord();
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string[] Cells(AuditEntry entry) =>
    [
        entry.At.ToDateTime().ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
        entry.Service,
        entry.HasNumber ? entry.Number.ToString(CultureInfo.InvariantCulture) : "",
        entry.Action,
        entry.Refused ? "1" : "0",
        entry.ActorId,
        entry.HasActorRole ? entry.ActorRole.ToString().ToLowerInvariant() : "",
        entry.ActorService,
        string.Join(' ', entry.SubjectIds),
        entry.ObjectKind,
        entry.ObjectId,
        entry.Before,
        entry.After,
        entry.Address,
        entry.RequestId,
        entry.TraceId,
        entry.Uuid,
        entry.Hash,
    ];
}
