START TRANSACTION;
CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
    migration_id character varying(150) NOT NULL,
    product_version character varying(32) NOT NULL,
    CONSTRAINT pk___ef_migrations_history PRIMARY KEY (migration_id)
);

CREATE TABLE achievements (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    event_type smallint NOT NULL,
    title character varying(500) NOT NULL,
    description character varying(5000) NOT NULL,
    file_id uuid NOT NULL,
    file_name character varying(80) NOT NULL,
    original_name character varying(255) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    status smallint NOT NULL,
    points integer,
    decided_at timestamp with time zone,
    decided_by uuid,
    reason character varying(500),
    is_reversed boolean NOT NULL,
    CONSTRAINT pk_achievements PRIMARY KEY (id)
);

CREATE TABLE inbox (
    id uuid NOT NULL,
    received_at timestamp with time zone NOT NULL DEFAULT (now()),
    CONSTRAINT pk_inbox PRIMARY KEY (id)
);

CREATE TABLE medals (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    kind smallint NOT NULL,
    name character varying(200) NOT NULL,
    awarded_by uuid,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_medals PRIMARY KEY (id)
);

CREATE TABLE outbox (
    id uuid NOT NULL,
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    key character varying(200) NOT NULL,
    path character varying(200) NOT NULL,
    payload bytea NOT NULL,
    trace_parent character varying(64),
    created_at timestamp with time zone NOT NULL DEFAULT (now()),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamp with time zone NOT NULL DEFAULT (now()),
    parked_at timestamp with time zone,
    last_error character varying(1000),
    CONSTRAINT pk_outbox PRIMARY KEY (id)
);

CREATE INDEX ix_achievements_decided_by ON achievements (decided_by) WHERE decided_by is not null;

CREATE INDEX ix_achievements_queue ON achievements (created_at DESC, id DESC) WHERE status = 0;

CREATE INDEX ix_achievements_user_id_status_created_at_id ON achievements (user_id, status, created_at DESC, id DESC);

CREATE INDEX ix_inbox_received_at ON inbox (received_at);

CREATE INDEX ix_medals_awarded_by ON medals (awarded_by) WHERE awarded_by is not null;

CREATE INDEX ix_medals_user_id_created_at_id ON medals (user_id, created_at DESC, id DESC);

CREATE INDEX ix_outbox_key_sequence ON outbox (key, sequence);

CREATE UNIQUE INDEX ix_outbox_sequence ON outbox (sequence);

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261124120002_Initial', '10.0.15');

CREATE TABLE recorded_calls (
    id bytea NOT NULL,
    user_id uuid NOT NULL,
    request bytea NOT NULL,
    answer bytea NOT NULL,
    is_implicit boolean NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_recorded_calls PRIMARY KEY (id)
);

CREATE INDEX ix_recorded_calls_expires_at ON recorded_calls (expires_at);

CREATE INDEX ix_recorded_calls_user_id ON recorded_calls (user_id) WHERE is_implicit;

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261129132059_RecordedCalls', '10.0.15');

ALTER TABLE achievements ADD changed_in_description integer NOT NULL DEFAULT 1;

ALTER TABLE achievements ADD changed_in_event_type integer NOT NULL DEFAULT 1;

ALTER TABLE achievements ADD changed_in_file integer NOT NULL DEFAULT 1;

ALTER TABLE achievements ADD changed_in_status integer NOT NULL DEFAULT 1;

ALTER TABLE achievements ADD changed_in_title integer NOT NULL DEFAULT 1;

CREATE TABLE shown_versions (
    achievement_id uuid NOT NULL,
    session_id uuid NOT NULL,
    version integer NOT NULL,
    CONSTRAINT pk_shown_versions PRIMARY KEY (achievement_id, session_id),
    CONSTRAINT fk_shown_versions_achievements_achievement_id FOREIGN KEY (achievement_id) REFERENCES achievements (id) ON DELETE CASCADE
);

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261129165700_Versions', '10.0.15');

ALTER TABLE achievements ADD decisions integer NOT NULL DEFAULT 0;

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261129172600_Decisions', '10.0.15');

CREATE TABLE audit (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    action character varying(100) NOT NULL,
    is_refused boolean NOT NULL,
    actor_id uuid,
    actor_role character varying(50),
    actor_service character varying(50),
    subject_ids uuid[] NOT NULL,
    object_kind character varying(50),
    object_id character varying(100),
    before text,
    after text,
    address character varying(64),
    request_id character varying(128),
    trace_id character varying(50),
    number bigint,
    hash bytea,
    CONSTRAINT pk_audit PRIMARY KEY (id)
);

CREATE INDEX ix_audit_actor_id_at ON audit (actor_id, at);

CREATE INDEX ix_audit_at_id ON audit (at, id);

CREATE INDEX ix_audit_id ON audit (id) WHERE number IS NULL;

CREATE UNIQUE INDEX ix_audit_number ON audit (number);

CREATE INDEX ix_audit_subject_ids ON audit USING gin (subject_ids);

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261130001732_Audit', '10.0.15');
COMMIT;
