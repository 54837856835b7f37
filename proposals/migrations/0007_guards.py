from django.db import migrations

from journal.appendonly import operations

# What 0003 and 0004 guard, with motions that move a round's end, elections and what waits before it opens. Every function
# that has to know of them is written anew, whole, so that one place says what holds. There is no way back: rows that are
# there by then are not what the guards of 0004 let in, and those guards know no motions.

# The times that decide, as `rules/motions.py` has them: what was said at opening, moved by extensions that somebody
# seconded and by holds until they end or are released.
TIMES = """
CREATE FUNCTION proposals_hold_end(the_round bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT max(least(m.until_at, a.answered_at)) FROM proposals_motion m LEFT JOIN proposals_answer a ON a.motion_id = m.id
  WHERE m.round_id = the_round AND m.kind = 'hold'
$$;
CREATE FUNCTION proposals_deadline(the_round bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT greatest(coalesce((
           SELECT m.until_at FROM proposals_motion m JOIN proposals_answer a ON a.motion_id = m.id
           WHERE m.round_id = r.id AND m.kind = 'extend' ORDER BY m.until_at DESC LIMIT 1), r.deadline_at),
         proposals_hold_end(r.id))
  FROM proposals_round r WHERE r.id = the_round
$$;
CREATE FUNCTION proposals_earliest_end(the_round bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT greatest(r.earliest_end_at, proposals_hold_end(r.id)) FROM proposals_round r WHERE r.id = the_round
$$;
"""

# Acts can still be made while nothing has opened: an election's are those of the candidates who stand by then.
PROPOSAL = """
CREATE OR REPLACE FUNCTION proposals_proposal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR ROW(NEW.id, NEW.number, NEW.kind, NEW.application_id, NEW.concerns_id, NEW.proposed_by_id,
                             NEW.proposed_at, NEW.opens_at, NEW.execute_on, NEW.hidden, NEW.final_ballots,
                             NEW.ending_term)
     IS DISTINCT FROM ROW(OLD.id, OLD.number, OLD.kind, OLD.application_id, OLD.concerns_id, OLD.proposed_by_id,
                          OLD.proposed_at, OLD.opens_at, OLD.execute_on, OLD.hidden, OLD.final_ballots,
                          OLD.ending_term) THEN
    RAISE EXCEPTION 'proposal %: what was proposed does not change', OLD.number USING ERRCODE = 'check_violation';
  END IF;
  IF ROW(NEW.acts, NEW.acts_digest) IS DISTINCT FROM ROW(OLD.acts, OLD.acts_digest)
     AND (OLD.kind <> 'election' OR EXISTS (SELECT 1 FROM proposals_round WHERE proposal_id = OLD.id)) THEN
    RAISE EXCEPTION 'proposal %: once it opened, what it does does not change', OLD.number USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.taken_back_at IS DISTINCT FROM OLD.taken_back_at AND (OLD.taken_back_at IS NOT NULL
     OR EXISTS (SELECT 1 FROM proposals_round WHERE proposal_id = OLD.id)) THEN
    RAISE EXCEPTION 'proposal %: only what waits is taken back', OLD.number USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""

ROUND = """
CREATE OR REPLACE FUNCTION proposals_round_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  about proposals_proposal;
  before proposals_round;
  ended proposals_outcome;
