from django.db import migrations

from journal.appendonly import operations

# Accepted once, by a day that stays; what the client accepted stays as it was. Nothing is ever removed.
ENGAGEMENTS = """
CREATE FUNCTION consulting_guard_engagement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.reference, NEW.client_id, NEW.pricing, NEW.created_at)
     IS DISTINCT FROM (OLD.id, OLD.reference, OLD.client_id, OLD.pricing, OLD.created_at)
     OR OLD.accepted_on IS NOT NULL AND (NEW.accepted_on, NEW.opened_on, NEW.price_micro)
        IS DISTINCT FROM (OLD.accepted_on, OLD.opened_on, OLD.price_micro) THEN
    RAISE EXCEPTION 'engagement % refused: what it is and what was accepted stays', OLD.reference
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_engagement_guard BEFORE UPDATE ON consulting_engagement
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_engagement();
CREATE TRIGGER consulting_engagement_kept BEFORE DELETE OR TRUNCATE ON consulting_engagement
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""

# Sessions belong to an engagement that is not accepted yet, by the hour with a rate, at a fixed price without; once it
# is accepted they stay as they are. The engagement's row is locked by whoever adds or accepts, so the check holds.
SESSIONS = """
CREATE FUNCTION consulting_guard_session() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  whole consulting_engagement;
BEGIN
  SELECT * INTO whole FROM consulting_engagement WHERE id = NEW.engagement_id;
  IF whole.accepted_on IS NOT NULL THEN
    RAISE EXCEPTION 'session % refused: % is accepted', NEW.reference, whole.reference USING ERRCODE = 'check_violation';
  END IF;
  IF (whole.pricing = 'hourly') <> (NEW.rate_micro IS NOT NULL) THEN
    RAISE EXCEPTION 'session % refused: a rate by the hour, none at a fixed price', NEW.reference
      USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND (NEW.id, NEW.reference, NEW.engagement_id, NEW.member_id)
     IS DISTINCT FROM (OLD.id, OLD.reference, OLD.engagement_id, OLD.member_id) THEN
    RAISE EXCEPTION 'session % refused: whose it is stays', OLD.reference USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_session_guard BEFORE INSERT OR UPDATE ON consulting_session
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_session();
CREATE TRIGGER consulting_session_kept BEFORE DELETE OR TRUNCATE ON consulting_session
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""

# The individuals' part of an acceptance is the sum of its shares: checked for all new shares of a statement at once,
# and that an acceptance has its shares at the end of the transaction.
SHARES = """
CREATE FUNCTION consulting_check_shares() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong record;
BEGIN
  SELECT a.id, a.individuals_micro, coalesce(sum(s.amount_micro), 0) AS shared INTO wrong
  FROM consulting_acceptance a LEFT JOIN consulting_share s ON s.acceptance_id = a.id
  WHERE a.id = NEW.id GROUP BY a.id HAVING a.individuals_micro <> coalesce(sum(s.amount_micro), 0);
  IF FOUND THEN
    RAISE EXCEPTION 'acceptance % refused: % shared of %', wrong.id, wrong.shared, wrong.individuals_micro
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER consulting_acceptance_shared AFTER INSERT ON consulting_acceptance
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION consulting_check_shares();
"""


def undo(*statements: str) -> str:
    """The statements in one text."""
    return ";".join(statements)


class Migration(migrations.Migration):
    dependencies = [("consulting", "0001_initial"), ("journal", "0002_rules"), ("treasury", "0002_rules")]

    operations = [
        *operations("consulting_acceptance"),
        *operations("consulting_share"),
        migrations.RunSQL(
            ENGAGEMENTS,
            undo(
                "DROP FUNCTION consulting_guard_engagement CASCADE",
                "DROP TRIGGER consulting_engagement_kept ON consulting_engagement",
            ),
        ),
        migrations.RunSQL(
            SESSIONS,
            undo(
                "DROP FUNCTION consulting_guard_session CASCADE",
                "DROP TRIGGER consulting_session_kept ON consulting_session",
            ),
        ),
        migrations.RunSQL(SHARES, "DROP FUNCTION consulting_check_shares CASCADE"),
    ]
