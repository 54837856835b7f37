from django.db import migrations

# The rules as the database holds them for whoever comes another way than the services. Each looks only at the new row
# and at rows that cannot change any more; what two transactions must not do at once is ordered by the Proposal's lock.

PROPOSAL = """
CREATE FUNCTION proposals_proposal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR ROW(NEW.id, NEW.number, NEW.kind, NEW.application_id, NEW.proposed_by_id, NEW.proposed_at,
                             NEW.acts, NEW.acts_digest)
     IS DISTINCT FROM ROW(OLD.id, OLD.number, OLD.kind, OLD.application_id, OLD.proposed_by_id, OLD.proposed_at,
                          OLD.acts, OLD.acts_digest) THEN
    RAISE EXCEPTION 'proposal %: what was proposed does not change', OLD.number USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER proposals_proposal_guard BEFORE UPDATE OR DELETE ON proposals_proposal
  FOR EACH ROW EXECUTE FUNCTION proposals_proposal_guard();
"""

ROUND = """
CREATE FUNCTION proposals_round_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before proposals_round;
  ended proposals_outcome;
BEGIN
  NEW.opened_in := pg_current_xact_id()::text::bigint;
  SELECT * INTO before FROM proposals_round WHERE proposal_id = NEW.proposal_id ORDER BY number DESC LIMIT 1;
  IF NEW.number <> coalesce(before.number, 0) + 1 THEN
    RAISE EXCEPTION 'round %: not the next of its proposal', NEW.number USING ERRCODE = 'check_violation';
  END IF;
  IF before.id IS NOT NULL THEN
    SELECT * INTO ended FROM proposals_outcome WHERE round_id = before.id;
    IF ended.round_id IS NULL OR ended.result NOT IN ('objected', 'silence')
       OR NEW.opened_at < ended.decided_at OR NEW.previous <> ended.digest THEN
      RAISE EXCEPTION 'round %: does not follow a round that ended without passing', NEW.number
        USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER proposals_round_guard BEFORE INSERT ON proposals_round
  FOR EACH ROW EXECUTE FUNCTION proposals_round_guard();
"""

# An electorate is complete when its round is committed: no later transaction adds a seat.
SEAT = """
CREATE FUNCTION proposals_seat_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM added JOIN proposals_round r ON r.id = added.round_id
             WHERE r.opened_in <> pg_current_xact_id()::text::bigint) THEN
    RAISE EXCEPTION 'seat: the electorate was fixed when the round opened' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER proposals_seat_guard AFTER INSERT ON proposals_seat
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION proposals_seat_guard();
"""

BALLOT = """
CREATE FUNCTION proposals_ballot_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM proposals_seat s JOIN proposals_round r ON r.id = s.round_id
    WHERE s.id = NEW.seat_id AND r.proposal_id = NEW.proposal_id
      AND r.opened_at <= NEW.cast_at AND NEW.cast_at < r.deadline_at
      AND NOT EXISTS (SELECT 1 FROM proposals_outcome o WHERE o.round_id = r.id);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'ballot: its round is not open' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER proposals_ballot_guard BEFORE INSERT ON proposals_ballot
  FOR EACH ROW EXECUTE FUNCTION proposals_ballot_guard();
"""

OUTCOME = """
CREATE FUNCTION proposals_outcome_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  held proposals_round;
  seats bigint; yes bigint; objections bigint;
  head text; last_cast_at timestamptz;
BEGIN
  SELECT * INTO held FROM proposals_round WHERE id = NEW.round_id;
  SELECT count(*), count(*) FILTER (WHERE b.choice = 'for'), count(*) FILTER (WHERE b.choice = 'object')
    INTO seats, yes, objections
    FROM proposals_seat s LEFT JOIN LATERAL (
      SELECT choice FROM proposals_ballot WHERE seat_id = s.id ORDER BY seq DESC LIMIT 1) b ON true
    WHERE s.round_id = held.id;
  SELECT b.receipt, b.cast_at INTO head, last_cast_at
    FROM proposals_ballot b JOIN proposals_seat s ON s.id = b.seat_id
    WHERE b.proposal_id = held.proposal_id AND s.round_id = held.id ORDER BY b.number DESC LIMIT 1;
  IF (NEW.tally->>'seats')::bigint IS DISTINCT FROM seats OR (NEW.tally->>'in_favour')::bigint IS DISTINCT FROM yes
     OR (NEW.tally->>'against')::bigint IS DISTINCT FROM objections THEN
    RAISE EXCEPTION 'outcome: does not count the ballots' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.last_receipt <> coalesce(head, held.digest) OR NEW.decided_at < coalesce(last_cast_at, held.opened_at) THEN
    RAISE EXCEPTION 'outcome: does not stand on the last ballot' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.result = 'succeeded' AND (
       NEW.decided_at < held.earliest_end_at OR yes = 0
       OR (held.rule LIKE 'share>=1 of=all %' AND yes < seats)
       OR (held.rule LIKE '%everybody=yes' AND objections + yes < seats)) THEN
    RAISE EXCEPTION 'outcome: the rule of the round is not met' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.result = 'silence' AND NEW.decided_at < held.deadline_at THEN
    RAISE EXCEPTION 'outcome: silence is known at the deadline' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.result = 'objected' AND objections = 0 THEN
    RAISE EXCEPTION 'outcome: no objection stands' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER proposals_outcome_guard BEFORE INSERT ON proposals_outcome
  FOR EACH ROW EXECUTE FUNCTION proposals_outcome_guard();
"""

