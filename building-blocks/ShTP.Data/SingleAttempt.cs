using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ShTP.Data;

/// <summary>Runs a whole call in one transaction, which transactions of the handler join. It is not tried again here: the client does.</summary>
internal sealed class SingleAttempt(DbContext db) : ExecutionStrategy(db, maxRetryCount: 0, maxRetryDelay: TimeSpan.Zero)
{
    protected override bool ShouldRetryOn(Exception exception) => false;
}
