-- The append in fewer and cheaper steps: one function for the usual command of one event, one for whatever a group of
-- commands writes, and one that tells a whole group at once what it looks at.

DROP FUNCTION take_stance;
DROP FUNCTION append_command;

-- Asked by every statement that adds events.  Every name in it is qualified, so that nobody's search_path matters.
CREATE OR REPLACE FUNCTION is_owner() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
    RETURN pg_catalog.pg_has_role(session_user, current_user, 'MEMBER');
END
$$;

-- In plpgsql, which keeps its plan.
CREATE OR REPLACE FUNCTION log_tip() RETURNS TABLE (at_position bigint, at_instant text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp SET enable_seqscan = off AS $$
BEGIN
    SELECT e.position, e.recorded_at INTO at_position, at_instant FROM events e ORDER BY e.position DESC LIMIT 1;
    IF FOUND THEN
        RETURN NEXT;
    END IF;
END
$$;

-- The append functions continue every stream by construction, and say so; whatever else adds events is looked at.
DROP TRIGGER events_grow ON events;
CREATE TRIGGER events_grow AFTER INSERT ON events REFERENCING NEW TABLE AS added FOR EACH STATEMENT
    WHEN (current_setting('campaign.appending', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION events_follow();
DROP TRIGGER events_within ON events;
CREATE TRIGGER events_within AFTER INSERT ON events REFERENCING NEW TABLE AS added FOR EACH STATEMENT
    WHEN (NOT is_owner()) EXECUTE FUNCTION events_within();

-- Take the lock and tell what commands look at, in one round trip: what each came to (nothing where it is new), how the
-- streams stand, rows of views, how far every view is.  An outcome that is there is locked: that makes the transaction's
-- commit wait for the standby as the command's own should have.
--
-- The lock is taken in a condition, which costs a tenth of a statement.  heard: somebody waits to be woken (see Link.wait);
-- they hold the second lock, shared.
CREATE FUNCTION take_stance(
    _commands text[], _streams text[], _views text[], _keys text[],
    OUT known text[], OUT digests text[], OUT accepted boolean[], OUT results bytea[], OUT firsts bigint[],
    OUT lasts bigint[], OUT head bigint, OUT recorded_at text, OUT now text, OUT heard boolean, OUT standing bigint[],
    OUT bodies bytea[], OUT names text[], OUT folds bigint[], OUT positions bigint[]
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp SET enable_seqscan = off SET jit = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    owned boolean := pg_has_role(session_user, current_user, 'MEMBER'); stand bigint; row_body bytea;
BEGIN
    IF pg_advisory_xact_lock((1128353104::bigint << 32) | 'events'::regclass::oid::bigint) IS NOT NULL THEN
        heard := NOT pg_try_advisory_xact_lock(1128353104, 'events'::regclass::oid::integer);
    END IF;
    SELECT array_agg(c.command_id), array_agg(c.digest), array_agg(c.accepted), array_agg(c.result), array_agg(c.first),
        array_agg(c.last) INTO known, digests, accepted, results, firsts, lasts
        FROM (SELECT * FROM commands a WHERE a.command_id = ANY (_commands) FOR KEY SHARE) AS c;
    SELECT e.position, e.recorded_at INTO head, recorded_at FROM events e ORDER BY e.position DESC LIMIT 1;
    now := to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    FOR i IN 1 .. cardinality(_streams) LOOP
        SELECT e.version INTO stand FROM events e
            WHERE e.stream = (SELECT s.id FROM streams s WHERE s.name = _streams[i]) ORDER BY e.version DESC LIMIT 1;
        standing[i] := coalesce(stand, 0);
    END LOOP;
    FOR i IN 1 .. cardinality(_views) LOOP
        row_body := NULL;
        IF owned OR reaches(_views[i] || ':' || _keys[i]) THEN
            SELECT v.body INTO row_body FROM views v WHERE v.name = _views[i] AND v.key = _keys[i];
        END IF;
        bodies[i] := row_body;
    END LOOP;
    SELECT array_agg(p.name), array_agg(p.version), array_agg(p.position) INTO names, folds, positions
        FROM view_positions p;
END
$$;

-- How a stream stands that had to stand at a version, NULL where it does: with topics (separated by blanks), later events
-- of others do not matter.
CREATE FUNCTION moved_to(_stream text, _version bigint, _topics text) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = {schema}, pg_temp SET enable_seqscan = off AS $$
DECLARE
    place bigint; actual bigint;
BEGIN
    SELECT s.id, (SELECT e.version FROM events e WHERE e.stream = s.id ORDER BY e.version DESC LIMIT 1)
        INTO place, actual FROM streams s WHERE s.name = _stream;
    IF coalesce(actual, 0) = _version OR actual > _version AND _topics IS NOT NULL AND NOT EXISTS (
        SELECT FROM events e WHERE e.stream = place AND e.version > _version AND e.topic = ANY (string_to_array(_topics, ' '))
    ) THEN
        RETURN NULL;
    END IF;
    RETURN coalesce(actual, 0);
END
$$;

-- Write a command of one event, all or nothing: the outcome it had before, a conflict, or what is written now.
--
-- _at: the instant to record, '' for the server's clock.  _guard: a stream that must stand at _standing; with topics
-- (_minding, separated by blanks), later events of others do not matter.  _view, _key, _row: a row of a view that goes
-- with it; _marked: the views that are folded so far.  The account is the session's own and cannot be chosen.
CREATE FUNCTION append_event(
    _command text, _digest text, _result bytea, _at text, _actor text, _role text,
    _stream text, _stand bigint, _topic text, _day text, _cause bigint, _body bytea,
    _guard text, _standing bigint, _minding text, _view text, _key text, _row bytea, _marked text[],
    OUT verdict text, OUT digest text, OUT accepted boolean, OUT result bytea, OUT first bigint, OUT last bigint,
    OUT stream text, OUT expected bigint, OUT actual bigint, OUT heard boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp SET enable_seqscan = off SET jit = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    head bigint; place bigint; stand bigint; instant text; known text;
BEGIN
    IF pg_advisory_xact_lock((1128353104::bigint << 32) | 'events'::regclass::oid::bigint) IS NOT NULL THEN
        heard := NOT pg_try_advisory_xact_lock(1128353104, 'events'::regclass::oid::integer);
    END IF;
    SELECT t.position, t.recorded_at, s.id, (SELECT e.version FROM events e WHERE e.stream = s.id ORDER BY e.version DESC LIMIT 1),
        (SELECT c.digest FROM commands c WHERE c.command_id = _command)
        INTO head, instant, place, stand, known
        FROM (SELECT) AS o LEFT JOIN streams s ON s.name = _stream
            LEFT JOIN (SELECT e.position, e.recorded_at FROM events e ORDER BY e.position DESC LIMIT 1) AS t ON true;
    IF known IS NOT NULL THEN
        SELECT 'known', c.digest, c.accepted, c.result, c.first, c.last INTO verdict, digest, accepted, result, first, last
            FROM commands c WHERE c.command_id = _command FOR KEY SHARE;
        RETURN;
    END IF;
    verdict := 'conflict';
    IF _guard IS NOT NULL THEN
        stream := _guard; expected := _standing; actual := moved_to(_guard, _standing, _minding);
        IF actual IS NOT NULL THEN
            RETURN;
        END IF;
    END IF;
    IF coalesce(stand, 0) <> _stand THEN
        stream := _stream; expected := _stand; actual := coalesce(stand, 0);
        RETURN;
    END IF;
    IF place IS NULL THEN
        INSERT INTO streams SELECT coalesce(max(s.id), 0) + 1, _stream FROM streams s RETURNING id INTO place;
    END IF;
    instant := greatest(
        coalesce(nullif(_at, ''), to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
        COLLATE "C", instant);
    first := coalesce(head, 0) + 1;
    PERFORM set_config('campaign.appending', 'on', true);
    INSERT INTO events (
        position, stream, version, topic, recorded_at, occurred_on, actor, role, command_id, command_index, causation,
        account, body
    ) VALUES (first, place, _stand + 1, _topic, instant, _day, _actor, _role, _command, 0, _cause,
        'db:' || session_user, _body);
    PERFORM set_config('campaign.appending', 'off', true);
    INSERT INTO commands (command_id, digest, accepted, first, last, recorded_at, result)
        VALUES (_command, _digest, true, append_event.first, append_event.first, instant, _result);
    IF _view IS NOT NULL THEN
        IF NOT (pg_has_role(session_user, current_user, 'MEMBER') OR reaches(_view || ':' || _key)) THEN
            RAISE EXCEPTION 'a row is not within reach of %', session_user USING ERRCODE = 'insufficient_privilege';
        END IF;
        UPDATE views v SET body = _row WHERE v.name = _view AND v.key = _key;
        IF NOT FOUND THEN
            INSERT INTO views VALUES (_view, _key, _row);
        END IF;
    END IF;
    IF _marked IS NOT NULL THEN
        UPDATE view_positions p SET position = append_event.first WHERE p.name = ANY (_marked);
    END IF;
    verdict := 'written';
    digest := _digest; accepted := true; result := _result; last := first;
    stream := NULL; expected := NULL;
END
$$;

-- Write a group of commands, all or nothing: the outcome that one of them had before, a conflict, or what is written now.
--
-- Of each command its events are runs, one for each time that it turns to a stream: _ends has the last run of each
-- command, _stands what the stream of a run must stand at before it, _tos the last event of it; what differs from event
-- to event follows.  _guards, _standings, _mindings, _ats as above.  Whatever is called with, streams are continued and
-- positions follow the last one.
CREATE FUNCTION append_commands(
    _commands text[], _digests text[], _accepted boolean[], _results bytea[], _ats text[], _actors text[], _roles text[],
    _guards text[], _standings bigint[], _mindings text[], _ends bigint[], _streams text[], _stands bigint[], _tos bigint[],
    _topics text[], _days text[], _causes bigint[], _bodies bytea[],
    _views text[], _keys text[], _rows bytea[], _marked text[], _folds bigint[],
    OUT verdict text, OUT digest text, OUT accepted boolean, OUT result bytea, OUT first bigint, OUT last bigint,
    OUT stream text, OUT expected bigint, OUT actual bigint, OUT heard boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp SET enable_seqscan = off SET jit = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    head bigint; instant text; place bigint; done bigint := 0; turn integer := 1; before integer; again boolean := false;
    places bigint[]; tails bigint[]; froms bigint[]; owns integer[]; begun bigint[]; ended bigint[]; instants text[];
BEGIN
    IF pg_advisory_xact_lock((1128353104::bigint << 32) | 'events'::regclass::oid::bigint) IS NOT NULL THEN
        heard := NOT pg_try_advisory_xact_lock(1128353104, 'events'::regclass::oid::integer);
    END IF;
    SELECT 'known', c.digest, c.accepted, c.result, c.first, c.last INTO verdict, digest, accepted, result, first, last
        FROM commands c WHERE c.command_id = ANY (_commands) LIMIT 1 FOR KEY SHARE;
    IF FOUND THEN
        RETURN;
    END IF;
    verdict := 'conflict';
    FOR i IN 1 .. cardinality(_guards) LOOP
        stream := _guards[i]; expected := _standings[i];
        actual := moved_to(stream, expected, _mindings[i]);
        IF actual IS NOT NULL THEN
            RETURN;
        END IF;
    END LOOP;
    SELECT e.position, e.recorded_at INTO head, instant FROM events e ORDER BY e.position DESC LIMIT 1;
    head := coalesce(head, 0);
    FOR i IN 1 .. cardinality(_commands) LOOP
        instant := greatest(
            coalesce(nullif(_ats[i], ''), to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
            COLLATE "C", instant);
        instants[i] := instant; begun[i] := 0; ended[i] := 0;
    END LOOP;
    IF cardinality(_streams) > 1 THEN
        again := cardinality(_streams) > (SELECT count(DISTINCT u.name) FROM unnest(_streams) AS u (name));
    END IF;
    FOR i IN 1 .. cardinality(_streams) LOOP
        WHILE _ends[turn] < i LOOP
            turn := turn + 1;
        END LOOP;
        stream := _streams[i]; expected := _stands[i]; before := CASE WHEN again THEN array_position(_streams, stream) ELSE i END;
        IF before < i THEN
            place := places[before]; actual := tails[before];
        ELSE
            SELECT s.id, coalesce((SELECT e.version FROM events e WHERE e.stream = s.id ORDER BY e.version DESC LIMIT 1), 0)
                INTO place, actual FROM streams s WHERE s.name = stream;
        END IF;
        IF coalesce(actual, 0) <> expected THEN
            actual := coalesce(actual, 0);
            RETURN;
        END IF;
        places[i] := place; froms[i] := done + 1; owns[i] := turn; tails[before] := expected + _tos[i] - done;
        IF begun[turn] = 0 THEN
            begun[turn] := head + done + 1;
        END IF;
        ended[turn] := head + _tos[i];
        IF _tos[i] <= done THEN
            RAISE EXCEPTION 'the log only grows: a run has events' USING ERRCODE = 'restrict_violation';
        END IF;
        done := _tos[i];
    END LOOP;
    IF array_position(places, NULL) IS NOT NULL THEN
        INSERT INTO streams (id, name)
            SELECT (SELECT coalesce(max(s.id), 0) FROM streams s) + row_number() OVER (ORDER BY n.i), n.name FROM (
                SELECT _streams[i] AS name, min(i) AS i FROM generate_subscripts(_streams, 1) AS i WHERE places[i] IS NULL
                GROUP BY _streams[i]
            ) AS n;
        FOR i IN 1 .. cardinality(_streams) LOOP
            IF places[i] IS NULL THEN
                SELECT s.id INTO place FROM streams s WHERE s.name = _streams[i];
                places[i] := place;
            END IF;
        END LOOP;
    END IF;
    IF done > 0 THEN
        PERFORM set_config('campaign.appending', 'on', true);
        INSERT INTO events (
            position, stream, version, topic, recorded_at, occurred_on, actor, role, command_id, command_index,
            causation, account, body
        )
            SELECT head + i, places[r], _stands[r] + 1 + i - froms[r], _topics[i], instants[owns[r]], _days[i],
                _actors[owns[r]], _roles[owns[r]], _commands[owns[r]], head + i - begun[owns[r]], _causes[i],
                'db:' || session_user, _bodies[i]
            FROM generate_series(1, cardinality(_streams)) AS r, generate_series(froms[r], _tos[r]) AS i;
        PERFORM set_config('campaign.appending', 'off', true);
    END IF;
    INSERT INTO commands (command_id, digest, accepted, first, last, recorded_at, result)
        SELECT _commands[i], _digests[i], _accepted[i], begun[i], ended[i], instants[i], _results[i]
        FROM generate_series(1, cardinality(_commands)) AS i;
    IF cardinality(_views) > 0 THEN
        IF NOT pg_has_role(session_user, current_user, 'MEMBER')
            AND EXISTS (SELECT FROM generate_series(1, cardinality(_views)) AS i WHERE NOT reaches(_views[i] || ':' || _keys[i])) THEN
            RAISE EXCEPTION 'a row is not within reach of %', session_user USING ERRCODE = 'insufficient_privilege';
        END IF;
        INSERT INTO views (name, key, body)
            SELECT _views[i], _keys[i], _rows[i] FROM generate_series(1, cardinality(_views)) AS i
            ON CONFLICT (name, key) DO UPDATE SET body = excluded.body;
    END IF;
    IF cardinality(_marked) > 0 THEN
        INSERT INTO view_positions (name, version, position)
            SELECT _marked[i], _folds[i], head + done FROM generate_series(1, cardinality(_marked)) AS i
            ON CONFLICT (name) DO UPDATE SET version = excluded.version, position = excluded.position;
    END IF;
    verdict := 'written';
    digest := _digests[1]; accepted := _accepted[1]; result := _results[1]; first := begun[1]; last := ended[1];
    stream := NULL; expected := NULL; actual := NULL;
END
$$;

REVOKE ALL ON FUNCTION take_stance, append_event, append_commands, moved_to FROM PUBLIC;