EXECUTION = """
CREATE FUNCTION proposals_execution_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM proposals_outcome o JOIN proposals_round r ON r.id = o.round_id
    WHERE o.round_id = NEW.outcome_id AND r.proposal_id = NEW.proposal_id
      AND o.result = 'succeeded' AND NEW.executed_at >= o.decided_at;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'execution: its proposal has not passed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER proposals_execution_guard BEFORE INSERT ON proposals_execution
  FOR EACH ROW EXECUTE FUNCTION proposals_execution_guard();
"""

# What decides about one ballot, for the hot path. VOLATILE, so that its query sees what is committed when it begins.
# "Every other seat is in favour" stops at the first seat that is not.
STANDING = """
CREATE FUNCTION proposals_standing(the_round bigint, the_member bigint, the_user bigint) RETURNS TABLE (
  now timestamptz, round_number integer, opened_at timestamptz, earliest_end_at timestamptz, deadline_at timestamptz,
  closed boolean, handle varchar, seat bigint, staying boolean, seq integer, choice varchar, number bigint, link varchar,
  others_in_favour boolean) LANGUAGE plpgsql VOLATILE ROWS 1 AS $$
BEGIN
  RETURN QUERY
  SELECT clock_timestamp(), r.number, r.opened_at, r.earliest_end_at, r.deadline_at, o.round_id IS NOT NULL,
         m.handle::varchar, s.id, s.staying, coalesce(mine.seq, 0), coalesce(mine.choice, ''),
         coalesce(last.number, 0), CASE WHEN last.round_id = r.id THEN last.receipt ELSE r.digest END,
         s.id IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM proposals_seat x WHERE x.round_id = r.id AND x.id <> s.id AND coalesce((
             SELECT b.choice FROM proposals_ballot b WHERE b.seat_id = x.id ORDER BY b.seq DESC LIMIT 1), '') <> 'for')
  FROM proposals_round r
  LEFT JOIN proposals_outcome o ON o.round_id = r.id
  LEFT JOIN members_member m ON m.id = the_member OR m.user_id = the_user
  LEFT JOIN LATERAL (
    SELECT z.id, EXISTS (
      SELECT 1 FROM members_membership p WHERE p.member_id = z.member_id AND p.exited_on IS NULL
        AND p.joined_on < (r.opened_at AT TIME ZONE 'UTC')::date) AS staying
    FROM proposals_seat z WHERE z.round_id = r.id AND z.member_id = m.id) s ON true
  LEFT JOIN LATERAL (
    SELECT b.seq, b.choice FROM proposals_ballot b WHERE b.seat_id = s.id ORDER BY b.seq DESC LIMIT 1) mine ON true
  LEFT JOIN LATERAL (
    SELECT b.number, b.receipt, z.round_id FROM proposals_ballot b JOIN proposals_seat z ON z.id = b.seat_id
    WHERE b.proposal_id = r.proposal_id ORDER BY b.number DESC LIMIT 1) last ON true
  WHERE r.id = the_round;
END $$;
"""


def guard(name: str, sql: str) -> migrations.RunSQL:
    """The trigger and its way back."""
    drop = f"DROP TRIGGER proposals_{name}_guard ON proposals_{name}; DROP FUNCTION proposals_{name}_guard"
    return migrations.RunSQL(sql, drop)


class Migration(migrations.Migration):
    dependencies = [("proposals", "0002_append_only")]

    operations = [
        guard("proposal", PROPOSAL),
        guard("round", ROUND),
        guard("seat", SEAT),
        guard("ballot", BALLOT),
        guard("outcome", OUTCOME),
        guard("execution", EXECUTION),
        migrations.RunSQL(STANDING, "DROP FUNCTION proposals_standing"),
    ]
