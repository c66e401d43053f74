START TRANSACTION;
CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
    migration_id character varying(150) NOT NULL,
    product_version character varying(32) NOT NULL,
    CONSTRAINT pk___ef_migrations_history PRIMARY KEY (migration_id)
);

CREATE TABLE blobs (
    folder character varying(20) NOT NULL,
    name character varying(80) NOT NULL,
    size bigint NOT NULL,
    maybe_unused boolean NOT NULL,
    CONSTRAINT pk_blobs PRIMARY KEY (folder, name)
);

CREATE TABLE inbox (
    id uuid NOT NULL,
    received_at timestamp with time zone NOT NULL DEFAULT (now()),
    CONSTRAINT pk_inbox PRIMARY KEY (id)
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

CREATE TABLE files (
    id uuid NOT NULL,
    owner_id uuid NOT NULL,
    kind character varying(20) NOT NULL,
    folder character varying(20) NOT NULL,
    name character varying(80) NOT NULL,
    content_type character varying(100) NOT NULL,
    size bigint NOT NULL,
    original_name character varying(255) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    unclaimed_since timestamp with time zone,
    CONSTRAINT pk_files PRIMARY KEY (id),
    CONSTRAINT fk_files_blobs_folder_name FOREIGN KEY (folder, name) REFERENCES blobs (folder, name) ON DELETE RESTRICT
);

CREATE TABLE claims (
    file_id uuid NOT NULL,
    service character varying(50) NOT NULL,
    claim character varying(200) NOT NULL,
    CONSTRAINT pk_claims PRIMARY KEY (file_id, service, claim),
    CONSTRAINT fk_claims_files_file_id FOREIGN KEY (file_id) REFERENCES files (id) ON DELETE RESTRICT
);

CREATE INDEX ix_blobs_folder_name ON blobs (folder, name) WHERE maybe_unused;

CREATE INDEX ix_files_folder_name ON files (folder, name);

CREATE INDEX ix_files_owner_id ON files (owner_id) INCLUDE (size);

CREATE INDEX ix_files_unclaimed_since ON files (unclaimed_since) WHERE unclaimed_since is not null;

CREATE INDEX ix_inbox_received_at ON inbox (received_at);

CREATE INDEX ix_outbox_key_sequence ON outbox (key, sequence);

CREATE UNIQUE INDEX ix_outbox_sequence ON outbox (sequence);

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261124073401_Initial', '10.0.15');

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
VALUES ('20261130001726_Audit', '10.0.15');
COMMIT;
