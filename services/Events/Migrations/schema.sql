START TRANSACTION;
CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
    migration_id character varying(150) NOT NULL,
    product_version character varying(32) NOT NULL,
    CONSTRAINT pk___ef_migrations_history PRIMARY KEY (migration_id)
);

CREATE TABLE calendar_addresses (
    user_id uuid NOT NULL,
    nonce bytea NOT NULL,
    CONSTRAINT pk_calendar_addresses PRIMARY KEY (user_id)
);

CREATE TABLE events (
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    title character varying(200) NOT NULL,
    text character varying(10000) NOT NULL,
    place character varying(200) NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    seats integer,
    seats_taken integer NOT NULL,
    waiting integer NOT NULL,
    last_position bigint NOT NULL,
    for_groups uuid[] NOT NULL,
    registration_opens_at timestamp with time zone NOT NULL,
    registration_closes_at timestamp with time zone NOT NULL,
    cancelled_at timestamp with time zone,
    cancel_reason character varying(500),
    author_id uuid,
    CONSTRAINT pk_events PRIMARY KEY (id)
);

CREATE TABLE feed_entries (
    id integer NOT NULL,
    title character varying(500) NOT NULL,
    organizer character varying(500) NOT NULL,
    audience character varying(500) NOT NULL,
    seats_propotion character varying(30) NOT NULL,
    date character varying(40) NOT NULL,
    start_time character varying(40) NOT NULL,
    finish_time character varying(40) NOT NULL,
    date_at timestamp with time zone NOT NULL,
    olympiad_classes integer NOT NULL,
    CONSTRAINT pk_feed_entries PRIMARY KEY (id)
);

CREATE TABLE feed_state (
    id integer NOT NULL,
    next_fetch_at timestamp with time zone NOT NULL,
    fetched_at timestamp with time zone,
    failing_since timestamp with time zone,
    fault character varying(500),
    CONSTRAINT pk_feed_state PRIMARY KEY (id)
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

CREATE TABLE registrations (
    event_id uuid NOT NULL,
    user_id uuid NOT NULL,
    position bigint NOT NULL,
    status smallint NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_registrations PRIMARY KEY (event_id, user_id),
    CONSTRAINT fk_registrations_events_event_id FOREIGN KEY (event_id) REFERENCES events (id) ON DELETE CASCADE
);

INSERT INTO feed_state (id, failing_since, fault, fetched_at, next_fetch_at)
VALUES (1, NULL, NULL, NULL, TIMESTAMPTZ '1970-01-01T00:00:00+00:00');

CREATE UNIQUE INDEX ix_calendar_addresses_nonce ON calendar_addresses (nonce);

CREATE INDEX ix_events_author ON events (author_id) WHERE author_id is not null;

CREATE INDEX ix_events_ends ON events (ends_at, id);

CREATE INDEX ix_events_for_groups ON events USING gin (for_groups);

CREATE INDEX ix_events_starts ON events (starts_at, id);

CREATE INDEX ix_feed_entries_date_at_id ON feed_entries (date_at, id);

CREATE INDEX ix_inbox_received_at ON inbox (received_at);

CREATE INDEX ix_outbox_key_sequence ON outbox (key, sequence);

CREATE UNIQUE INDEX ix_outbox_sequence ON outbox (sequence);

CREATE INDEX ix_registrations_places ON registrations (event_id, status DESC, position);

CREATE INDEX ix_registrations_user ON registrations (user_id);

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261124122202_Initial', '10.0.15');

ALTER TABLE events ADD revision integer NOT NULL DEFAULT 0;

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261129095649_Revisions', '10.0.15');

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
VALUES ('20261129132108_RecordedCalls', '10.0.15');

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
VALUES ('20261130001738_Audit', '10.0.15');
COMMIT;