BEGIN
  NEW.opened_in := pg_current_xact_id()::text::bigint;
  SELECT * INTO about FROM proposals_proposal WHERE id = NEW.proposal_id;
  IF about.taken_back_at IS NOT NULL THEN
    RAISE EXCEPTION 'round %: its proposal was taken back', NEW.number USING ERRCODE = 'check_violation';
  END IF;
  IF (about.kind = 'election') <> (jsonb_array_length(NEW.candidates) > 0) OR NEW.hidden <> about.hidden
     OR NEW.execute_on IS DISTINCT FROM about.execute_on THEN
    RAISE EXCEPTION 'round %: is not of its proposal', NEW.number USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.number = 1 AND NEW.opened_at < about.opens_at THEN
    RAISE EXCEPTION 'round %: before its moment', NEW.number USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.opened_by_id IS NULL AND about.opens_at IS NULL AND NEW.number = 1 THEN
    RAISE EXCEPTION 'round %: somebody opens it', NEW.number USING ERRCODE = 'check_violation';
  END IF;
  SELECT * INTO before FROM proposals_round WHERE proposal_id = NEW.proposal_id ORDER BY number DESC LIMIT 1;
  IF NEW.number <> coalesce(before.number, 0) + 1 THEN
    RAISE EXCEPTION 'round %: not the next of its proposal', NEW.number USING ERRCODE = 'check_violation';
  END IF;
  IF before.id IS NULL THEN
    RETURN NEW;
  END IF;
  SELECT * INTO ended FROM proposals_outcome WHERE round_id = before.id;
  IF ended.round_id IS NULL OR ended.result = 'canceled' OR NEW.opened_at < ended.decided_at
     OR NEW.previous <> ended.digest OR NOT before.candidates @> NEW.candidates
     OR (ended.result = 'succeeded' AND (NEW.opened_at < ended.expires_at OR EXISTS (
           SELECT 1 FROM proposals_execution WHERE proposal_id = NEW.proposal_id))) THEN
    RAISE EXCEPTION 'round %: does not follow a round that ended without passing', NEW.number
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""

# Who is to be removed does not vote on it, nor who recused themself before it opened.
SEAT = """
CREATE OR REPLACE FUNCTION proposals_seat_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM added JOIN proposals_round r ON r.id = added.round_id
             WHERE r.opened_in <> pg_current_xact_id()::text::bigint) THEN
    RAISE EXCEPTION 'seat: the electorate was fixed when the round opened' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM added JOIN proposals_round r ON r.id = added.round_id
             JOIN proposals_proposal p ON p.id = r.proposal_id WHERE p.concerns_id = added.member_id) THEN
    RAISE EXCEPTION 'seat: nobody votes on their own removal' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM added JOIN proposals_round r ON r.id = added.round_id CROSS JOIN LATERAL (
               SELECT d.stands FROM proposals_declaration d WHERE d.proposal_id = r.proposal_id AND d.kind = 'recusal'
                 AND d.member_id = added.member_id ORDER BY d.seq DESC LIMIT 1) latest WHERE latest.stands) THEN
    RAISE EXCEPTION 'seat: its member is recused' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
"""

BALLOT = """
CREATE OR REPLACE FUNCTION proposals_ballot_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  held proposals_round;
BEGIN
  SELECT r.* INTO held FROM proposals_seat s JOIN proposals_round r ON r.id = s.round_id
    WHERE s.id = NEW.seat_id AND r.proposal_id = NEW.proposal_id
      AND r.opened_at <= NEW.cast_at AND NEW.cast_at < proposals_deadline(r.id)
      AND NOT EXISTS (SELECT 1 FROM proposals_outcome o WHERE o.round_id = r.id);
  IF held.id IS NULL THEN
    RAISE EXCEPTION 'ballot: its round is not open' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT (CASE
       WHEN jsonb_array_length(held.candidates) > 0
         THEN NEW.choice = 'abstain' OR (NEW.choice LIKE 'for:%' AND held.candidates ? substr(NEW.choice, 5))
       WHEN proposals_unanimous(held.rule) THEN NEW.choice IN ('for', 'object', 'withdrawn')
       ELSE NEW.choice IN ('for', 'against', 'abstain') END) THEN
    RAISE EXCEPTION 'ballot: its round does not know this choice' USING ERRCODE = 'check_violation';
  END IF;
  IF held.final_ballots AND NEW.seq > 1 THEN
    RAISE EXCEPTION 'ballot: the ballots of its round are final' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""

# An election counts for whoever leads: most votes, then the place among the candidates; the others' votes are against.
COUNT = """
CREATE FUNCTION proposals_counted(the_round bigint) RETURNS TABLE (
  seats bigint, yes bigint, no bigint, abstained bigint, objections bigint, first text) LANGUAGE plpgsql STABLE AS $$
DECLARE
  held proposals_round;
