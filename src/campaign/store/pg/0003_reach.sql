-- How far a login reaches, and in whose name it may write.  The rows come from roles.yaml by `campaign store migrate
-- --roles`; the store itself knows nothing of prefectures.  The owner of the tables is not bound by any of this.

-- stream: a stream's name; everything that begins so, where it ends with a slash; '' for the whole store.
CREATE TABLE reach (
    login text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    PRIMARY KEY (login, stream)
);

CREATE TABLE speaks (
    login text COLLATE "C" NOT NULL,
    person text COLLATE "C" NOT NULL,
    PRIMARY KEY (login, person)
);

-- What takes two persons: who wrote the last of `begun` about the same thing, which `field` of the body names, may not
-- write `concluded`.
CREATE TABLE four_eyes (
    concluded text PRIMARY KEY,
    begun text[] NOT NULL,
    field text NOT NULL
);

CREATE FUNCTION is_owner() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
    SELECT pg_has_role(session_user, current_user, 'MEMBER')
$$;

-- In plpgsql, which keeps their plans: each is asked for every command.
CREATE FUNCTION reaches_all() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    RETURN is_owner() OR EXISTS (SELECT FROM reach r WHERE r.login = session_user AND r.stream = '');
END
$$;

CREATE FUNCTION reaches(_stream text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    RETURN is_owner() OR EXISTS (
        SELECT FROM reach r WHERE r.login = session_user
            AND (r.stream = _stream OR r.stream = '' OR (r.stream LIKE '%/' AND starts_with(_stream, r.stream)))
    );
END
$$;

-- The log's own end, however little of it the login may read: else a row that is hidden would look like one that is gone.
CREATE FUNCTION log_tip() RETURNS TABLE (at_position bigint, at_instant text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
    SELECT e.position, e.recorded_at FROM events e ORDER BY e.position DESC LIMIT 1
$$;

ALTER TABLE streams ENABLE ROW LEVEL SECURITY;
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE views ENABLE ROW LEVEL SECURITY;
ALTER TABLE commands ENABLE ROW LEVEL SECURITY;
ALTER TABLE persons ENABLE ROW LEVEL SECURITY;
ALTER TABLE access ENABLE ROW LEVEL SECURITY;

-- The scalar questions are asked once a statement, the others once a stream.
CREATE POLICY streams_reach ON streams USING ((SELECT reaches_all()) OR reaches(name));
CREATE POLICY events_reach ON events USING ((SELECT reaches_all()) OR stream IN (SELECT s.id FROM streams s));
CREATE POLICY views_reach ON views USING ((SELECT reaches_all()) OR reaches(name || ':' || key));
CREATE POLICY commands_reach ON commands USING (
    (SELECT reaches_all()) OR EXISTS (SELECT FROM events e WHERE e.command_id = commands.command_id)
);
CREATE POLICY persons_reach ON persons USING ((SELECT reaches_all()));
CREATE POLICY access_reach ON access USING ((SELECT reaches_all()) OR account = 'db:' || session_user);

-- Whatever the append function is called with, a login writes within its reach, in the name of a person it speaks for,
-- and does not conclude alone what takes two.  A constraint on the table would refuse a restored backup.
CREATE FUNCTION events_within() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp
SET enable_seqscan = off SET jit = off AS $$
DECLARE
    culprit text;
BEGIN
    IF is_owner() THEN
        RETURN NULL;
    END IF;
    SELECT s.name INTO culprit FROM streams s WHERE s.id IN (SELECT a.stream FROM added a) AND NOT reaches(s.name) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% is not within reach of %', culprit, session_user USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT a.actor INTO culprit FROM added a
        WHERE NOT EXISTS (SELECT FROM speaks p WHERE p.login = session_user AND p.person = a.actor) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% does not speak for %', session_user, culprit USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT a.actor || ' with ' || a.topic INTO culprit FROM added a JOIN four_eyes f ON f.concluded = a.topic
        WHERE a.actor = (
            SELECT e.actor FROM events e WHERE e.stream = a.stream AND e.topic = ANY (f.begun) AND e.version < a.version
                AND convert_from(e.body, 'UTF8')::jsonb #>> string_to_array(f.field, '.')
                    = convert_from(a.body, 'UTF8')::jsonb #>> string_to_array(f.field, '.')
            ORDER BY e.version DESC LIMIT 1
        ) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'it takes two persons: %', culprit USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER events_within AFTER INSERT ON events
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION events_within();

REVOKE ALL ON FUNCTION is_owner, reaches_all, reaches, log_tip FROM PUBLIC;
