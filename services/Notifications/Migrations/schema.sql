START TRANSACTION;
CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
    migration_id character varying(150) NOT NULL,
    product_version character varying(32) NOT NULL,
    CONSTRAINT pk___ef_migrations_history PRIMARY KEY (migration_id)
);

CREATE TABLE banners (
    id uuid NOT NULL,
    type smallint NOT NULL,
    active boolean NOT NULL,
    title character varying(200) NOT NULL,
    content character varying(10000) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_banners PRIMARY KEY (id)
);

CREATE TABLE inbox (
    id uuid NOT NULL,
    received_at timestamp with time zone NOT NULL DEFAULT (now()),
    CONSTRAINT pk_inbox PRIMARY KEY (id)
);

CREATE TABLE notifications (
    id uuid NOT NULL,
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    user_id uuid NOT NULL,
    type smallint NOT NULL,
    data jsonb NOT NULL,
    viewed boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_notifications PRIMARY KEY (id)
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

CREATE INDEX ix_banners_active ON banners (created_at DESC, id DESC) WHERE active;

CREATE INDEX ix_banners_newest ON banners (created_at DESC, id DESC);

CREATE INDEX ix_inbox_received_at ON inbox (received_at);

CREATE UNIQUE INDEX ix_notifications_sequence ON notifications (sequence);

CREATE INDEX ix_notifications_unread ON notifications (user_id, sequence) WHERE NOT viewed;

CREATE INDEX ix_notifications_user ON notifications (user_id, sequence DESC);

CREATE INDEX ix_outbox_key_sequence ON outbox (key, sequence);

CREATE UNIQUE INDEX ix_outbox_sequence ON outbox (sequence);

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261124114832_Initial', '10.0.15');

DROP INDEX ix_notifications_unread;

DROP INDEX ix_notifications_user;

CREATE INDEX ix_notifications_user_id_viewed_sequence ON notifications (user_id, viewed, sequence DESC);

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261124190932_OneIndexOfUsers', '10.0.15');

ALTER TABLE notifications ADD delivery uuid;

CREATE TABLE recorded_calls (
    id bytea NOT NULL,
    user_id uuid NOT NULL,
    request bytea NOT NULL,
    answer bytea NOT NULL,
    is_implicit boolean NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_recorded_calls PRIMARY KEY (id)
);

CREATE INDEX ix_notifications_unsettled ON notifications (user_id) WHERE delivery IS NOT NULL;

CREATE INDEX ix_recorded_calls_expires_at ON recorded_calls (expires_at);

CREATE INDEX ix_recorded_calls_user_id ON recorded_calls (user_id) WHERE is_implicit;

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261129132115_RecordedCalls', '10.0.15');

ALTER TABLE notifications ADD source character varying(100);

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261129162225_Sources', '10.0.15');

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
VALUES ('20261130001743_Audit', '10.0.15');
COMMIT;
