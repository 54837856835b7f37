from django.db import migrations

# What a hidden round keeps from the journal comes with its end, whole: at the commit, because the outcome and the
# entries are written one after the other. Only such rounds are looked at.
PUBLICATION = """
CREATE FUNCTION proposals_publication_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  held proposals_round;
  about text;
BEGIN
  SELECT * INTO held FROM proposals_round WHERE id = NEW.round_id;
  IF NOT held.hidden THEN
    RETURN NULL;
  END IF;
  SELECT format('proposal/%s/round/%s', number, held.number) INTO about
    FROM proposals_proposal WHERE id = held.proposal_id;
  IF EXISTS (
       SELECT b.number, b.receipt::text, b.cast_at FROM proposals_ballot b JOIN proposals_seat s ON s.id = b.seat_id
         WHERE s.round_id = held.id
       EXCEPT ALL
       SELECT (e.data->>'number')::bigint, e.data->>'receipt', e.at FROM journal_entry e
         WHERE e.subject = about AND e.verb = 'ballot.cast' AND e.actor = 'system:worker')
     OR (SELECT count(*) FROM proposals_ballot b JOIN proposals_seat s ON s.id = b.seat_id WHERE s.round_id = held.id)
        <> (SELECT count(*) FROM journal_entry e WHERE e.subject = about AND e.verb = 'ballot.cast') THEN
    RAISE EXCEPTION 'outcome: the ballots of its round are not published with it' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER proposals_publication_guard AFTER INSERT ON proposals_outcome
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION proposals_publication_guard();
"""
DROP = """
DROP TRIGGER proposals_publication_guard ON proposals_outcome;
DROP FUNCTION proposals_publication_guard;
"""


class Migration(migrations.Migration):
    dependencies = [("proposals", "0008_comments"), ("journal", "0002_rules")]

    operations = [migrations.RunSQL(PUBLICATION, DROP)]
