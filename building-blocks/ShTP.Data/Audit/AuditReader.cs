using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Rpc;
using ShTP.Rpc.Errors;
using Role = ShTP.Api.V1.Role;

namespace ShTP.Data.Audit;

/// <summary>Serves <c>ListAudit</c>.</summary>
public static class AuditReader
{
    private const int MaxPage = 1000;

    /// <summary>The service's entries, newest first.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming each fault.</exception>
    public static async Task<ListAuditResponse> ListAuditAsync(this DbContext db, string service, ListAuditRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(request);
        var checks = new FieldChecks();
        checks.Range(request.Limit, 1, MaxPage, "limit");
        var entries = db.Set<AuditEntry>().AsNoTracking();
        if (request.HasActorId && checks.Uuid(request.ActorId, "actorId") is var actor)
            entries = entries.Where(entry => entry.ActorId == actor);
        if (request.HasSubjectId && checks.Uuid(request.SubjectId, "subjectId") is var subject)
            entries = entries.Where(entry => entry.SubjectIds.Contains(subject));
        if (request.HasConcerning && checks.Uuid(request.Concerning, "concerning") is var user)
            entries = entries.Where(entry => entry.ActorId == user || entry.SubjectIds.Contains(user));
        if (request.HasAction && request.Action is var action)
            entries = entries.Where(entry => entry.Action == action);
        if (request.From?.ToDateTimeOffset() is { } from)
            entries = entries.Where(entry => entry.At >= from);
        if (request.To?.ToDateTimeOffset() is { } to)
            entries = entries.Where(entry => entry.At < to);
        if (request.Before is { At: not null } place)
        {
            var (at, id) = (place.At.ToDateTimeOffset(), checks.Uuid(place.Uuid, "before"));
            entries = entries.Where(entry => EF.Functions.LessThan(ValueTuple.Create(entry.At, entry.Id), ValueTuple.Create(at, id)));
        }

        checks.ThrowIfInvalid();
        var rows = await entries.OrderByDescending(entry => entry.At).ThenByDescending(entry => entry.Id).Take(request.Limit + 1).ToListAsync(cancellationToken);
        var page = rows.Select(row => ToProto(row, service)).ToPage(request.Limit);
        return new ListAuditResponse { Entries = { page.Rows }, HasMore = page.HasMore };
    }

    private static Api.V1.AuditEntry ToProto(AuditEntry row, string service)
    {
        var entry = new Api.V1.AuditEntry
        {
            Uuid = row.Id.ToString(),
            At = Timestamp.FromDateTimeOffset(row.At),
            Service = service,
            Action = row.Action,
            Refused = row.IsRefused,
            SubjectIds = { row.SubjectIds.Select(subject => subject.ToString()) },
        };
        Set(row.ActorId?.ToString(), value => entry.ActorId = value);
        Set(row.ActorService, value => entry.ActorService = value);
        Set(row.ObjectKind, value => entry.ObjectKind = value);
        Set(row.ObjectId, value => entry.ObjectId = value);
        Set(row.Before, value => entry.Before = value);
        Set(row.After, value => entry.After = value);
        Set(row.Address, value => entry.Address = value);
        Set(row.RequestId, value => entry.RequestId = value);
        Set(row.TraceId, value => entry.TraceId = value);
        Set(row.Hash is null ? null : Convert.ToHexStringLower(row.Hash), value => entry.Hash = value);
        if (row.Number is { } number)
            entry.Number = number;
        if (System.Enum.TryParse<Role>(row.ActorRole, ignoreCase: true, out var role))
            entry.ActorRole = role;
        return entry;
    }

    private static void Set(string? value, Action<string> set)
    {
        if (value is not null)
            set(value);
    }
}
