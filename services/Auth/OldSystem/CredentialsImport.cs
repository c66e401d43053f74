using Microsoft.EntityFrameworkCore;
using ShTP.Auth.Accounts;
using ShTP.Auth.Passwords;
using ShTP.Auth.Sessions;
using ShTP.OldSystem;

namespace ShTP.Auth.OldSystem;

/// <summary>Imports credentials: e-mails and the hashes of the old system.</summary>
internal sealed class CredentialsImport(AuthDb db) : RowImport<V1.Credentials, Credentials>(db)
{
    // Hashes are compared in FindMore, because a sign-in may have replaced them.
    protected override IReadOnlyCollection<string> Ignored => [nameof(Credentials.PasswordHash), nameof(Credentials.RightsVersion)];

    protected override string UuidOf(V1.Credentials row) => row.UserId;

    protected override Task<HashSet<Guid>> FindDeletedAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) => db.FindDeletedAsync(ids, cancellationToken);

    protected override Credentials Read(V1.Credentials row, Guid id, RowNotes notes)
    {
        if (!PasswordHashes.IsHash(row.PasswordHash))
            notes.Checks.Add("password", "is not a password hash that Auth can check");
        return new Credentials { UserId = id, Email = notes.Checks.Email(row.Email, "email"), PasswordHash = row.PasswordHash };
    }

    protected override async Task MatchAsync(IReadOnlyList<ImportRow<Credentials>> rows, bool isDryRun, CancellationToken cancellationToken)
    {
        var emails = rows.Select(row => row.Wanted.Email).ToList();
        var holders = await db.Credentials.AsNoTracking().Where(known => emails.Contains(known.Email))
            .ToDictionaryAsync(known => known.Email, known => known.UserId, cancellationToken);
        foreach (var row in rows)
        {
            if (!holders.TryAdd(row.Wanted.Email, row.Id) && holders[row.Wanted.Email] != row.Id)
                row.Notes.Checks.Add("email", $"{holders[row.Wanted.Email]} signs in with it already");
        }
    }

    // An Argon2id hash may be of the same password; only another bcrypt hash is certainly another password.
    protected override IEnumerable<string> FindMore(Credentials stored, Credentials wanted) =>
        PasswordHashes.IsBcrypt(stored.PasswordHash) && stored.PasswordHash != wanted.PasswordHash ? ["password_hash"] : [];
}
