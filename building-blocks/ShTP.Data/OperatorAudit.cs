using Microsoft.EntityFrameworkCore;
using ShTP.Data.Audit;
using ShTP.Data.Outbox;

namespace ShTP.Data;

/// <summary>What an operator does with the commands of a service, for its audit.</summary>
internal static class OperatorAudit
{
    private const string Operator = "operator";

    /// <summary>Adds the entry of a dropped message to the change being made.</summary>
    public static void Record(DbContext db, DroppedMessage message) => db.Record(new AuditFact("Outbox.Drop")
    {
        ActorService = Operator,
        ObjectKind = nameof(OutboxMessage),
        ObjectId = message.Id.ToString(),
        After = new() { ["path"] = message.Path, ["key"] = message.Key },
    });
}
