"""Append-only tables: the triggers that refuse change, and the list that `verify` and the runtime role's grants use."""

from django.db import migrations

TABLES: set[str] = set()

REFUSE_FUNCTION = """
CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % refused: the table is append-only', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
"""


def append_only(table: str) -> str:
    """Declares that a table is append-only; called beside the model, returns the table's name."""
    TABLES.add(table)
    return table


def operations(table: str) -> list[migrations.RunSQL]:
    """Migration operations that refuse UPDATE, DELETE and TRUNCATE on a table, whoever asks (its owner included)."""
    return [
        migrations.RunSQL(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change()",
            f"DROP TRIGGER {table}_append_only ON {table}",
        )
    ]
