from django.db import migrations

from journal.appendonly import operations

# Ties to even on exact numerators; PostgreSQL's own round() goes half away from zero. n >= 0, d > 0. Not STRICT: only so
# is the function put in place of its call, which is ten times as fast.
ROUND_EVEN = """
CREATE FUNCTION treasury_round_even(n numeric, d numeric) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (div(n, d) + CASE
    WHEN 2 * mod(n, d) > d OR (2 * mod(n, d) = d AND mod(div(n, d), 2) = 1) THEN 1 ELSE 0 END)::bigint
$$;
CREATE FUNCTION treasury_round_even(n bigint, d bigint) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT n / d + CASE WHEN 2 * (n % d) > d OR (2 * (n % d) = d AND (n / d) % 2 = 1) THEN 1 ELSE 0 END
$$;
"""

# An account is born with its balance, so that moving balances never has to make one. HOT updates need room in the page.
BALANCES = """
ALTER TABLE treasury_balance SET (fillfactor = 60);
CREATE FUNCTION treasury_open_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO treasury_balance (account_id, amount_micro, floored) SELECT id, 0, kind = 'escrow' FROM added;
  RETURN NULL;
END $$;
CREATE TRIGGER treasury_account_balance AFTER INSERT ON treasury_account
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION treasury_open_balances();
CREATE FUNCTION treasury_guard_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP IN ('INSERT', 'UPDATE') AND pg_trigger_depth() > 1 THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% on % refused: balances move with transfers only', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER treasury_balance_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON treasury_balance
  FOR EACH STATEMENT EXECUTE FUNCTION treasury_guard_balance();
"""

# All new transfers of a statement at once: every account exists and has the transfer's asset (else fewer balances move
# than there are pairs of account and asset), every posting exists, a reversal is the exact opposite. Balances are taken
# in the order of accounts, so that two postings never wait for each other in a circle. `false` for floored: a CHECK
# also looks at the row proposed before it becomes an update; the row that stands keeps its own.
BOOK = """
CREATE FUNCTION treasury_book_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wanted bigint;
  moved bigint;
BEGIN
  WITH moves AS MATERIALIZED (
    SELECT account_id, asset, sum(amount)::bigint AS amount FROM (
      SELECT debit_id AS account_id, asset, -amount_micro AS amount FROM added
      UNION ALL SELECT credit_id, asset, amount_micro FROM added) legs
    GROUP BY account_id, asset
  ), booked AS (
    INSERT INTO treasury_balance AS b (account_id, amount_micro, floored)
    SELECT m.account_id, m.amount, false FROM moves m JOIN treasury_account a ON a.id = m.account_id AND a.asset = m.asset
    ORDER BY m.account_id
    ON CONFLICT (account_id) DO UPDATE SET amount_micro = b.amount_micro + excluded.amount_micro
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM moves), (SELECT count(*) FROM booked) INTO wanted, moved;
  IF wanted <> moved THEN
    RAISE EXCEPTION 'transfer refused: an account does not exist or is of another asset'
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF EXISTS (SELECT FROM (SELECT DISTINCT posting_id FROM added) n
             WHERE NOT EXISTS (SELECT FROM treasury_posting p WHERE p.id = n.posting_id)) THEN
    RAISE EXCEPTION 'transfer refused: its posting does not exist' USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF EXISTS (SELECT FROM added n WHERE n.reverses_id IS NOT NULL AND NOT EXISTS (
               SELECT FROM treasury_transfer t WHERE t.id = n.reverses_id AND t.reverses_id IS NULL
                 AND t.debit_id = n.credit_id AND t.credit_id = n.debit_id
                 AND t.asset = n.asset AND t.amount_micro = n.amount_micro)) THEN
    RAISE EXCEPTION 'transfer refused: a reversal is the exact opposite of a transfer that is none'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER treasury_transfer_book AFTER INSERT ON treasury_transfer
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION treasury_book_transfers();
"""

LINES = """
CREATE FUNCTION treasury_check_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT run_id, month FROM added) n
             WHERE NOT EXISTS (SELECT FROM treasury_payoutrun r
                               WHERE r.id = n.run_id AND r.month = n.month AND r.completed_at IS NULL)) THEN
    RAISE EXCEPTION 'line refused: it belongs to no open run of its month' USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF EXISTS (SELECT FROM (SELECT DISTINCT posting_id FROM added) n
             WHERE NOT EXISTS (SELECT FROM treasury_posting p WHERE p.id = n.posting_id AND p.kind = 'payout-run')) THEN
    RAISE EXCEPTION 'line refused: its posting is none of a run' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER treasury_payoutline_check AFTER INSERT ON treasury_payoutline
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION treasury_check_lines();
"""

