START TRANSACTION;
CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
    migration_id character varying(150) NOT NULL,
    product_version character varying(32) NOT NULL,
    CONSTRAINT pk___ef_migrations_history PRIMARY KEY (migration_id)
);

CREATE TABLE groups (
    id uuid NOT NULL,
    name character varying(100) NOT NULL,
    color character varying(50) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_groups PRIMARY KEY (id)
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

CREATE TABLE users (
    id uuid NOT NULL,
    email character varying(254) NOT NULL,
    role smallint NOT NULL,
    shtp_maintainer boolean,
    first_name character varying(50) NOT NULL,
    last_name character varying(50) NOT NULL,
    patronymic_name character varying(50),
    group_id uuid NOT NULL,
    learning_class integer NOT NULL,
    nick_name character varying(50),
    telegram character varying(100),
    github character varying(100),
    stepik character varying(100),
    kaggle character varying(100),
    website character varying(100),
    tech_stack character varying(1600),
    about_text character varying(100),
    avatar_path character varying(100) NOT NULL,
    avatar_file_id uuid,
    rating integer NOT NULL,
    search_text character varying(400) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT fk_users_groups_group_id FOREIGN KEY (group_id) REFERENCES groups (id) ON DELETE RESTRICT
);

CREATE TABLE rating_entries (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    points integer NOT NULL,
    reason character varying(200) NOT NULL,
    author_id uuid,
    source character varying(100),
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_rating_entries PRIMARY KEY (id),
    CONSTRAINT fk_rating_entries_users_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX ix_groups_created_at_id ON groups (created_at, id);

CREATE INDEX ix_groups_name ON groups (name);

CREATE INDEX ix_inbox_received_at ON inbox (received_at);

CREATE INDEX ix_outbox_key_sequence ON outbox (key, sequence);

CREATE UNIQUE INDEX ix_outbox_sequence ON outbox (sequence);

CREATE INDEX ix_rating_entries_user_id_created_at_id ON rating_entries (user_id, created_at DESC, id DESC);

CREATE INDEX ix_users_admins ON users (id) WHERE role = 2;

CREATE INDEX ix_users_created ON users (created_at, id);

CREATE INDEX ix_users_group_id ON users (group_id);

CREATE INDEX ix_users_leaderboard ON users (rating DESC, last_name, first_name, id) WHERE rating > 0;

CREATE INDEX ix_users_names ON users (last_name, first_name, id);

CREATE UNIQUE INDEX ux_users_email ON users (email);

CREATE UNIQUE INDEX ux_users_github ON users (github) WHERE github <> '';

CREATE UNIQUE INDEX ux_users_kaggle ON users (kaggle) WHERE kaggle <> '';

CREATE UNIQUE INDEX ux_users_nick_name ON users (nick_name) WHERE nick_name is not null;

CREATE UNIQUE INDEX ux_users_stepik ON users (stepik) WHERE stepik <> '';

CREATE UNIQUE INDEX ux_users_telegram ON users (telegram) WHERE telegram <> '';

CREATE UNIQUE INDEX ux_users_website ON users (website) WHERE website <> '';

CREATE FUNCTION shtp_grams(value text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_agg(DISTINCT substr(value, start, size))
    FROM generate_series(1, length(value)) AS start, generate_series(1, 3) AS size
    WHERE start + size - 1 <= length(value)
$$;
CREATE INDEX ix_users_search ON users USING gin (shtp_grams(search_text));

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261124073720_Initial', '10.0.15');

ALTER TABLE users ADD bronze_medals integer NOT NULL DEFAULT 0;

ALTER TABLE users ADD gold_medals integer NOT NULL DEFAULT 0;

ALTER TABLE users ADD silver_medals integer NOT NULL DEFAULT 0;

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261124113439_Medals', '10.0.15');

ALTER TABLE users ALTER COLUMN search_text TYPE character varying(500);

UPDATE users SET email = lower(email COLLATE "C")
WHERE email <> lower(email COLLATE "C")
  AND NOT EXISTS (SELECT FROM users other WHERE other.id <> users.id AND lower(other.email COLLATE "C") = lower(users.email COLLATE "C"));

UPDATE users SET search_text = rtrim(normalize(regexp_replace(normalize(regexp_replace(regexp_replace(regexp_replace(
    split_part(search_text, E'\n', 1) || ' '
        || translate(lower(coalesce(patronymic_name, '') COLLATE "C"), 'АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ', 'абвгдеёжзийклмнопрстуфхцчшщъыьэюя'),
    '[‘’‛ʼʹ`´′＇]', '''', 'g'), '[‐‑‒–—−﹣－]', '-', 'g'), '\s+', ' ', 'g'), NFD), '[\u0300-\u036f]', '', 'g'), NFC))
    || E'\n' || split_part(search_text, E'\n', 2);

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261129031152_OneSpelling', '10.0.15');

CREATE TABLE deleted_users (
    id uuid NOT NULL,
    deleted_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_deleted_users PRIMARY KEY (id)
);

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261129031741_DeletedUsers', '10.0.15');

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
VALUES ('20261129132053_RecordedCalls', '10.0.15');

-- Replicas keep answers in memory (KeptAnswers): the id of the user who has changed, or nothing for several.
CREATE FUNCTION shtp_tell_of_users() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE users uuid[] := ARRAY(SELECT id FROM changed LIMIT 2);
BEGIN
    IF cardinality(users) > 0 THEN
        PERFORM pg_notify('users_changed', CASE cardinality(users) WHEN 1 THEN users[1]::text ELSE '' END);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION shtp_tell_of_groups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('users_changed', '');
    RETURN NULL;
END $$;

CREATE TRIGGER users_added AFTER INSERT ON users REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION shtp_tell_of_users();
CREATE TRIGGER users_changed AFTER UPDATE ON users REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION shtp_tell_of_users();
CREATE TRIGGER users_deleted AFTER DELETE ON users REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION shtp_tell_of_users();
CREATE TRIGGER groups_changed AFTER UPDATE ON groups FOR EACH STATEMENT EXECUTE FUNCTION shtp_tell_of_groups();

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261129162300_TellOfChanges', '10.0.15');

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
VALUES ('20261130001709_Audit', '10.0.15');
COMMIT;
