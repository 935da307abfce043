-- What `campaign store migrate --roles` grants: three roles without a login, for the logins to be members of.
--   {reader} reads what is within reach, and may note its own refused attempts
--   {writer} also gives commands, by the append function and by nothing else
--   {keeper} also folds the read models anew, seals the tree, keeps and erases particulars of persons
DO $$
DECLARE
    wanted text; member text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY[{names}] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
    END LOOP;
    FOR wanted, member IN
        SELECT g.rolname, m.rolname FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
        WHERE g.rolname IN ({names}) AND m.rolname <> session_user
    LOOP
        EXECUTE format('REVOKE %I FROM %I', wanted, member);
    END LOOP;
END
$$;
REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {reader}, {writer}, {keeper};
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC, {reader}, {writer}, {keeper};
REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC;
GRANT USAGE ON SCHEMA {schema} TO PUBLIC;
GRANT SELECT ON streams, events, commands, views, view_positions, persons, tree, checkpoints, access, migrations,
    reach, speaks, four_eyes, ties, posts TO {reader}, {writer}, {keeper};
GRANT EXECUTE ON FUNCTION note_attempts TO PUBLIC;
GRANT EXECUTE ON FUNCTION is_owner, reaches_all, reaches, sees, log_tip, stand_of, touched
    TO {reader}, {writer}, {keeper};
GRANT EXECUTE ON FUNCTION lock_log, take_stance, append_event, append_commands, settle_command TO {writer}, {keeper};
GRANT INSERT, UPDATE, DELETE ON views, view_positions, tree, persons TO {keeper};
GRANT INSERT ON checkpoints TO {keeper};
