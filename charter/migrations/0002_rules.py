from django.db import migrations

from journal.appendonly import operations

# Editions are numbered without a gap, in the order of execution; the database holds it whoever writes.
NUMBERED = """
CREATE FUNCTION charter_number_editions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM charter_edition) THEN
    RAISE EXCEPTION 'edition % does not follow the last one', NEW.number USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER charter_edition_numbered BEFORE INSERT ON charter_edition
  FOR EACH ROW EXECUTE FUNCTION charter_number_editions();
"""


class Migration(migrations.Migration):
    dependencies = [("charter", "0001_initial"), ("journal", "0002_rules")]

    operations = [
        migrations.RunSQL(
            NUMBERED, "DROP TRIGGER charter_edition_numbered ON charter_edition; DROP FUNCTION charter_number_editions"
        ),
        *operations("charter_edition"),
        *operations("charter_amendment"),
    ]
