-- Reach follows the log: what is enrolled, appointed, registered or adopted is within reach of whoever it concerns by
-- the same append, and out of reach of whoever it no longer does.  Only whoever may adopt a definition changes roles.

-- What a stream is tied to: the place that its entity lies in, the holders of its duties, the entity of its project.
CREATE TABLE ties (
    stream text COLLATE "C" NOT NULL,
    why text COLLATE "C" NOT NULL,
    word text COLLATE "C" NOT NULL,
    PRIMARY KEY (stream, why)
);

-- What a login stands for: it reaches every stream that is tied to one of its words.  `adopts:KEY` is its right to adopt,
-- `audits:KEY` its right to what lies beside the records, too.
CREATE TABLE posts (
    login text COLLATE "C" NOT NULL,
    word text COLLATE "C" NOT NULL,
    campaign text COLLATE "C" NOT NULL,
    PRIMARY KEY (login, word, campaign)
);

-- Several campaigns may lie in one store, each with a definition of its own; the rows come out of the log again below.
DELETE FROM reach;
DELETE FROM speaks;
DELETE FROM four_eyes;
ALTER TABLE reach ADD COLUMN campaign text COLLATE "C" NOT NULL,
    DROP CONSTRAINT reach_pkey, ADD CONSTRAINT reach_pkey PRIMARY KEY (login, stream, campaign);
ALTER TABLE speaks ADD COLUMN campaign text COLLATE "C" NOT NULL,
    DROP CONSTRAINT speaks_pkey, ADD CONSTRAINT speaks_pkey PRIMARY KEY (login, person, campaign);
ALTER TABLE four_eyes ADD COLUMN campaign text COLLATE "C" NOT NULL,
    DROP CONSTRAINT four_eyes_pkey, ADD CONSTRAINT four_eyes_pkey PRIMARY KEY (concluded, campaign);

CREATE OR REPLACE FUNCTION reaches_all() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    RETURN is_owner() OR EXISTS (SELECT FROM posts p WHERE p.login = session_user AND p.word LIKE 'audits:%') AND NOT EXISTS (
        SELECT FROM streams c WHERE c.name >= 'campaign:' AND c.name < 'campaign;' AND NOT EXISTS (
            SELECT FROM posts p WHERE p.login = session_user AND p.word = 'audits:' || campaign_of(c.name)
        )
    );
END
$$;

