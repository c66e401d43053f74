using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Api.V1;

namespace ShTP.Testing.Fakes;

/// <summary>The audit of a service: what it lists, and the anchors that it was told.</summary>
public sealed class HeldAudit
{
    public ConcurrentBag<AuditEntry> Entries { get; } = [];

    public Heard<KeepAuditAnchorRequest> Anchors { get; } = new();

    internal Task<ListAuditResponse> ListAsync(ListAuditRequest request)
    {
        var found = Entries
            .Where(entry => !request.HasAction || entry.Action == request.Action)
            .Where(entry => !request.HasConcerning || entry.ActorId == request.Concerning || entry.SubjectIds.Contains(request.Concerning))
            .Where(entry => request.Before is null || (entry.At, entry.Uuid).CompareTo((request.Before.At, request.Before.Uuid)) < 0)
            .OrderByDescending(entry => (entry.At, entry.Uuid)).ToList();
        return Task.FromResult(new ListAuditResponse { Entries = { found.Take(request.Limit) }, HasMore = found.Count > request.Limit });
    }

    internal Task<Empty> KeepAsync(KeepAuditAnchorRequest request, ServerCallContext context)
    {
        Anchors.Add(context, request);
        return Task.FromResult(new Empty());
    }
}
