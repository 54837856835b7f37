import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# Beside admission under the unanimous rule: other kinds, other rules, votes against, final ballots. Every trigger of
# 0003 that has to know of them is written anew, whole, so that one place says what holds.

# `rule` as Threshold.written() has it, every number a whole one or a fraction: numeric keeps the arithmetic exact.
RULE = r"""
CREATE FUNCTION proposals_unanimous(rule text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT rule = 'unanimous' OR rule LIKE 'share>=1 of=all %'
$$;
CREATE FUNCTION proposals_part(rule text, pattern text, place integer) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(nullif(split_part((regexp_match(' ' || rule || ' ', ' ' || pattern || '([0-9]+(?:/[0-9]+)?) '))[1],
                                    '/', place), '')::numeric, place - 1)
$$;
CREATE FUNCTION proposals_rule_met(rule text, seats bigint, yes bigint, no bigint, abstained bigint)
RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  voted bigint := yes + no + abstained;
  base bigint := CASE WHEN rule LIKE '% of=cast %' THEN voted ELSE seats END;
  weight_no numeric := proposals_part(rule, 'against=', 1);
  whole_no numeric := proposals_part(rule, 'against=', 2);
  weight_abstained numeric := proposals_part(rule, 'abstain=', 1);
  whole_abstained numeric := proposals_part(rule, 'abstain=', 2);
  figure numeric; needed numeric;
BEGIN
  IF rule !~ '^share>=?[0-9]+(/[0-9]+)? of=(all|cast) ' OR yes = 0 THEN RETURN false; END IF;
  IF rule LIKE '%everybody=yes' AND voted < seats THEN RETURN false; END IF;
  IF rule LIKE '%against<=%' AND no > proposals_part(rule, 'against<=', 1) THEN RETURN false; END IF;
  IF voted * proposals_part(rule, 'turnout>=', 2) < proposals_part(rule, 'turnout>=', 1) * seats THEN
    RETURN false;
  END IF;
  figure := (yes * whole_no * whole_abstained - no * weight_no * whole_abstained
             - abstained * weight_abstained * whole_no) * proposals_part(rule, 'share>=?', 2);
  needed := proposals_part(rule, 'share>=?', 1) * base * whole_no * whole_abstained;
  RETURN CASE WHEN rule LIKE 'share>=%' THEN figure >= needed ELSE figure > needed END;
END $$;
"""
NO_RULE = """
DROP FUNCTION proposals_rule_met;
DROP FUNCTION proposals_part;
DROP FUNCTION proposals_unanimous;
"""

PROPOSAL = """
CREATE OR REPLACE FUNCTION proposals_proposal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR ROW(NEW.id, NEW.number, NEW.kind, NEW.application_id, NEW.concerns_id, NEW.proposed_by_id,
                             NEW.proposed_at, NEW.acts, NEW.acts_digest)
     IS DISTINCT FROM ROW(OLD.id, OLD.number, OLD.kind, OLD.application_id, OLD.concerns_id, OLD.proposed_by_id,
                          OLD.proposed_at, OLD.acts, OLD.acts_digest) THEN
    RAISE EXCEPTION 'proposal %: what was proposed does not change', OLD.number USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""

ROUND = """
CREATE OR REPLACE FUNCTION proposals_round_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF ended.round_id IS NULL OR ended.result NOT IN ('objected', 'silence', 'rejected')
       OR NEW.opened_at < ended.decided_at OR NEW.previous <> ended.digest THEN
      RAISE EXCEPTION 'round %: does not follow a round that ended without passing', NEW.number
        USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
"""

# Who is to be removed does not vote on it.
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
      AND r.opened_at <= NEW.cast_at AND NEW.cast_at < r.deadline_at
      AND NOT EXISTS (SELECT 1 FROM proposals_outcome o WHERE o.round_id = r.id);
  IF held.id IS NULL THEN
    RAISE EXCEPTION 'ballot: its round is not open' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.choice <> 'for' AND proposals_unanimous(held.rule) <> (NEW.choice IN ('object', 'withdrawn')) THEN
    RAISE EXCEPTION 'ballot: its round does not know this choice' USING ERRCODE = 'check_violation';
  END IF;
  IF held.final_ballots AND NEW.seq > 1 THEN
    RAISE EXCEPTION 'ballot: the ballots of its round are final' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""

OUTCOME = """
CREATE OR REPLACE FUNCTION proposals_outcome_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  held proposals_round;
  seats bigint; yes bigint; no bigint; abstained bigint; objections bigint; missing bigint;
  met boolean; unanimous boolean; over boolean;
  head text; last_cast_at timestamptz;
