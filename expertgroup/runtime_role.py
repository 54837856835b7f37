"""The role that serves in production: it reads and writes, but cannot change or remove an append-only row."""

from django.db import connection, transaction
from psycopg import sql

from journal import appendonly

EXCESS = """
SELECT lower(privilege) || ' ' || relname
FROM pg_class, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS privilege
WHERE relname = ANY(%s) AND relnamespace = 'public'::regnamespace AND has_table_privilege(oid, privilege)
ORDER BY relname, privilege
"""


def excess_rights() -> list[str]:
    """What the connected role could do to append-only tables ("update treasury_transfer"), sorted; none is right."""
    with connection.cursor() as cursor:
        cursor.execute(EXCESS, [sorted(appendonly.TABLES)])
        return [right for (right,) in cursor.fetchall()]


def create(role: str, password: str) -> None:
    """Makes `role` unless it exists, sets its password and that it may sign in; the owner must be allowed to."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
        made = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}")
        cursor.execute(made.format(verb, sql.Identifier(role), sql.Literal(password)).as_string(None))


def grant(role: str) -> int:
    """Gives `role` what serving needs, no more; the owner runs it after each migration. Returns the tables narrowed."""
    name = sql.Identifier(role)
    statements = [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(name),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(name),
    ]
    tables = sorted(appendonly.TABLES | {"django_migrations"})
    for table in tables:
        narrowed = sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), name)
        statements.append(narrowed)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.as_string(None))
    return len(tables)
