"""What the schema of a PostgreSQL store consists of, to see what somebody dropped, changed or added."""

import sys
from collections.abc import Mapping, Sequence
from importlib.resources import files

QUERY = """
WITH here AS (
    SELECT n.oid, quote_ident(n.nspname) || '.' AS prefix FROM pg_namespace n WHERE n.nspname = current_schema()
)
SELECT 'table ' || c.relname, string_agg(
        a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
        ', ' ORDER BY a.attnum) || CASE WHEN c.relrowsecurity THEN '; row security' ELSE '' END
    FROM pg_class c JOIN here ON c.relnamespace = here.oid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'v') GROUP BY c.relname, c.relrowsecurity
UNION ALL
SELECT 'trigger ' || t.tgname, c.relname || ' ' || p.proname || ' type ' || t.tgtype || ' state ' || t.tgenabled::text
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN here ON c.relnamespace = here.oid
    JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal
UNION ALL
SELECT 'function ' || p.proname, md5(replace(p.prosrc, here.prefix, ''))
        || CASE WHEN p.prosecdef THEN ' as owner' ELSE '' END
        || coalesce(' ' || replace(array_to_string(p.proconfig, ' '), rtrim(here.prefix, '.'), '*'), '')
    FROM pg_proc p JOIN here ON p.pronamespace = here.oid
UNION ALL
SELECT 'constraint ' || k.conname, c.relname || ' ' || pg_get_constraintdef(k.oid)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN here ON c.relnamespace = here.oid
    WHERE k.contype IN ('p', 'u', 'c', 'f')
UNION ALL
SELECT 'rule ' || r.rulename, r.definition FROM pg_rules r WHERE r.schemaname = current_schema()
UNION ALL
SELECT 'policy ' || p.policyname,
        regexp_replace(replace(concat_ws(' ', p.tablename, p.permissive, p.cmd, p.qual, p.with_check), here.prefix, ''),
            '\\s+', ' ', 'g')
    FROM pg_policies p, here WHERE p.schemaname = current_schema()
ORDER BY 1"""
FILE = "shape.txt"
"""What a store of this program is made of, by name; written by `python -m campaign.store.postgres_shape DSN`."""


def text_of(found: Mapping[str, str]) -> str:
    """Write a schema, one line each, in order of name."""
    return "".join(f"{name}: {what}\n" for name, what in sorted(found.items()))


def made() -> dict[str, str]:
    """Return what a store of this program is made of."""
    lines = (files("campaign.store") / "pg" / FILE).read_text(encoding="utf-8").splitlines()
    return {name: what for name, _, what in (line.partition(": ") for line in lines)}


def amiss(found: Mapping[str, str]) -> list[str]:
    """Name what was dropped, changed or added."""
    due = made()
    gone = [f"{name} is gone" for name in due if name not in found]
    changed = [f"{name} was changed" for name, what in due.items() if found.get(name, what) != what]
    return [*gone, *changed, *(f"{name} was added" for name in found if name not in due)]


def main(arguments: Sequence[str] = ()) -> None:
    """Write the schema of the fresh store at the address given, to standard output."""
    from campaign.store.postgres_connect import opened  # noqa: PLC0415 -- an extra

    (dsn,) = arguments or sys.argv[1:]
    with opened(dsn) as connection:
        found: dict[str, str] = dict(connection.execute(QUERY).fetchall())
    sys.stdout.write(text_of(found))


if __name__ == "__main__":
    main()