BEGIN
  SELECT * INTO held FROM proposals_round WHERE id = NEW.round_id;
  SELECT count(*), count(*) FILTER (WHERE b.choice = 'for'), count(*) FILTER (WHERE b.choice IN ('object', 'against')),
         count(*) FILTER (WHERE b.choice = 'abstain'), count(*) FILTER (WHERE b.choice = 'object')
    INTO seats, yes, no, abstained, objections
    FROM proposals_seat s LEFT JOIN LATERAL (
      SELECT choice FROM proposals_ballot WHERE seat_id = s.id ORDER BY seq DESC LIMIT 1) b ON true
    WHERE s.round_id = held.id;
  SELECT b.receipt, b.cast_at INTO head, last_cast_at
    FROM proposals_ballot b JOIN proposals_seat s ON s.id = b.seat_id
    WHERE b.proposal_id = held.proposal_id AND s.round_id = held.id ORDER BY b.number DESC LIMIT 1;
  IF (NEW.tally->>'seats')::bigint IS DISTINCT FROM seats OR (NEW.tally->>'in_favour')::bigint IS DISTINCT FROM yes
     OR (NEW.tally->>'against')::bigint IS DISTINCT FROM no
     OR coalesce((NEW.tally->>'abstained')::bigint, 0) <> abstained THEN
    RAISE EXCEPTION 'outcome: does not count the ballots' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.last_receipt <> coalesce(head, held.digest) OR NEW.decided_at < coalesce(last_cast_at, held.opened_at) THEN
    RAISE EXCEPTION 'outcome: does not stand on the last ballot' USING ERRCODE = 'check_violation';
  END IF;
  missing := seats - yes - no - abstained;
  unanimous := proposals_unanimous(held.rule);
  met := proposals_rule_met(held.rule, seats, yes, no, abstained);
  -- Whether the time for this result has come: the deadline, or before it what nobody left can change any more. What
  -- passes with all that is missing for, against, abstaining and silent passes with every mixture of them.
  over := NEW.decided_at >= held.deadline_at OR (NEW.decided_at >= held.earliest_end_at AND (
    unanimous OR (held.final_ballots AND CASE WHEN met THEN
        proposals_rule_met(held.rule, seats, yes + missing, no, abstained)
        AND proposals_rule_met(held.rule, seats, yes, no + missing, abstained)
        AND proposals_rule_met(held.rule, seats, yes, no, abstained + missing)
      ELSE NOT proposals_rule_met(held.rule, seats, yes + missing, no, abstained) END)));
  IF NEW.result = 'succeeded' AND NOT (met AND over) THEN
    RAISE EXCEPTION 'outcome: the rule of the round is not met' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.result = 'rejected' AND (unanimous OR met OR NOT over) THEN
    RAISE EXCEPTION 'outcome: the round is not lost' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.result IN ('silence', 'objected') AND NOT unanimous THEN
    RAISE EXCEPTION 'outcome: only the unanimous rule ends like this' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.result = 'silence' AND NEW.decided_at < held.deadline_at THEN
    RAISE EXCEPTION 'outcome: silence is known at the deadline' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.result = 'objected' AND objections = 0 THEN
    RAISE EXCEPTION 'outcome: no objection stands' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""

NO_STANDING = "DROP FUNCTION proposals_standing"
STANDING = """
CREATE FUNCTION proposals_standing(the_round bigint, the_member bigint, the_user bigint) RETURNS TABLE (
  now timestamptz, round_number integer, opened_at timestamptz, earliest_end_at timestamptz, deadline_at timestamptz,
  final_ballots boolean, unanimous boolean, closed boolean, handle varchar, seat bigint, staying boolean, seq integer,
  choice varchar, number bigint, link varchar, others_in_favour boolean) LANGUAGE plpgsql VOLATILE ROWS 1 AS $$
BEGIN
  RETURN QUERY
  SELECT clock_timestamp(), r.number, r.opened_at, r.earliest_end_at, r.deadline_at, r.final_ballots,
         proposals_unanimous(r.rule), o.round_id IS NOT NULL,
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

KINDS = [
    ("admission", "Admission"), ("removal", "Removal"), ("amendment", "Amendment"), ("budget", "Budget"),
    ("dispute", "Dispute"), ("resolution", "Resolution"),
]  # fmt: skip
CHOICES = [
    ("for", "In favour"), ("object", "Object and ask for more information"),
    ("withdrawn", "Objection withdrawn, no vote"), ("against", "Against"), ("abstain", "Abstain"),
]  # fmt: skip
RESULTS = [
    ("succeeded", "Passed"), ("objected", "Stopped by an objection"),
    ("silence", "A vote was missing at the deadline"), ("canceled", "Canceled"), ("rejected", "Not enough votes"),
]  # fmt: skip


def replaced(model: str, name: str, condition: Q) -> list[migrations.operations.base.Operation]:
    """A constraint of 0001 under its name, with more in it."""
    return [
        migrations.RemoveConstraint(model, name),
        migrations.AddConstraint(model, models.CheckConstraint(condition=condition, name=name)),
    ]


class Migration(migrations.Migration):
    dependencies = [("members", "0002_rules"), ("proposals", "0003_rules")]

    operations = [
        migrations.AddField(
            "proposal",
            "concerns",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.member",
            ),
        ),
        migrations.AddField(
            "round",
            "final_ballots",
            models.BooleanField(db_default=False, default=False, verbose_name="ballots are final"),
        ),
        migrations.AlterField("proposal", "kind", models.CharField(choices=KINDS, max_length=20, verbose_name="kind")),
        migrations.AlterField(
            "ballot", "choice", models.CharField(choices=CHOICES, max_length=12, verbose_name="choice")
        ),
        migrations.AlterField(
            "outcome", "result", models.CharField(choices=RESULTS, max_length=12, verbose_name="result")
        ),
        *replaced("proposal", "proposal_kind", Q(kind__in=[key for key, _label in KINDS])),
        *replaced("ballot", "ballot_choice", Q(choice__in=[key for key, _label in CHOICES])),
        *replaced("outcome", "outcome_result", Q(result__in=[key for key, _label in RESULTS])),
        migrations.AddConstraint(
            "proposal",
            models.CheckConstraint(
                condition=Q(kind="removal", concerns__isnull=False) | (~Q(kind="removal") & Q(concerns=None)),
                name="removal_concerns_somebody",
            ),
        ),
        migrations.AddConstraint(
            "round",
            models.CheckConstraint(
                condition=Q(final_ballots=False) | ~Q(rule__startswith="share>=1 of=all "), name="round_final"
            ),
        ),
        migrations.RunSQL(RULE, NO_RULE),
        *[migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (PROPOSAL, ROUND, SEAT, BALLOT, OUTCOME)],
        migrations.RunSQL(NO_STANDING, migrations.RunSQL.noop),
        migrations.RunSQL(STANDING, NO_STANDING),
    ]
