namespace ShTP.Invariants.Areas;

/// <summary>No right outlives its end.</summary>
internal static class Rights
{
    // The version of deleted users; no token has a higher one.
    private const string Never = "9223372036854775807";

    // Ids of the old system are no version 7; its users without a usable password have no credentials.
    private const string IsOurs = "substr(id::text, 15, 1) = '7'";

    private static readonly FactQuery Accounts = new(Database.Users, "SELECT concat_ws(' ', id, email) FROM users");

    private static readonly FactQuery AccountsWithId = new(Database.Users, $"SELECT id::text, concat_ws(' ', id, email) FROM users WHERE {IsOurs}");

    private static readonly FactQuery Credentials = new(Database.Auth, "SELECT concat_ws(' ', user_id, email) FROM credentials");

    private static readonly FactQuery CredentialsWithId = new(Database.Auth, "SELECT user_id::text, concat_ws(' ', user_id, email) FROM credentials");

    private static readonly FactQuery RevokedForEver = new(Database.Auth,
        $"SELECT user_id::text FROM revocations WHERE below_version = {Never} AND NOT expired_only");

    private static readonly FactQuery DeletedWithId = new(Database.Users, "SELECT id::text, id::text FROM deleted_users");

    private static readonly FactQuery People = new(Database.Users, "SELECT id::text FROM users");

    public static IEnumerable<Invariant> All =>
    [
        new FactInvariant("account-can-sign-in", "somebody cannot sign in", AccountsWithId, Credentials, "has no credentials with this e-mail"),
        new FactInvariant("credentials-have-account", "somebody deleted can sign in, or with an old e-mail", CredentialsWithId, Accounts, "has credentials, and no account with this e-mail"),
        new FactInvariant("deleted-is-revoked", "tokens of somebody deleted are accepted", DeletedWithId, RevokedForEver, "was deleted, and not revoked for ever"),
        new RowInvariant("rights-version-is-revoked", "tokens with a former role are accepted, or those with the present one refused", Database.Auth,
            $"""
            SELECT c.user_id::text, format('has the rights version %s, and tokens below %s are refused', c.rights_version, coalesce(max(r.below_version), 0))
            FROM credentials c LEFT JOIN revocations r ON r.user_id = c.user_id
            GROUP BY c.user_id HAVING coalesce(max(r.below_version), 0) NOT IN (c.rights_version, {Never})
            """),
        new RowInvariant("deleted-has-no-credentials", "somebody deleted has credentials and sessions", Database.Auth,
            $"SELECT c.user_id::text, 'is revoked for ever, and has credentials' FROM credentials c JOIN revocations r ON r.user_id = c.user_id AND r.below_version = {Never} AND NOT r.expired_only"),
        // Longer ago, the revocation may have been removed: it is kept for an hour longer than tokens are valid.
        new RowInvariant("ended-session-is-revoked", "tokens of an ended session are accepted", Database.Auth,
            """
            SELECT s.id::text, format('ended at %s, and its tokens are not revoked', s.ended_at) FROM sessions s
            WHERE s.ended_at > now() - interval '1 hour' AND NOT EXISTS (SELECT FROM revocations r WHERE r.session_id = s.id)
            """),
        new FactInvariant("consent-has-user", "a site still has the consent of somebody deleted",
            new FactQuery(Database.Auth, "SELECT id::text, subject FROM openid_consents WHERE subject IS NOT NULL"), People, "is a consent of somebody who is not there"),
        new FactInvariant("site-token-has-user", "a site's token of somebody deleted is accepted",
            new FactQuery(Database.Auth, "SELECT id::text, subject FROM openid_tokens WHERE subject IS NOT NULL AND status = 'valid' AND expiration_date > now()"),
            People, "is a valid token of somebody who is not there"),
        new RowInvariant("admin-is-there", "nobody can manage the school", Database.Users,
            "SELECT 'users', 'has nobody who is an admin' WHERE EXISTS (SELECT FROM users) AND NOT EXISTS (SELECT FROM users WHERE role = 2)"),
    ];
}
