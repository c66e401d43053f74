using ShTP.AuditChain;

namespace ShTP.Data.Audit;

/// <summary>What EF Core cannot express of the audit.</summary>
internal static class AuditSql
{
    /// <summary>
    /// Entries are never changed. An update may only number an entry that has no number; a deletion may only remove the
    /// beginning of the chain that a sealed entry <see cref="AuditActions.Removed"/> names.
    /// </summary>
    public static readonly string AddTriggers =
        $$"""
        DO $$ BEGIN
            PERFORM pg_advisory_xact_lock({{AdvisoryLocks.AuditObjects}});
            CREATE OR REPLACE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$
            BEGIN
                IF TG_OP = 'UPDATE' AND OLD.number IS NULL AND OLD.hash IS NULL AND NEW.number IS NOT NULL AND NEW.hash IS NOT NULL
                    AND to_jsonb(OLD) - 'number' - 'hash' = to_jsonb(NEW) - 'number' - 'hash' THEN
                    RETURN NEW;
                END IF;
                IF TG_OP = 'DELETE' AND OLD.number <= (
                    SELECT max((later.after::jsonb ->> 'number')::bigint) FROM audit AS later
                    WHERE later.action = '{{AuditActions.Removed}}' AND later.number > OLD.number) THEN
                    RETURN OLD;
                END IF;
                RAISE EXCEPTION 'entries of the audit are not changed or deleted' USING ERRCODE = 'restrict_violation';
            END $guard$;
            CREATE OR REPLACE FUNCTION audit_guard_all() RETURNS trigger LANGUAGE plpgsql AS $guard$
            BEGIN
                RAISE EXCEPTION 'entries of the audit are not deleted' USING ERRCODE = 'restrict_violation';
            END $guard$;
            -- The trigger asks it for each row that is deleted. IF NOT EXISTS would wait for whoever writes.
            IF to_regclass('ix_audit_removed') IS NULL THEN
                CREATE INDEX ix_audit_removed ON audit (number) WHERE action = '{{AuditActions.Removed}}';
            END IF;
            IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'audit_guard' AND tgrelid = 'audit'::regclass) THEN
                CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_guard();
                CREATE TRIGGER audit_guard_all BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_guard_all();
            END IF;
        END $$;
        """;

    /// <summary>Parameters: ids, numbers, hashes.</summary>
    public const string Seal =
        """
        UPDATE audit SET number = sealed.number, hash = sealed.hash
        FROM unnest(@ids, @numbers, @hashes) AS sealed (id, number, hash) WHERE audit.id = sealed.id AND audit.number IS NULL
        """;
}
