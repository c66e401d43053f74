START TRANSACTION;
CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
    migration_id character varying(150) NOT NULL,
    product_version character varying(32) NOT NULL,
    CONSTRAINT pk___ef_migrations_history PRIMARY KEY (migration_id)
);

CREATE TABLE contests (
    id uuid NOT NULL,
    author_id uuid NOT NULL,
    title character varying(200) NOT NULL,
    description character varying(10000) NOT NULL,
    deadline timestamp with time zone,
    tasks uuid[] NOT NULL,
    for_groups uuid[] NOT NULL,
    for_learning_class integer NOT NULL,
    mark5 integer NOT NULL,
    mark4 integer NOT NULL,
    mark3 integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_contests PRIMARY KEY (id)
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

CREATE TABLE tasks (
    id uuid NOT NULL,
    author_id uuid NOT NULL,
    title character varying(200) NOT NULL,
    text character varying(100000) NOT NULL,
    time_limit integer NOT NULL,
    memory_limit integer NOT NULL,
    day_challenge boolean NOT NULL,
    function_name character varying(50),
    input_types text[] NOT NULL,
    output_types text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    tests jsonb,
    CONSTRAINT pk_tasks PRIMARY KEY (id)
);

CREATE TABLE rejudges (
    id uuid NOT NULL,
    task_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone,
    dropped_at timestamp with time zone,
    CONSTRAINT pk_rejudges PRIMARY KEY (id),
    CONSTRAINT fk_rejudges_tasks_task_id FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
);

CREATE TABLE work (
    id uuid NOT NULL,
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    user_id uuid NOT NULL,
    language smallint NOT NULL,
    priority smallint NOT NULL,
    turn bigint NOT NULL,
    state smallint NOT NULL,
    lease_id uuid,
    checker character varying(100),
    lease_expires_at timestamp with time zone,
    test_counts integer[] NOT NULL,
    losses smallint NOT NULL,
    returns smallint NOT NULL,
    rejudge_id uuid,
    queued_at timestamp with time zone NOT NULL,
    taken_at timestamp with time zone,
    finished_at timestamp with time zone,
    CONSTRAINT pk_work PRIMARY KEY (id),
    CONSTRAINT fk_work_rejudges_rejudge_id FOREIGN KEY (rejudge_id) REFERENCES rejudges (id) ON DELETE CASCADE
);

CREATE TABLE submissions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    task_id uuid NOT NULL,
    contest_id uuid,
    place smallint NOT NULL,
    language smallint NOT NULL,
    file_name character varying(100) NOT NULL,
    source text,
    repository character varying(300),
    commit_id character varying(64),
    status smallint NOT NULL,
    solved boolean NOT NULL,
    accepted smallint NOT NULL,
    results jsonb,
    message character varying(4096),
    work_id uuid,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_submissions PRIMARY KEY (id),
    CONSTRAINT fk_submissions_tasks_task_id FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE RESTRICT,
    CONSTRAINT fk_submissions_work_work_id FOREIGN KEY (work_id) REFERENCES work (id) ON DELETE SET NULL
);

CREATE TABLE rejudge_items (
    rejudge_id uuid NOT NULL,
    submission_id uuid NOT NULL,
    work_id uuid,
    solved_before boolean NOT NULL,
    accepted_before smallint NOT NULL,
    solved boolean NOT NULL,
    accepted smallint NOT NULL,
    results jsonb,
    message character varying(4096),
    judged_at timestamp with time zone,
    CONSTRAINT pk_rejudge_items PRIMARY KEY (rejudge_id, submission_id),
    CONSTRAINT fk_rejudge_items_rejudges_rejudge_id FOREIGN KEY (rejudge_id) REFERENCES rejudges (id) ON DELETE CASCADE,
    CONSTRAINT fk_rejudge_items_submissions_submission_id FOREIGN KEY (submission_id) REFERENCES submissions (id) ON DELETE CASCADE,
    CONSTRAINT fk_rejudge_items_work_work_id FOREIGN KEY (work_id) REFERENCES work (id) ON DELETE SET NULL
);

CREATE INDEX ix_contests_for_learning_class_updated_at_id ON contests (for_learning_class, updated_at DESC, id DESC);

CREATE INDEX ix_contests_updated_at_id ON contests (updated_at DESC, id DESC);

CREATE INDEX ix_inbox_received_at ON inbox (received_at);

CREATE INDEX ix_outbox_key_sequence ON outbox (key, sequence);

CREATE UNIQUE INDEX ix_outbox_sequence ON outbox (sequence);

CREATE INDEX ix_rejudge_items_submission_id ON rejudge_items (submission_id);

CREATE INDEX ix_rejudge_items_work_id ON rejudge_items (work_id);

CREATE UNIQUE INDEX ix_rejudges_task_id ON rejudges (task_id) WHERE applied_at IS NULL AND dropped_at IS NULL;

CREATE INDEX ix_submissions_contest_id_user_id_task_id ON submissions (contest_id, user_id, task_id) WHERE solved AND contest_id IS NOT NULL;

CREATE INDEX ix_submissions_solvers ON submissions (task_id, created_at, id) WHERE solved;

CREATE INDEX ix_submissions_task ON submissions (task_id, created_at, id);

CREATE INDEX ix_submissions_user_id_contest_id_task_id_created_at_id ON submissions (user_id, contest_id, task_id, created_at DESC, id DESC) WHERE contest_id IS NOT NULL;

CREATE INDEX ix_submissions_user_id_task_id_created_at_id ON submissions (user_id, task_id, created_at DESC, id DESC);

CREATE INDEX ix_submissions_work_id ON submissions (work_id);

CREATE INDEX ix_tasks_created_at_id ON tasks (created_at DESC, id DESC);

CREATE UNIQUE INDEX ix_tasks_day_challenge ON tasks (day_challenge) WHERE day_challenge;

CREATE INDEX ix_work_finished_at ON work (finished_at DESC) WHERE state = 2;

CREATE INDEX ix_work_lease_expires_at ON work (lease_expires_at) WHERE state = 1;

CREATE UNIQUE INDEX ix_work_lease_id ON work (lease_id) WHERE lease_id IS NOT NULL;

CREATE INDEX ix_work_priority_turn_sequence ON work (priority, turn, sequence) WHERE state = 0;

CREATE INDEX ix_work_rejudge_id ON work (rejudge_id) WHERE rejudge_id IS NOT NULL;

CREATE INDEX ix_work_user_id ON work (user_id);

CREATE INDEX ix_work_user_id_turn ON work (user_id, turn) WHERE state < 2;

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261124124158_Initial', '10.0.15');

ALTER TABLE tasks ADD checker smallint NOT NULL DEFAULT 0;

ALTER TABLE tasks ADD tolerance double precision NOT NULL DEFAULT 9.9999999999999995E-07;

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261129031700_Checkers', '10.0.15');

ALTER TABLE tasks ADD challenge_since timestamp with time zone;

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261129095631_ChallengeSince', '10.0.15');

ALTER TABLE tasks ADD archived_at timestamp with time zone;

ALTER TABLE contests ADD archived_at timestamp with time zone;

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261129131006_Archive', '10.0.15');

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
VALUES ('20261129132122_RecordedCalls', '10.0.15');

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
VALUES ('20261130001750_Audit', '10.0.15');

ALTER TABLE submissions ADD outputs_kept boolean NOT NULL DEFAULT TRUE;

CREATE INDEX ix_submissions_updated_at ON submissions (updated_at) WHERE outputs_kept;

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261130002035_Outputs', '10.0.15');
COMMIT;
