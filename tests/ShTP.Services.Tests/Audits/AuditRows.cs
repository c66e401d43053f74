using Microsoft.EntityFrameworkCore;

namespace ShTP.Services.Tests.Audits;

internal static class AuditRows
{
    /// <summary>What the only entry of the action that changed the object says was there before; JSON.</summary>
    public static Task<string> BeforeAsync(this DbContext db, string action, string objectId) =>
        db.Database.SqlQuery<string>($"SELECT before AS \"Value\" FROM audit WHERE action = {action} AND object_id = {objectId} AND before IS NOT NULL").SingleAsync();
}
