from django.db import migrations

from journal.appendonly import REFUSE_FUNCTION, operations

# Every new entry waits for the sealer: filled by the database, so that no writer can forget it.
QUEUE = """
CREATE FUNCTION journal_queue_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO journal_unsealed (entry_id) SELECT id FROM added;
  RETURN NULL;
END $$;
CREATE TRIGGER journal_entry_queue AFTER INSERT ON journal_entry
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION journal_queue_entries();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE_FUNCTION, "DROP FUNCTION journal_refuse_change"),
        migrations.RunSQL(
            QUEUE, "DROP TRIGGER journal_entry_queue ON journal_entry; DROP FUNCTION journal_queue_entries"
        ),
        *operations("journal_entry"),
        *operations("journal_seal"),
    ]