# draft -> pending -> approved | rejected, nothing else. What was sent stays as it is; its texts can be erased.
CLAIMS = """
CREATE FUNCTION treasury_guard_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.status = 'draft' THEN
      RETURN OLD;
    END IF;
    RAISE EXCEPTION 'claim % refused: only a draft can be removed', OLD.reference USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.status <> NEW.status
     AND (OLD.status, NEW.status) NOT IN (('draft', 'pending'), ('pending', 'approved'), ('pending', 'rejected')) THEN
    RAISE EXCEPTION 'claim % refused: % does not become %', OLD.reference, OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.id, NEW.reference, NEW.member_id, NEW.created_at)
     IS DISTINCT FROM (OLD.id, OLD.reference, OLD.member_id, OLD.created_at)
     OR OLD.status <> 'draft' AND (
       (NEW.worked_on, NEW.hours_centi, NEW.quarter, NEW.submitted_at)
         IS DISTINCT FROM (OLD.worked_on, OLD.hours_centi, OLD.quarter, OLD.submitted_at)
       OR NEW.project NOT IN (OLD.project, '') OR NEW.description NOT IN (OLD.description, '')
       OR NEW.evidence_url NOT IN (OLD.evidence_url, '') OR NEW.salt NOT IN (OLD.salt, ''))
     OR OLD.status IN ('approved', 'rejected') AND (
       (NEW.value_e8, NEW.decided_by_id, NEW.decided_on, NEW.decided_at)
         IS DISTINCT FROM (OLD.value_e8, OLD.decided_by_id, OLD.decided_on, OLD.decided_at)
       OR NEW.reason NOT IN (OLD.reason, '')) THEN
    RAISE EXCEPTION 'claim % refused: what was sent or decided stays as it is', OLD.reference
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER treasury_claim_guard BEFORE UPDATE OR DELETE ON treasury_claim
  FOR EACH ROW EXECUTE FUNCTION treasury_guard_claim();
CREATE TRIGGER treasury_claim_kept BEFORE TRUNCATE ON treasury_claim
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""

# A grant stands; only the sum that was approved against it moves.
BUDGETS = """
CREATE FUNCTION treasury_guard_budget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.quarter, NEW.headcount, NEW.hours_per_head_centi, NEW.pow_micro, NEW.stipend_micro, NEW.granted_on,
      NEW.granted_by) IS DISTINCT FROM
     (OLD.id, OLD.quarter, OLD.headcount, OLD.hours_per_head_centi, OLD.pow_micro, OLD.stipend_micro, OLD.granted_on,
      OLD.granted_by) THEN
    RAISE EXCEPTION 'budget % refused: what was granted stands', OLD.quarter USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER treasury_budget_guard BEFORE UPDATE ON treasury_budget
  FOR EACH ROW EXECUTE FUNCTION treasury_guard_budget();
CREATE TRIGGER treasury_budget_kept BEFORE DELETE OR TRUNCATE ON treasury_budget
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""

RUNS = """
CREATE FUNCTION treasury_guard_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.completed_at IS NOT NULL
     OR (NEW.id, NEW.month, NEW.number, NEW.terms, NEW.occurred_on, NEW.started_by, NEW.started_at) IS DISTINCT FROM
        (OLD.id, OLD.month, OLD.number, OLD.terms, OLD.occurred_on, OLD.started_by, OLD.started_at) THEN
    RAISE EXCEPTION 'run % of % refused: a run only moves on, and ends once', OLD.number, OLD.month
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER treasury_payoutrun_guard BEFORE UPDATE ON treasury_payoutrun
  FOR EACH ROW EXECUTE FUNCTION treasury_guard_run();
CREATE TRIGGER treasury_payoutrun_kept BEFORE DELETE OR TRUNCATE ON treasury_payoutrun
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""


def undo(*functions: str) -> str:
    """Drops functions with the triggers that call them."""
    return ";".join(f"DROP FUNCTION {function} CASCADE" for function in functions)


class Migration(migrations.Migration):
    dependencies = [("treasury", "0001_initial"), ("journal", "0002_rules")]

    operations = [
        *operations("treasury_account"),
        *operations("treasury_posting"),
        *operations("treasury_transfer"),
        *operations("treasury_payoutline"),
        migrations.RunSQL(
            ROUND_EVEN, undo("treasury_round_even(numeric, numeric)", "treasury_round_even(bigint, bigint)")
        ),
        migrations.RunSQL(BALANCES, undo("treasury_open_balances", "treasury_guard_balance")),
        migrations.RunSQL(BOOK, undo("treasury_book_transfers")),
        migrations.RunSQL(LINES, undo("treasury_check_lines")),
        migrations.RunSQL(CLAIMS, undo("treasury_guard_claim") + ";DROP TRIGGER treasury_claim_kept ON treasury_claim"),
        migrations.RunSQL(
            BUDGETS, undo("treasury_guard_budget") + ";DROP TRIGGER treasury_budget_kept ON treasury_budget"
        ),
        migrations.RunSQL(
            RUNS, undo("treasury_guard_run") + ";DROP TRIGGER treasury_payoutrun_kept ON treasury_payoutrun"
        ),
    ]