CREATE OR REPLACE FUNCTION reaches(_stream text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    RETURN is_owner() OR EXISTS (
        SELECT FROM reach r WHERE r.login = session_user
            AND (r.stream = _stream OR (r.stream LIKE '%/' AND starts_with(_stream, r.stream)))
    ) OR EXISTS (
        SELECT FROM ties t WHERE t.stream = _stream AND CASE t.why
            WHEN 'entity' THEN _stream LIKE 'project:%' AND reaches(t.word) -- of an entity, so it is not asked again
            ELSE EXISTS (SELECT FROM posts p WHERE p.login = session_user AND p.word = t.word)
        END
    );
END
$$;

-- Whether a login sees every record of a campaign, of all of them for ''; the store may hold more than that.
CREATE FUNCTION sees(_campaign text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    RETURN reaches_all() OR NOT EXISTS (
        SELECT FROM streams c
        WHERE c.name >= 'campaign:' AND c.name < 'campaign;' AND (_campaign = '' OR c.name = 'campaign:' || _campaign)
            AND NOT EXISTS (
                SELECT FROM reach r WHERE r.login = session_user AND r.stream = 'entity:' || campaign_of(c.name) || '/'
            )
    );
END
$$;

CREATE FUNCTION campaign_of(_stream text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT split_part(split_part(_stream, ':', 2), '/', 1)
$$;

CREATE FUNCTION read_json(_text text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN _text::jsonb;
EXCEPTION WHEN data_exception OR untranslatable_character THEN
    RETURN NULL;
END
$$;

-- What a fact ties its stream to; no word where there is none any more.  Without settings of its own, so that it becomes a
-- part of the query that asks; it names nothing but what is built in, and only functions that do set their path call it.
CREATE FUNCTION tied(_topic text, _campaign text, _fact jsonb) RETURNS TABLE (why text, word text)
LANGUAGE sql IMMUTABLE AS $$
    SELECT u.why, u.kind || ':' || _campaign || '/' || nullif(_fact ->> u.field, '')
    FROM (VALUES
        ('entity_enrolled.v1', 'prefecture', 'within', 'prefecture'),
        ('entity_enrolled.v1', 'parent', 'within', 'parent'),
        ('officer_appointed.v1', 'accountable_officer', 'accountable_officer', 'person'),
        ('officer_appointed.v1', 'liaison', 'liaison', 'person'),
        ('officer_handed_over.v1', 'accountable_officer', 'accountable_officer', 'person'),
        ('officer_handed_over.v1', 'liaison', 'liaison', 'person'),
        ('project_registered.v1', 'entity', 'entity', 'entity')
    ) AS u (topic, why, kind, field) WHERE u.topic = _topic AND coalesce(_fact ->> 'duty', u.why) = u.why
$$;

-- What a definition makes of its logins on a day: rows of the tables that stand in `what`.
CREATE FUNCTION due(_definition jsonb, _day date) RETURNS TABLE (what text, login text, word text)
LANGUAGE sql STABLE SET search_path = {schema}, pg_temp AS $$
    WITH listed AS (
        SELECT DISTINCT substr(a ->> 'account', 4) AS login, a ->> 'person' AS person, _definition #>> '{campaign,key}' AS key
        FROM jsonb_array_elements(_definition -> 'accounts') AS a WHERE a ->> 'account' LIKE 'db:%'
    ), roles AS (
        SELECT r ->> 'id' AS id, coalesce(r ->> 'scope', 'all') AS scope, r -> 'commands' AS commands
        FROM jsonb_array_elements(_definition -> 'roles') AS r
    ), held AS (
        SELECT l.login, l.key, r.commands, r.scope, coalesce(h -> 'entities', '[]') AS entities
        FROM listed l JOIN jsonb_array_elements(_definition -> 'assignments') AS h ON h ->> 'person' = l.person
            JOIN roles r ON r.id = h ->> 'role'
        WHERE coalesce((h ->> 'to')::date >= _day, true)
    ), wide AS (
        SELECT * FROM held h WHERE h.entities = '[]' AND h.scope = 'all'
    ), narrow AS (
        SELECT h.login, h.key || '/' || e.name AS place, h.scope
        FROM held h CROSS JOIN jsonb_array_elements_text(h.entities) AS e (name)
    )
    SELECT 'reach', l.login, 'campaign:' || l.key FROM listed l
    UNION SELECT 'reach', w.login, k.kind || w.key || '/' FROM wide w CROSS JOIN (VALUES ('entity:'), ('project:')) AS k (kind)
    UNION SELECT 'posts', w.login, 'audits:' || w.key FROM wide w
        WHERE w.commands = '[]' OR w.commands ?| ARRAY['person.keep', 'person.*', 'audit.rotate-key', 'audit.*', '*']
    UNION SELECT 'reach', n.login, 'entity:' || n.place FROM narrow n
    UNION SELECT 'posts', n.login, 'within:' || n.place FROM narrow n WHERE n.scope = 'prefecture'
    UNION SELECT 'posts', l.login, r.id || ':' || l.key || '/' || l.person
        FROM listed l CROSS JOIN roles r WHERE r.id IN ('accountable_officer', 'liaison')
    UNION SELECT 'posts', w.login, 'adopts:' || w.key FROM wide w
        WHERE w.commands ?| ARRAY['definition.adopt', 'definition.*', '*']
    UNION SELECT 'speaks', l.login, l.person FROM listed l
    UNION SELECT 'four_eyes', '', f.flag FROM (VALUES ('report_verification'), ('targets'), ('awards'), ('findings')) AS f (flag)
        WHERE coalesce((_definition #>> ARRAY['four_eyes', f.flag])::boolean, true)
$$;

CREATE FUNCTION follow_definition(_campaign text, _definition jsonb, _day date) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
BEGIN
    DELETE FROM reach WHERE campaign = _campaign;
    DELETE FROM posts WHERE campaign = _campaign;
    DELETE FROM speaks WHERE campaign = _campaign;
    DELETE FROM four_eyes WHERE campaign = _campaign;
    INSERT INTO reach SELECT d.login, d.word, _campaign FROM due(_definition, _day) d WHERE d.what = 'reach';
    INSERT INTO posts SELECT d.login, d.word, _campaign FROM due(_definition, _day) d WHERE d.what = 'posts';
    INSERT INTO speaks SELECT d.login, d.word, _campaign FROM due(_definition, _day) d WHERE d.what = 'speaks';
    INSERT INTO four_eyes (concluded, begun, field, campaign)
        SELECT p.concluded, p.begun, p.field, _campaign FROM due(_definition, _day) d JOIN (VALUES
            ('report_verification', 'report_verified.v1', ARRAY['report_submitted.v1', 'report_corrected.v1'], 'report'),
            ('targets', 'target_fixed.v1', ARRAY['target_proposed.v1'], 'target.target'),
            ('awards', 'award_approved.v1', ARRAY['award_proposed.v1'], 'award'),
            ('findings', 'finding_resolved.v1', ARRAY['finding_raised.v1'], 'finding')
        ) AS p (flag, concluded, begun, field) ON p.flag = d.word
        WHERE d.what = 'four_eyes';
END
$$;

-- Out of the log anew, as of a day on which assignments may have ended; for the owner.
CREATE FUNCTION follow_log(_campaign text, _day date) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
DECLARE
    adopted jsonb;
BEGIN
    SELECT read_json(read_json(convert_from(e.body, 'UTF8')) ->> 'definition') INTO adopted FROM events e
        WHERE e.stream = (SELECT s.id FROM streams s WHERE s.name = 'campaign:' || _campaign)
            AND e.topic = 'definition_adopted.v1' ORDER BY e.version DESC LIMIT 1;
    PERFORM follow_definition(_campaign, coalesce(adopted, '{}'), _day);
    DELETE FROM ties t WHERE campaign_of(t.stream) = _campaign;
    INSERT INTO ties SELECT DISTINCT ON (f.stream, f.why) f.stream, f.why, f.word FROM (
        SELECT s.name AS stream, u.why, u.word, e.position FROM events e JOIN streams s ON s.id = e.stream
            CROSS JOIN tied(e.topic, _campaign, read_json(convert_from(e.body, 'UTF8'))) AS u
        WHERE campaign_of(s.name) = _campaign AND e.topic IN
            ('entity_enrolled.v1', 'officer_appointed.v1', 'officer_handed_over.v1', 'project_registered.v1')
    ) AS f WHERE f.word IS NOT NULL ORDER BY f.stream, f.why, f.position DESC;
END
$$;

-- An adoption is not the place to widen one's own reach: whoever may not adopt a definition may adopt a team's file only.
CREATE FUNCTION follow_adoption(_campaign text, _event events) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
DECLARE
    adopted jsonb := read_json(read_json(convert_from(_event.body, 'UTF8')) ->> 'definition');
    before jsonb; today date;
BEGIN
    IF adopted IS NULL OR adopted #>> '{campaign,key}' IS DISTINCT FROM _campaign THEN
        RETURN;
    END IF;
    today := (_event.recorded_at::timestamptz AT TIME ZONE coalesce(adopted #>> '{campaign,time_zone}', 'UTC'))::date;
    IF is_owner() OR EXISTS (SELECT FROM posts p WHERE p.login = session_user AND p.word = 'adopts:' || _campaign) THEN
        PERFORM follow_definition(_campaign, adopted, today);
        RETURN;
    END IF;
    SELECT read_json(read_json(convert_from(e.body, 'UTF8')) ->> 'definition') INTO before FROM events e
        WHERE e.stream = _event.stream AND e.topic = _event.topic AND e.version < _event.version ORDER BY e.version DESC LIMIT 1;
    IF EXISTS (
        (SELECT * FROM due(adopted, today) EXCEPT SELECT * FROM due(before, today))
        UNION ALL (SELECT * FROM due(before, today) EXCEPT SELECT * FROM due(adopted, today))
    ) THEN
        RAISE EXCEPTION '% may not change who reaches what', session_user USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;

CREATE FUNCTION reach_follows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    place text := (SELECT s.name FROM streams s WHERE s.id = NEW.stream);
BEGIN
    IF NEW.topic = 'definition_adopted.v1' THEN
        IF place = 'campaign:' || campaign_of(place) THEN
            PERFORM follow_adoption(campaign_of(place), NEW);
        END IF;
        RETURN NULL;
    END IF;
    -- A stream that is there already is not drawn into reach by whoever does not reach it.
    IF NEW.version > 1 AND NOT reaches(place) THEN
        RAISE EXCEPTION '% is not within reach of %', place, session_user USING ERRCODE = 'insufficient_privilege';
    END IF;
    WITH now AS MATERIALIZED (
        SELECT u.why, u.word FROM tied(NEW.topic, campaign_of(place), read_json(convert_from(NEW.body, 'UTF8'))) AS u
    ), gone AS (
        DELETE FROM ties t USING now u WHERE t.stream = place AND t.why = u.why AND u.word IS NULL
    )
    INSERT INTO ties SELECT place, u.why, u.word FROM now u WHERE u.word IS NOT NULL
        ON CONFLICT (stream, why) DO UPDATE SET word = excluded.word;
    RETURN NULL;
END
$$;

CREATE TRIGGER reach_follows AFTER INSERT ON events FOR EACH ROW WHEN (NEW.topic IN (
    'definition_adopted.v1', 'entity_enrolled.v1', 'officer_appointed.v1', 'officer_handed_over.v1', 'project_registered.v1'
)) EXECUTE FUNCTION reach_follows();

CREATE OR REPLACE FUNCTION events_within() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp
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
    SELECT a.actor INTO culprit FROM added a JOIN streams s ON s.id = a.stream WHERE NOT EXISTS (
        SELECT FROM speaks p WHERE p.login = session_user AND p.person = a.actor AND p.campaign = campaign_of(s.name)
    ) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% does not speak for %', session_user, culprit USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT a.actor || ' with ' || a.topic INTO culprit
        FROM added a JOIN streams s ON s.id = a.stream
            JOIN four_eyes f ON f.concluded = a.topic AND f.campaign = campaign_of(s.name)
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

-- Open to everybody whom the database lets in: an attempt by a login that holds no role is an attempt, too.  Texts that
-- are no ids are not kept, whoever calls.
CREATE OR REPLACE FUNCTION note_attempts(
    _at text, _actors text[], _commands text[], _subjects text[], _reasons text[], _ids text[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    INSERT INTO access (recorded_at, account, actor, command, subject, reason, command_id)
        SELECT CASE WHEN _at ~ '\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z' THEN _at
                ELSE to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END,
            'db:' || session_user, id_or_doubt(u.actor), id_or_doubt(u.command), id_or_doubt(u.subject),
            id_or_doubt(u.reason), id_or_doubt(u.id)
        FROM unnest(_actors, _commands, _subjects, _reasons, _ids) WITH ORDINALITY AS u (actor, command, subject, reason, id, nr)
        ORDER BY u.nr;
END
$$;

CREATE FUNCTION id_or_doubt(_text text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN length(_text) <= 200 AND _text !~ '[^a-zA-Z0-9_.:/@+-]' THEN _text ELSE '?' END
$$;

-- A login sees its own lines of these, whoever reaches everything all of them; particulars are ciphertext.
ALTER TABLE reach ENABLE ROW LEVEL SECURITY;
ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
ALTER TABLE speaks ENABLE ROW LEVEL SECURITY;
ALTER TABLE ties ENABLE ROW LEVEL SECURITY;
CREATE POLICY reach_reach ON reach USING (login = session_user OR (SELECT reaches_all()));
CREATE POLICY posts_reach ON posts USING (login = session_user OR (SELECT reaches_all()));
CREATE POLICY speaks_reach ON speaks USING (login = session_user OR (SELECT reaches_all()));
CREATE POLICY ties_reach ON ties USING ((SELECT reaches_all()) OR reaches(stream));
DROP POLICY persons_reach ON persons;
CREATE POLICY persons_reach ON persons USING ((SELECT sees('')));

REVOKE ALL ON FUNCTION sees, campaign_of, read_json, tied, due, follow_definition, follow_log, follow_adoption,
    reach_follows, id_or_doubt FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_attempts TO PUBLIC;
-- Whoever was granted a role before goes on without being granted it anew, what 0004_quick.sql brought included.
DO $$
DECLARE
    known text;
BEGIN
    FOR known IN SELECT r.rolname FROM pg_roles r
        WHERE r.rolname IN (current_database() || '_reader', current_database() || '_writer', current_database() || '_keeper')
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION sees TO %I', known);
        EXECUTE format('GRANT SELECT ON ties, posts TO %I', known);
        IF known <> current_database() || '_reader' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION take_stance, append_event, append_commands TO %I', known);
        END IF;
    END LOOP;
    PERFORM follow_log(campaign_of(s.name), (SELECT left(max(e.recorded_at), 10)::date FROM events e))
        FROM streams s WHERE s.name >= 'campaign:' AND s.name < 'campaign;';
END
$$;
