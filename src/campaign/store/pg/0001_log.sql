-- The log: the columns of the SQLite store, one append function, and triggers that let it only grow.
-- {schema} is the schema of the connection that migrates.

CREATE TABLE streams (
    id bigint PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE
);

-- No foreign key: it would lock and rewrite the stream's row at every event; events_grow looks instead.
CREATE TABLE events (
    position bigint PRIMARY KEY,
    stream bigint NOT NULL,
    version bigint NOT NULL,
    topic text NOT NULL,
    recorded_at text COLLATE "C" NOT NULL,
    occurred_on text NOT NULL,
    actor text NOT NULL,
    role text NOT NULL,
    command_id text COLLATE "C" NOT NULL,
    command_index bigint NOT NULL,
    causation bigint,
    account text NOT NULL,
    body bytea NOT NULL,
    UNIQUE (stream, version),
    UNIQUE (command_id, command_index)
);

CREATE TABLE commands (
    command_id text COLLATE "C" PRIMARY KEY,
    digest text NOT NULL,
    accepted boolean NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    recorded_at text NOT NULL,
    result bytea NOT NULL
);

CREATE TABLE views (
    name text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (name, key)
) WITH (fillfactor = 80);

CREATE TABLE view_positions (
    name text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    position bigint NOT NULL
) WITH (fillfactor = 20);

CREATE TABLE persons (
    person text COLLATE "C" PRIMARY KEY,
    body bytea NOT NULL
);

CREATE TABLE tree (
    level bigint NOT NULL,
    place bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (level, place)
);

CREATE TABLE checkpoints (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    size bigint NOT NULL,
    note text NOT NULL UNIQUE
);

-- --- the log only grows -----------------------------------------------------------------------------------------

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log only grows: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE FUNCTION events_follow() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp
SET enable_seqscan = off SET jit = off AS $$
DECLARE
    low bigint; high bigint; many bigint;
BEGIN
    SELECT min(a.position), max(a.position), count(*) INTO low, high, many FROM added a;
    IF many = 0 THEN
        RETURN NULL;
    END IF;
    IF high - low + 1 <> many
        OR low <> coalesce((SELECT e.position FROM events e WHERE e.position < low ORDER BY e.position DESC LIMIT 1), 0) + 1
        OR EXISTS (SELECT 1 FROM events e WHERE e.position > high) THEN
        RAISE EXCEPTION 'the log only grows: a position is the last one plus 1' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM (
            SELECT a.stream, min(a.version) AS low, max(a.version) AS high, count(*) AS many FROM added a GROUP BY a.stream
        ) AS g
        WHERE g.high - g.low + 1 <> g.many
            OR NOT EXISTS (SELECT 1 FROM streams s WHERE s.id = g.stream)
            OR g.low <> coalesce((
                SELECT e.version FROM events e WHERE e.stream = g.stream AND e.version < g.low
                ORDER BY e.version DESC LIMIT 1
            ), 0) + 1
    ) THEN
        RAISE EXCEPTION 'the log only grows: a version is the last one of its stream plus 1'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER events_grow AFTER INSERT ON events
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION events_follow();

CREATE TRIGGER events_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER streams_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON streams
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER commands_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON commands
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoints_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- --- the one writer -----------------------------------------------------------------------------------------------

-- The lock lasts until the transaction ends, so positions become visible in their own order and no reader misses one.
CREATE FUNCTION lock_log() RETURNS void LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock((1128353104::bigint << 32) | 'events'::regclass::oid::bigint);
END
$$;

