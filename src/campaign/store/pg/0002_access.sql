-- The access journal: what was refused because whoever asked may not ask for it.

CREATE TABLE access (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at text COLLATE "C" NOT NULL,
    account text NOT NULL,
    actor text NOT NULL,
    command text NOT NULL,
    subject text NOT NULL,
    reason text NOT NULL,
    command_id text NOT NULL
);

CREATE TRIGGER access_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON access
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Open to whoever may read, too: an attempt is noted that could not have written anything.  The account is the session's
-- own; _at: the instant to record, '' for the server's clock.
CREATE FUNCTION note_attempts(
    _at text, _actors text[], _commands text[], _subjects text[], _reasons text[], _ids text[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    INSERT INTO access (recorded_at, account, actor, command, subject, reason, command_id)
        SELECT coalesce(nullif(_at, ''), to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')),
            'db:' || session_user, u.actor, u.command, u.subject, u.reason, u.id
        FROM unnest(_actors, _commands, _subjects, _reasons, _ids) WITH ORDINALITY AS u (actor, command, subject, reason, id, nr)
        ORDER BY u.nr;
END
$$;

REVOKE ALL ON FUNCTION note_attempts FROM PUBLIC;