BEGIN
  SELECT * INTO held FROM proposals_round WHERE id = the_round;
  IF jsonb_array_length(held.candidates) = 0 THEN
    RETURN QUERY
    SELECT count(*), count(*) FILTER (WHERE b.choice = 'for'),
           count(*) FILTER (WHERE b.choice IN ('object', 'against')),
           count(*) FILTER (WHERE b.choice = 'abstain'), count(*) FILTER (WHERE b.choice = 'object'), NULL::text
      FROM proposals_seat s LEFT JOIN LATERAL (
        SELECT choice FROM proposals_ballot WHERE seat_id = s.id ORDER BY seq DESC LIMIT 1) b ON true
      WHERE s.round_id = held.id;
    RETURN;
  END IF;
  RETURN QUERY
  WITH vote AS (
    SELECT coalesce(b.choice, '') AS choice FROM proposals_seat s LEFT JOIN LATERAL (
      SELECT choice FROM proposals_ballot WHERE seat_id = s.id ORDER BY seq DESC LIMIT 1) b ON true
    WHERE s.round_id = held.id),
  ahead AS (
    SELECT c.handle, (SELECT count(*) FROM vote WHERE choice = 'for:' || c.handle) AS votes
      FROM jsonb_array_elements_text(held.candidates) WITH ORDINALITY c(handle, place)
      ORDER BY 2 DESC, c.place LIMIT 1)
  SELECT (SELECT count(*) FROM vote), a.votes, (SELECT count(*) FROM vote WHERE choice LIKE 'for:%') - a.votes,
         (SELECT count(*) FROM vote WHERE choice = 'abstain'), 0::bigint, a.handle
    FROM ahead a;
END $$;
"""

OUTCOME = """
CREATE OR REPLACE FUNCTION proposals_outcome_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  held proposals_round;
  found record;
  missing bigint; met boolean; unanimous boolean; over boolean; election boolean;
  head text; last_cast_at timestamptz; deadline timestamptz;
BEGIN
  SELECT * INTO held FROM proposals_round WHERE id = NEW.round_id;
  SELECT * INTO found FROM proposals_counted(held.id);
  deadline := proposals_deadline(held.id);
  election := jsonb_array_length(held.candidates) > 0;
  SELECT b.receipt, b.cast_at INTO head, last_cast_at
    FROM proposals_ballot b JOIN proposals_seat s ON s.id = b.seat_id
    WHERE b.proposal_id = held.proposal_id AND s.round_id = held.id ORDER BY b.number DESC LIMIT 1;
  IF (NEW.tally->>'seats')::bigint IS DISTINCT FROM found.seats
     OR (NEW.tally->>'in_favour')::bigint IS DISTINCT FROM found.yes
     OR (NEW.tally->>'against')::bigint IS DISTINCT FROM found.no
     OR coalesce((NEW.tally->>'abstained')::bigint, 0) <> found.abstained THEN
    RAISE EXCEPTION 'outcome: does not count the ballots' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.last_receipt <> coalesce(head, held.digest) OR NEW.decided_at < coalesce(last_cast_at, held.opened_at) THEN
    RAISE EXCEPTION 'outcome: does not stand on the last ballot' USING ERRCODE = 'check_violation';
  END IF;
  missing := found.seats - found.yes - found.no - found.abstained;
  unanimous := NOT election AND proposals_unanimous(held.rule);
  met := proposals_rule_met(held.rule, found.seats, found.yes, found.no, found.abstained);
  IF election AND NEW.tally->>'elected' IS DISTINCT FROM (CASE WHEN met THEN found.first END) THEN
    RAISE EXCEPTION 'outcome: somebody else is elected' USING ERRCODE = 'check_violation';
  END IF;
  -- Whether the time for this result has come: the deadline, or before it what nobody left can change any more. What
  -- passes with all that is missing for, against, abstaining and silent passes with every mixture of them. Elections
  -- end at their deadline only.
  over := NEW.decided_at >= deadline OR (
    NOT election AND NEW.decided_at >= proposals_earliest_end(held.id) AND (
      unanimous OR (held.final_ballots AND CASE WHEN met THEN
          proposals_rule_met(held.rule, found.seats, found.yes + missing, found.no, found.abstained)
          AND proposals_rule_met(held.rule, found.seats, found.yes, found.no + missing, found.abstained)
          AND proposals_rule_met(held.rule, found.seats, found.yes, found.no, found.abstained + missing)
        ELSE NOT proposals_rule_met(held.rule, found.seats, found.yes + missing, found.no, found.abstained) END)));
  IF NEW.result = 'succeeded' AND NOT (met AND over AND (found.objections = 0 OR NOT unanimous)) THEN
    RAISE EXCEPTION 'outcome: the rule of the round is not met' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.result = 'rejected' AND (unanimous OR met OR NOT over) THEN
    RAISE EXCEPTION 'outcome: the round is not lost' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.result IN ('silence', 'objected') AND NOT unanimous THEN
    RAISE EXCEPTION 'outcome: only the unanimous rule ends like this' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.result = 'silence' AND NEW.decided_at < deadline THEN
    RAISE EXCEPTION 'outcome: silence is known at the deadline' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.result = 'objected' AND found.objections = 0 THEN
    RAISE EXCEPTION 'outcome: no objection stands' USING ERRCODE = 'check_violation';
  END IF;
  -- Over an objection the next round is opened, not while somebody holds this one.
  IF NEW.result = 'objected' AND NEW.decided_at < proposals_hold_end(held.id) THEN
    RAISE EXCEPTION 'outcome: somebody holds its round' USING ERRCODE = 'check_violation';
  END IF;
  -- Nobody ends a round alone: two members asked for it before its end, or the application that it decides on is gone.
  IF NEW.result = 'canceled' AND NOT EXISTS (
       SELECT 1 FROM proposals_motion m JOIN proposals_answer a ON a.motion_id = m.id
       WHERE m.round_id = held.id AND m.kind = 'cancel')
     AND NOT EXISTS (
       SELECT 1 FROM proposals_proposal p JOIN members_application c ON c.id = p.application_id
       WHERE p.id = held.proposal_id AND coalesce(c.withdrawn_at, c.closed_at) IS NOT NULL) THEN
    RAISE EXCEPTION 'outcome: nothing canceled its round' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""