-- Take the lock and tell what a command looks at, in one round trip.  An outcome that is there is locked: that makes
-- the transaction's commit wait for the standby as the command's own should have.
CREATE FUNCTION take_stance(
    _command text, _streams text[], _views text[], _keys text[],
    OUT digest text, OUT accepted boolean, OUT result bytea, OUT first bigint, OUT last bigint,
    OUT head bigint, OUT recorded_at text, OUT now text, OUT standing bigint[], OUT bodies bytea[],
    OUT names text[], OUT folds bigint[], OUT positions bigint[]
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp SET enable_seqscan = off SET jit = off
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM lock_log();
    SELECT c.digest, c.accepted, c.result, c.first, c.last INTO digest, accepted, result, first, last
        FROM commands c WHERE c.command_id = _command FOR KEY SHARE;
    SELECT e.position, e.recorded_at INTO head, recorded_at FROM events e ORDER BY e.position DESC LIMIT 1;
    now := to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    SELECT array_agg(stand_of(u.name) ORDER BY u.nr) INTO standing
        FROM unnest(_streams) WITH ORDINALITY AS u (name, nr);
    SELECT array_agg((
        SELECT v.body FROM views v WHERE v.name = u.name AND v.key = u.key AND reaches(v.name || ':' || v.key)
    ) ORDER BY u.nr) INTO bodies FROM unnest(_views, _keys) WITH ORDINALITY AS u (name, key, nr);
    SELECT array_agg(p.name), array_agg(p.version), array_agg(p.position) INTO names, folds, positions
        FROM view_positions p;
END
$$;

-- In plpgsql, which keeps the plan: one in SQL would be planned anew each time it is asked.
CREATE FUNCTION stand_of(_stream text) RETURNS bigint LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
    RETURN coalesce((
        SELECT e.version FROM {schema}.events e
        WHERE e.stream = (SELECT s.id FROM {schema}.streams s WHERE s.name = _stream COLLATE "C")
        ORDER BY e.version DESC LIMIT 1
    ), 0);
END
$$;

-- Write one command, all or nothing: the outcome it had before, a conflict, or what is written now.
--
-- _at: the instant to record, '' for the server's clock.  _named, _expected, _ahead, _minding: streams that must stand at
-- a version once _ahead more are written; with topics (separated by blanks), later events of others do not matter.
-- The account is the session's own and cannot be chosen.
CREATE FUNCTION append_command(
    _command text, _digest text, _accepted boolean, _result bytea, _at text, _actor text, _role text,
    _named text[], _expected bigint[], _ahead bigint[], _minding text[],
    _streams text[], _versions bigint[], _topics text[], _days text[], _causes bigint[], _bodies bytea[],
    _views text[], _keys text[], _rows bytea[], _marked text[], _folds bigint[],
    OUT verdict text, OUT digest text, OUT accepted boolean, OUT result bytea, OUT first bigint, OUT last bigint,
    OUT stream text, OUT expected bigint, OUT actual bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp SET enable_seqscan = off SET jit = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    head bigint; instant text; before text;
BEGIN
    PERFORM lock_log();
    SELECT 'known', c.digest, c.accepted, c.result, c.first, c.last INTO verdict, digest, accepted, result, first, last
        FROM commands c WHERE c.command_id = _command FOR KEY SHARE;
    IF FOUND THEN
        RETURN;
    END IF;
    SELECT 'conflict', u.name, u.version, u.stand INTO verdict, stream, expected, actual FROM (
        SELECT n.name, n.version, n.minding, n.nr, stand_of(n.name) + n.ahead AS stand
        FROM unnest(_named, _expected, _ahead, _minding) WITH ORDINALITY AS n (name, version, ahead, minding, nr)
    ) AS u WHERE u.stand <> u.version AND (u.minding IS NULL OR u.stand < u.version OR touched(u.name, u.version, u.minding))
        ORDER BY u.nr LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;
    SELECT e.position, e.recorded_at INTO head, before FROM events e ORDER BY e.position DESC LIMIT 1;
    head := coalesce(head, 0);
    instant := greatest(
        coalesce(nullif(_at, ''), to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
        COLLATE "C", before);
    verdict := 'written';
    digest := _digest; accepted := _accepted; result := _result; first := 0; last := 0;
    IF cardinality(_streams) > 0 THEN
        first := head + 1;
        last := head + cardinality(_streams);
        IF EXISTS (
            SELECT FROM unnest(_streams) AS u (name)
            WHERE NOT EXISTS (SELECT FROM streams s WHERE s.name = u.name COLLATE "C")
        ) THEN
            INSERT INTO streams (id, name)
                SELECT (SELECT coalesce(max(s.id), 0) FROM streams s) + row_number() OVER (ORDER BY n.nr), n.name FROM (
                    SELECT u.name, min(u.nr) AS nr FROM unnest(_streams) WITH ORDINALITY AS u (name, nr)
                    WHERE NOT EXISTS (SELECT 1 FROM streams s WHERE s.name = u.name COLLATE "C") GROUP BY u.name
                ) AS n;
        END IF;
        INSERT INTO events (
            position, stream, version, topic, recorded_at, occurred_on, actor, role, command_id, command_index,
            causation, account, body
        )
            SELECT head + u.nr, (SELECT s.id FROM streams s WHERE s.name = u.name COLLATE "C"), u.version, u.topic, instant,
                u.day, _actor, _role, _command, u.nr - 1, u.cause, 'db:' || session_user, u.body
            FROM unnest(_streams, _versions, _topics, _days, _causes, _bodies)
                WITH ORDINALITY AS u (name, version, topic, day, cause, body, nr);
    END IF;
    INSERT INTO commands VALUES (_command, _digest, _accepted, first, last, instant, _result);
    IF cardinality(_views) > 0 THEN
        IF EXISTS (SELECT FROM unnest(_views, _keys) AS u (name, key) WHERE NOT reaches(u.name || ':' || u.key)) THEN
            RAISE EXCEPTION 'a row is not within reach of %', session_user USING ERRCODE = 'insufficient_privilege';
        END IF;
        INSERT INTO views (name, key, body) SELECT u.name, u.key, u.body FROM unnest(_views, _keys, _rows) AS u (name, key, body)
            ON CONFLICT (name, key) DO UPDATE SET body = excluded.body;
    END IF;
    IF cardinality(_marked) > 0 THEN
        INSERT INTO view_positions (name, version, position) SELECT u.name, u.fold, last FROM unnest(_marked, _folds) AS u (name, fold)
            ON CONFLICT (name) DO UPDATE SET version = excluded.version, position = excluded.position;
    END IF;
END
$$;

CREATE FUNCTION touched(_stream text, _after bigint, _topics text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM {schema}.events e
        WHERE e.stream = (SELECT s.id FROM {schema}.streams s WHERE s.name = _stream COLLATE "C") AND e.version > _after
            AND e.topic = ANY (string_to_array(_topics, ' '))
    );
END
$$;

-- What a command came to, asked once its writer can no longer change it; its commit waits for the standby (see above).
CREATE FUNCTION settle_command(
    _command text, OUT digest text, OUT accepted boolean, OUT result bytea, OUT first bigint, OUT last bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    PERFORM lock_log();
    SELECT c.digest, c.accepted, c.result, c.first, c.last INTO digest, accepted, result, first, last
        FROM commands c WHERE c.command_id = _command FOR KEY SHARE;
END
$$;

REVOKE ALL ON FUNCTION lock_log, take_stance, append_command, settle_command FROM PUBLIC;
