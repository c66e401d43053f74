using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.AuditChain;
using ShTP.Data.Outbox;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using Role = ShTP.Api.V1.Role;

namespace ShTP.Data.Audit;

/// <summary>Entries of the audit, written in the transaction of what they are about.</summary>
public static class AuditExtensions
{
    private const int MaxSubjects = 1000;

    /// <summary>The table <c>audit</c>; called by <c>OnModelCreating</c> of every context.</summary>
    public static ModelBuilder AddAudit(this ModelBuilder modelBuilder) => modelBuilder.ApplyConfiguration(new AuditEntry.Configuration());

    /// <summary>
    /// Adds the entry of the call that is being served to the change being made; <c>SaveChanges</c> stores both or neither, and
    /// adds the values of the entities that it saves. Nothing without a call.
    /// </summary>
    public static void Record(this DbContext db, params IEnumerable<Guid> subjects)
    {
        ArgumentNullException.ThrowIfNull(db);
        if (AuditCall.Current is not { Action: { } action } call)
            return;
        AuditCall.About(subjects);
        db.Add(Create(new AuditFact(action), call, [.. call.Subjects], isComplete: false));
        call.IsSettled = true;
    }

    /// <summary>Adds an entry to the change being made, which says all that it is to say.</summary>
    public static void Record(this DbContext db, AuditFact fact)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(fact);
        db.Add(Create(fact, AuditCall.Current, fact.SubjectIds, isComplete: true));
        if (AuditCall.Current is { } call)
            call.IsSettled = true;
    }

    /// <summary>Serves <c>KeepAuditAnchor</c>: keeps the head of the calling service's chain in this one.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT when it is no number and hash.</exception>
    public static async Task<Empty> KeepAnchorAsync(this DbContext db, KeepAuditAnchorRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Number < 1 || request.Hash.Length != ChainHash.Size)
            throw RpcErrors.Invalid("An anchor has a number from 1 on and a hash");
        await db.ApplyOnceAsync(context, _ =>
        {
            db.Record(new AuditFact(AuditActions.Anchor)
            {
                ActorService = context.CallingService(),
                ObjectKind = "Audit",
                ObjectId = context.CallingService(),
                After = new() { ["number"] = request.Number, ["hash"] = Convert.ToHexStringLower(request.Hash.Span) },
            });
            return Task.CompletedTask;
        });
        return new Empty();
    }

    /// <summary>The entry of a whole call, with all that it changed.</summary>
    internal static AuditEntry ToEntry(this AuditCall call, IMessage request)
    {
        var entry = Create(new AuditFact(call.Action!), call, [.. call.Subjects], isComplete: true);
        Complete(entry, call.Changes);
        entry.After ??= call.Changes.IsEmpty ? RequestReader.Read(request) : null;
        entry.ObjectId = RequestReader.IdOf(request) ?? entry.ObjectId;
        return entry;
    }

    /// <summary>Adds what is saved with an entry.</summary>
    internal static void Complete(AuditEntry entry, AuditChangeSet changes)
    {
        entry.SubjectIds = [.. entry.SubjectIds.Union(changes.Subjects).Take(MaxSubjects)];
        (entry.Before, entry.After) = changes.Write();
        if (changes.First is { } first)
            (entry.ObjectKind, entry.ObjectId) = (first.Kind, first.Id.Length <= AuditEntry.MaxObjectId ? first.Id : null);
    }

    private static AuditEntry Create(AuditFact fact, AuditCall? call, IEnumerable<Guid> subjects, bool isComplete)
    {
        var now = TimeProvider.System.Now();
        return new AuditEntry
        {
            Id = Guid.CreateVersion7(now),
            At = now,
            Action = fact.Action,
            IsRefused = fact.IsRefused,
            ActorId = fact.ActorId ?? call?.ActorId,
            ActorRole = NameOf(fact.ActorRole ?? (fact.ActorId is null ? call?.ActorRole : null)),
            ActorService = fact.ActorService ?? call?.ActorService,
            SubjectIds = [.. subjects.Distinct().Take(MaxSubjects)],
            ObjectKind = fact.ObjectKind,
            ObjectId = fact.ObjectId,
            After = fact.After is null ? null : AuditChangeSet.Write(fact.After),
            Address = fact.Address is { Length: <= AuditEntry.MaxAddress } address ? address : call?.Address,
            RequestId = call?.RequestId,
            TraceId = AuditCall.TraceId,
            IsComplete = isComplete,
        };
    }

    private static string? NameOf(Role? role) => role switch
    {
        Role.Student => "student",
        Role.Teacher => "teacher",
        Role.Admin => "admin",
        _ => null,
    };
}