EXECUTION = """
CREATE OR REPLACE FUNCTION proposals_execution_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM proposals_outcome o JOIN proposals_round r ON r.id = o.round_id
    WHERE o.round_id = NEW.outcome_id AND r.proposal_id = NEW.proposal_id
      AND o.result = 'succeeded' AND NEW.executed_at >= o.execute_at AND NEW.executed_at < o.expires_at
      AND NOT EXISTS (SELECT 1 FROM proposals_round x WHERE x.proposal_id = r.proposal_id AND x.number > r.number);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'execution: its proposal has not passed, or this is not its time' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""

MOTION = """
CREATE FUNCTION proposals_motion_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM proposals_round r JOIN proposals_seat s ON s.round_id = r.id AND s.member_id = NEW.asked_by_id
    WHERE r.id = NEW.round_id AND r.opened_at <= NEW.asked_at AND NEW.asked_at < proposals_deadline(r.id)
      AND NOT EXISTS (SELECT 1 FROM proposals_outcome o WHERE o.round_id = r.id)
      AND CASE NEW.kind WHEN 'hold' THEN NEW.until_at <= NEW.asked_at + interval '72 hours'
          WHEN 'extend' THEN NEW.until_at > proposals_deadline(r.id)
                             AND NEW.until_at <= proposals_deadline(r.id) + interval '720 hours' ELSE true END;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'motion: of somebody without a seat, not while its round is open, or for too long'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER proposals_motion_guard BEFORE INSERT ON proposals_motion
  FOR EACH ROW EXECUTE FUNCTION proposals_motion_guard();
"""
# A hold is released by its author, everything else takes somebody else; both before the end.
ANSWER = """
CREATE FUNCTION proposals_answer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM proposals_motion m JOIN proposals_round r ON r.id = m.round_id
    JOIN proposals_seat s ON s.round_id = r.id AND s.member_id = NEW.member_id
    WHERE m.id = NEW.motion_id AND (m.kind = 'hold') = (m.asked_by_id = NEW.member_id)
      AND m.asked_at <= NEW.answered_at AND NEW.answered_at < proposals_deadline(r.id)
      AND (m.kind <> 'hold' OR NEW.answered_at < m.until_at)
      AND (m.kind <> 'extend' OR (m.until_at > proposals_deadline(r.id)
                                  AND m.until_at <= proposals_deadline(r.id) + interval '720 hours'))
      AND NOT EXISTS (SELECT 1 FROM proposals_outcome o WHERE o.round_id = r.id);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'answer: not theirs to give, not while the round is open, or for too long'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER proposals_answer_guard BEFORE INSERT ON proposals_answer
  FOR EACH ROW EXECUTE FUNCTION proposals_answer_guard();
