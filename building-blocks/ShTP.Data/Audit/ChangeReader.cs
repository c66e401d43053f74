using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ShTP.Data.Audit;

/// <summary>Reads what is about to be saved, without secrets and without what only this library needs.</summary>
internal static class ChangeReader
{
    private const int MaxItems = 20;

    /// <summary>What stands for a value that is not kept.</summary>
    private const string Changed = "(changed)";

    private static readonly string Own = typeof(ChangeReader).Assembly.GetName().Name!;

    private static readonly string[] Owners = ["UserId", "OwnerId"];

    private static readonly string[] Secrets = ["Hash", "Password", "Secret", "Token", "Nonce", "PrivateKey", "Payload", "SearchText", "RedirectUris"];

    public static AuditChangeSet Read(ChangeTracker tracker)
    {
        var changes = new AuditChangeSet();
        foreach (var entry in tracker.Entries())
        {
            if (entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted && IsOfService(entry.Metadata))
                Read(entry, changes);
        }

        return changes;
    }

    /// <summary>Whether a field of this name holds a secret, which must not be shown.</summary>
    public static bool IsSecret(string name) => Secrets.Any(secret => name.Contains(secret, StringComparison.OrdinalIgnoreCase));

    private static bool IsOfService(IReadOnlyTypeBase type) => type.ClrType.Assembly.GetName().Name != Own && type is IReadOnlyEntityType entity && !entity.IsOwned();

    private static void Read(EntityEntry entry, AuditChangeSet changes)
    {
        AddSubjects(entry, changes);
        var (before, after) = (entry.State == EntityState.Added ? null : new JsonObject(), entry.State == EntityState.Deleted ? null : new JsonObject());
        foreach (var property in entry.Properties)
        {
            if (property.Metadata.IsPrimaryKey() || (entry.State == EntityState.Modified && !property.IsModified))
                continue;
            var isHidden = IsSecret(property.Metadata.Name) || property.Metadata.ClrType == typeof(byte[]);
            before?[property.Metadata.Name] = isHidden ? Changed : ToJson(property.OriginalValue);
            after?[property.Metadata.Name] = isHidden ? Changed : ToJson(property.CurrentValue);
        }

        changes.Add(entry.Metadata.ClrType.Name.Split('`')[0], IdOf(entry), before, after);
    }

    private static void AddSubjects(EntityEntry entry, AuditChangeSet changes)
    {
        foreach (var property in entry.Properties)
        {
            if (property.CurrentValue is Guid user && (Owners.Contains(property.Metadata.Name) || (entry.Metadata.ClrType.Name == "User" && property.Metadata.IsPrimaryKey())))
                changes.AddSubject(user);
        }
    }

    private static string IdOf(EntityEntry entry) =>
        string.Join(' ', entry.Metadata.FindPrimaryKey()!.Properties.Select(key => entry.Property(key.Name).CurrentValue is byte[] bytes
            ? Convert.ToHexString(bytes)
            : Convert.ToString(entry.Property(key.Name).CurrentValue, CultureInfo.InvariantCulture)));

    private static JsonNode? ToJson(object? value) => value switch
    {
        null => null,
        bool flag => JsonValue.Create(flag),
        string text => JsonValue.Create(AuditChangeSet.Cut(text)),
        Enum name => JsonValue.Create(name.ToString()),
        DateTimeOffset time => JsonValue.Create(time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
        short or int or long => JsonValue.Create(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        double number => JsonValue.Create(number),
        IEnumerable items => new JsonArray([.. items.Cast<object?>().Take(MaxItems).Select(ToJson)]),
        _ => JsonValue.Create(AuditChangeSet.Cut(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")),
    };
}
