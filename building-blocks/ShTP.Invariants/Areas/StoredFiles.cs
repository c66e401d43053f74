namespace ShTP.Invariants.Areas;

/// <summary>Files that others refer to, and the claims that keep them.</summary>
internal static class StoredFiles
{
    private static readonly FactQuery Files = new(Database.Files, "SELECT concat_ws(' ', id, owner_id, kind, name) FROM files");

    private static readonly FactQuery Claims = new(Database.Files, "SELECT concat_ws(' ', file_id, service, claim) FROM claims");

    // With the owner: a queued deletion excuses the claims of its own user only.
    private static readonly FactQuery OwnedClaims = new(Database.Files,
        "SELECT concat_ws(' ', c.file_id, f.owner_id, c.service, c.claim) FROM claims c JOIN files f ON f.id = c.file_id");

    private static readonly FactQuery Avatars = new(Database.Users,
        "SELECT concat_ws(' ', avatar_file_id, 'users', concat('avatar:', id)) FROM users WHERE avatar_file_id IS NOT NULL");

    private static readonly FactQuery Proofs = new(Database.Achievements,
        "SELECT concat_ws(' ', file_id, user_id, 'achievements', concat('achievement:', id)) FROM achievements");

    public static IEnumerable<Invariant> All =>
    [
        new FactInvariant("avatar-is-stored", "an avatar cannot be shown", new FactQuery(Database.Users,
            "SELECT id::text, concat_ws(' ', avatar_file_id, id, 'avatar', avatar_path) FROM users WHERE avatar_file_id IS NOT NULL"),
            Files, "has an avatar that Files does not have"),
        new FactInvariant("proof-is-stored", "a proof cannot be shown", new FactQuery(Database.Achievements,
            "SELECT id::text, concat_ws(' ', file_id, user_id, 'achievement', file_name) FROM achievements"),
            Files, "has a proof that Files does not have"),
        new FactInvariant("avatar-is-claimed", "an avatar will be collected", new FactQuery(Database.Users,
            "SELECT id::text, concat_ws(' ', avatar_file_id, 'users', concat('avatar:', id)) FROM users WHERE avatar_file_id IS NOT NULL"),
            Claims, "has an avatar that is not claimed"),
        new FactInvariant("proof-is-claimed", "a proof will be collected", new FactQuery(Database.Achievements,
            "SELECT id::text, concat_ws(' ', file_id, user_id, 'achievements', concat('achievement:', id)) FROM achievements"),
            OwnedClaims, "has a proof that is not claimed"),
        new FactInvariant("avatar-claim-has-holder", "a file is kept for ever for nobody", new FactQuery(Database.Files,
            "SELECT file_id::text, concat_ws(' ', file_id, service, claim) FROM claims WHERE service = 'users'"),
            Avatars, "is claimed by an avatar that is another one"),
        new FactInvariant("proof-claim-has-holder", "a file is kept for ever for nobody", new FactQuery(Database.Files,
            "SELECT c.file_id::text, concat_ws(' ', c.file_id, f.owner_id, c.service, c.claim) FROM claims c JOIN files f ON f.id = c.file_id WHERE c.service = 'achievements'"),
            Proofs, "is claimed by an achievement that has another one"),
        new RowInvariant("claim-keeps-file", "a claimed file will be collected, or one without claims never", Database.Files,
            """
            SELECT f.id::text, format('has %s claims, and is unclaimed since %s', count(c.file_id), coalesce(f.unclaimed_since::text, 'null'))
            FROM files f LEFT JOIN claims c ON c.file_id = f.id GROUP BY f.id HAVING (count(c.file_id) > 0) = (f.unclaimed_since IS NOT NULL)
            """),
        new RowInvariant("content-is-used", "content that nobody uses is never collected", Database.Files,
            """
            SELECT concat(b.folder, '/', b.name), 'is used by no file, and not marked for the collector' FROM blobs b
            WHERE NOT b.maybe_unused AND NOT EXISTS (SELECT FROM files f WHERE f.folder = b.folder AND f.name = b.name)
            """),
    ];
}