"""
# Before it opens, never while a round runs: what is declared then has no place in it any more.
DECLARATION = """
CREATE FUNCTION proposals_declaration_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  about proposals_proposal;
BEGIN
  SELECT * INTO about FROM proposals_proposal WHERE id = NEW.proposal_id;
  IF about.taken_back_at IS NOT NULL OR (NEW.kind = 'candidacy' AND (about.kind <> 'election' OR EXISTS (
       SELECT 1 FROM proposals_round WHERE proposal_id = about.id))) THEN
    RAISE EXCEPTION 'declaration: candidates stand before an election opens' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM proposals_round r WHERE r.proposal_id = about.id
             AND NOT EXISTS (SELECT 1 FROM proposals_outcome o WHERE o.round_id = r.id)) THEN
    RAISE EXCEPTION 'declaration: a round is open' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.seq <> 1 + coalesce((SELECT max(seq) FROM proposals_declaration d WHERE d.proposal_id = NEW.proposal_id
                              AND d.kind = NEW.kind AND d.member_id = NEW.member_id), 0) THEN
    RAISE EXCEPTION 'declaration: not the next of its member' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER proposals_declaration_guard BEFORE INSERT ON proposals_declaration
  FOR EACH ROW EXECUTE FUNCTION proposals_declaration_guard();
"""

# What a signature is of stays unknown in a hidden round until it is closed.
SIGNATURE = """
CREATE OR REPLACE FUNCTION proposals_ballotsignature_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM proposals_ballot b JOIN proposals_seat s ON s.id = b.seat_id JOIN members_member m ON m.id = s.member_id
    JOIN accounts_wallet w ON w.user_id = m.user_id JOIN proposals_round r ON r.id = s.round_id
    WHERE b.id = NEW.ballot_id AND w.address = NEW.address AND w.removed_at IS NULL AND NEW.signed_at >= b.cast_at
      AND (NOT r.hidden OR EXISTS (SELECT 1 FROM proposals_outcome o WHERE o.round_id = r.id))
      AND NOT EXISTS (SELECT 1 FROM proposals_ballot x WHERE x.seat_id = b.seat_id AND x.seq > b.seq);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'signature: not of the latest ballot by a wallet of its voter' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""

STANDING = """
DROP FUNCTION proposals_standing;
CREATE FUNCTION proposals_standing(the_round bigint, the_member bigint, the_user bigint) RETURNS TABLE (
  now timestamptz, round_number integer, opened_at timestamptz, earliest_end_at timestamptz, deadline_at timestamptz,
  final_ballots boolean, hidden boolean, candidates jsonb, unanimous boolean, closed boolean, handle varchar, seat bigint,
  staying boolean, seq integer, choice varchar, number bigint, link varchar, others_in_favour boolean)
LANGUAGE plpgsql VOLATILE ROWS 1 AS $$
BEGIN
  RETURN QUERY
  SELECT clock_timestamp(), r.number, r.opened_at, greatest(r.earliest_end_at, moved.held_until),
         greatest(coalesce(moved.extended_until, r.deadline_at), moved.held_until),
         r.final_ballots, r.hidden, r.candidates,
         proposals_unanimous(r.rule) AND jsonb_array_length(r.candidates) = 0, o.round_id IS NOT NULL,
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
  -- As `proposals_deadline` and `proposals_earliest_end`, in one pass: this is the hot path.
  LEFT JOIN LATERAL (
    SELECT max(least(y.until_at, a.answered_at)) FILTER (WHERE y.kind = 'hold') AS held_until,
           max(y.until_at) FILTER (WHERE y.kind = 'extend' AND a.motion_id IS NOT NULL) AS extended_until
    FROM proposals_motion y LEFT JOIN proposals_answer a ON a.motion_id = y.id WHERE y.round_id = r.id) moved ON true
  WHERE r.id = the_round;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("proposals", "0006_life"), ("members", "0002_rules"), ("journal", "0002_rules")]

    operations = [
        *[
            migrations.RunSQL(sql)
            for sql in (TIMES, PROPOSAL, ROUND, SEAT, BALLOT, COUNT, OUTCOME, EXECUTION, SIGNATURE)
        ],
        *[migrations.RunSQL(sql) for sql in (MOTION, ANSWER, DECLARATION, STANDING)],
        *operations("proposals_motion"),
        *operations("proposals_answer"),
        *operations("proposals_declaration"),
    ]
