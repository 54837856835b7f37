"""Acceptance by unit, milestones, refunds, disputes."""

import re

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

from journal.appendonly import operations

# What client and group agreed to stays; so does a session that the client accepted, and what belongs to a milestone does
# so from the same engagement, before that is accepted.
AGREED = """
CREATE FUNCTION consulting_guard_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'engagement % refused: its terms were agreed', OLD.reference USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER consulting_engagement_terms BEFORE UPDATE ON consulting_engagement
  FOR EACH ROW WHEN (OLD.terms IS DISTINCT FROM NEW.terms) EXECUTE FUNCTION consulting_guard_terms();
CREATE FUNCTION consulting_guard_accepted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND EXISTS (SELECT FROM consulting_acceptance WHERE session_id = NEW.id) THEN
    RAISE EXCEPTION 'session % refused: it is accepted', NEW.reference USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.milestone_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM consulting_milestone m WHERE m.id = NEW.milestone_id AND m.engagement_id = NEW.engagement_id
         AND NOT EXISTS (SELECT FROM consulting_acceptance a WHERE a.milestone_id = m.id)) THEN
    RAISE EXCEPTION 'session % refused: its milestone is accepted or of another engagement', NEW.reference
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_session_accepted BEFORE INSERT OR UPDATE ON consulting_session
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_accepted();
"""

# The milestones of a fixed price come to it, at the end of a transaction; an accepted one stays as it is.
MILESTONES = """
CREATE FUNCTION consulting_guard_milestone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.engagement_id, NEW.reference) IS DISTINCT FROM (OLD.id, OLD.engagement_id, OLD.reference)
     OR EXISTS (SELECT FROM consulting_acceptance WHERE milestone_id = OLD.id) THEN
    RAISE EXCEPTION 'milestone % refused: whose it is and what was accepted stays', OLD.reference
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_milestone_guard BEFORE UPDATE ON consulting_milestone
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_milestone();
CREATE TRIGGER consulting_milestone_kept BEFORE TRUNCATE ON consulting_milestone
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE FUNCTION consulting_check_milestones() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  whole consulting_engagement;
  total numeric;
BEGIN
  SELECT * INTO whole FROM consulting_engagement
  WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.engagement_id ELSE NEW.engagement_id END;
  SELECT sum(price_micro) INTO total FROM consulting_milestone WHERE engagement_id = whole.id;
  IF total IS NOT NULL AND total IS DISTINCT FROM whole.price_micro THEN
    RAISE EXCEPTION 'milestones of % refused: they come to % of %', whole.reference, total, whole.price_micro
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER consulting_milestone_sum AFTER INSERT OR UPDATE OR DELETE ON consulting_milestone
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION consulting_check_milestones();
"""

# A refund stays, but for its reason, which can be emptied. It is of its engagement; it follows where the last one of its
# unit ended; after acceptance its parts come to it at the end of the transaction, each of a share of that acceptance.
REFUNDS = """
CREATE FUNCTION consulting_guard_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.id, NEW.engagement_id, NEW.session_id, NEW.milestone_id, NEW.acceptance_id, NEW.unit_micro,
        NEW.before_micro, NEW.amount_micro, NEW.refunded_on, NEW.refunded_by, NEW.recorded_at) IS DISTINCT FROM
       (OLD.id, OLD.engagement_id, OLD.session_id, OLD.milestone_id, OLD.acceptance_id, OLD.unit_micro,
        OLD.before_micro, OLD.amount_micro, OLD.refunded_on, OLD.refunded_by, OLD.recorded_at)
       OR NEW.reason NOT IN (OLD.reason, '') THEN
      RAISE EXCEPTION 'refund % refused: it stays as it is', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.before_micro <> (SELECT coalesce(sum(amount_micro), 0) FROM consulting_refund r
       WHERE (r.engagement_id, r.session_id, r.milestone_id)
         IS NOT DISTINCT FROM (NEW.engagement_id, NEW.session_id, NEW.milestone_id)) THEN
    RAISE EXCEPTION 'refund refused: it does not follow the one before' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM consulting_engagement e
       LEFT JOIN consulting_session s ON s.id = NEW.session_id LEFT JOIN consulting_milestone m ON m.id = NEW.milestone_id
       LEFT JOIN consulting_acceptance a ON a.engagement_id = e.id
         AND (a.session_id, a.milestone_id) IS NOT DISTINCT FROM (NEW.session_id, NEW.milestone_id)
       WHERE e.id = NEW.engagement_id AND coalesce(s.engagement_id, m.engagement_id, e.id) = e.id
         AND a.id IS NOT DISTINCT FROM NEW.acceptance_id) THEN
    RAISE EXCEPTION 'refund refused: it is of another engagement, or of another acceptance'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_refund_guard BEFORE INSERT OR UPDATE ON consulting_refund
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_refund();
CREATE TRIGGER consulting_refund_kept BEFORE DELETE OR TRUNCATE ON consulting_refund
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE FUNCTION consulting_guard_refundpart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.before_micro <> (SELECT coalesce(sum(amount_micro), 0) FROM consulting_refundpart p
       WHERE (p.acceptance_id, p.share_id) IS NOT DISTINCT FROM (NEW.acceptance_id, NEW.share_id)) THEN
    RAISE EXCEPTION 'part of a refund refused: it does not follow the one before' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM consulting_refund r JOIN consulting_acceptance a ON a.id = r.acceptance_id
       LEFT JOIN consulting_share s ON s.id = NEW.share_id
       WHERE r.id = NEW.refund_id AND a.id = NEW.acceptance_id AND coalesce(s.acceptance_id, a.id) = a.id
         AND NEW.share_micro = CASE WHEN NEW.share_id IS NULL THEN a.pool_micro ELSE s.amount_micro END) THEN
    RAISE EXCEPTION 'part of a refund refused: it is of no such share' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_refundpart_guard BEFORE INSERT ON consulting_refundpart
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_refundpart();
CREATE FUNCTION consulting_check_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  parts numeric;
BEGIN
  SELECT coalesce(sum(amount_micro), 0) INTO parts FROM consulting_refundpart WHERE refund_id = NEW.id;
  IF parts <> (CASE WHEN NEW.acceptance_id IS NULL THEN 0 ELSE NEW.amount_micro END) THEN
    RAISE EXCEPTION 'refund % refused: its parts come to % of %', NEW.id, parts, NEW.amount_micro
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER consulting_refund_parts AFTER INSERT ON consulting_refund
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION consulting_check_refund();
"""

# What was paid back stays, but for the evidence, which can be emptied.
PAYBACKS = """
CREATE FUNCTION consulting_guard_payback() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.client_id, NEW.amount_micro, NEW.paid_on, NEW.paid_by, NEW.recorded_at) IS DISTINCT FROM
     (OLD.id, OLD.client_id, OLD.amount_micro, OLD.paid_on, OLD.paid_by, OLD.recorded_at)
     OR NEW.evidence NOT IN (OLD.evidence, '') THEN
    RAISE EXCEPTION 'payback % refused: it stays as it is', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_payback_guard BEFORE UPDATE ON consulting_payback
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_payback();
CREATE TRIGGER consulting_payback_kept BEFORE DELETE OR TRUNCATE ON consulting_payback
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""

# A dispute closes once; who closes it says a percentage or takes it back. While it is open nothing of its engagement is
# accepted or refunded, and nobody signs an offer in one that is closed. Whoever opens, accepts or refunds holds the
# engagement's row, so the checks hold.
DISPUTES = """
CREATE FUNCTION consulting_guard_dispute() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.engagement_id, NEW.side, NEW.opened_by, NEW.opened_at) IS DISTINCT FROM
     (OLD.id, OLD.engagement_id, OLD.side, OLD.opened_by, OLD.opened_at)
     OR NEW.reason NOT IN (OLD.reason, '')
     OR OLD.closed_at IS NOT NULL AND (NEW.closed_at, NEW.closed_by, NEW.percent) IS DISTINCT FROM
        (OLD.closed_at, OLD.closed_by, OLD.percent) THEN
    RAISE EXCEPTION 'dispute % refused: it closes once', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_dispute_guard BEFORE UPDATE ON consulting_dispute
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_dispute();
CREATE TRIGGER consulting_dispute_kept BEFORE DELETE OR TRUNCATE ON consulting_dispute
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE FUNCTION consulting_guard_offer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM consulting_dispute WHERE id = NEW.dispute_id AND closed_at IS NULL) THEN
    RAISE EXCEPTION 'offer refused: the dispute is closed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_disputeoffer_guard BEFORE INSERT ON consulting_disputeoffer
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_offer();
CREATE FUNCTION consulting_refuse_disputed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  disputed record;
BEGIN
  SELECT e.reference INTO disputed FROM added JOIN consulting_dispute d USING (engagement_id)
  JOIN consulting_engagement e ON e.id = d.engagement_id WHERE d.closed_at IS NULL;
  IF FOUND THEN
    RAISE EXCEPTION '% refused: % is in dispute', TG_TABLE_NAME, disputed.reference USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER consulting_acceptance_disputed AFTER INSERT ON consulting_acceptance
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION consulting_refuse_disputed();
CREATE TRIGGER consulting_refund_disputed AFTER INSERT ON consulting_refund
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION consulting_refuse_disputed();
"""


def undo(statements: str) -> str:
    """Drops the functions that the statements make, with their triggers, and the triggers that keep tables."""
    functions = re.findall(r"CREATE FUNCTION (\w+)", statements)
    kept = re.findall(r"CREATE TRIGGER (\w+_kept) BEFORE [A-Z ]+ ON (\w+)", statements)
    return ";".join(
        [f"DROP FUNCTION {name} CASCADE" for name in functions]
        + [f"DROP TRIGGER {trigger} ON {table}" for trigger, table in kept]
    )


class Migration(migrations.Migration):
    dependencies = [
        ("consulting", "0003_offering"),
        ("members", "0002_rules"),
        ("treasury", "0003_client_money"),
        ("journal", "0002_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="milestones",
                        to="consulting.engagement",
                    ),
                ),
                ("reference", models.CharField(db_collation="C", max_length=40, verbose_name="reference")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("criteria", models.TextField(blank=True, max_length=2000, verbose_name="acceptance criteria")),
                ("price_micro", models.BigIntegerField(verbose_name="price, U")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                ("delivered_at", models.DateTimeField(blank=True, null=True, verbose_name="delivered")),
            ],
            options={
                "verbose_name": "milestone",
                "verbose_name_plural": "milestones",
                "ordering": ["reference"],
                "constraints": [
                    models.UniqueConstraint(fields=("engagement", "reference"), name="milestone_once"),
                    models.CheckConstraint(
                        condition=models.Q(("reference__regex", "^[A-Za-z0-9._-]{1,40}$")), name="milestone_reference"
                    ),
                    models.CheckConstraint(condition=models.Q(("price_micro__gt", 0)), name="milestone_price"),
                ],
            },
        ),
        migrations.AddField(
            model_name="engagement",
            name="terms",
            field=models.JSONField(blank=True, null=True, verbose_name="terms"),
        ),
        migrations.AddField(
            model_name="session",
            name="title",
            field=models.CharField(blank=True, max_length=200, verbose_name="title"),
        ),
        migrations.AddField(
            model_name="session",
            name="delivered_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="delivered"),
        ),
        migrations.AddField(
            model_name="session",
            name="milestone",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sessions",
                to="consulting.milestone",
                verbose_name="milestone",
            ),
        ),
        migrations.AddField(
            model_name="acceptance",
            name="milestone",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="acceptance",
                to="consulting.milestone",
                verbose_name="milestone",
            ),
        ),
        migrations.AddField(
            model_name="acceptance",
            name="counted_off_micro",
            field=models.BigIntegerField(default=0, verbose_name="refunded before, U"),
        ),
        migrations.RemoveConstraint(
            model_name="acceptance",
            name="acceptance_whole_once",
        ),
        migrations.AddConstraint(
            model_name="acceptance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("milestone", None), ("session", None)),
                fields=("engagement",),
                name="acceptance_whole_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="acceptance",
            constraint=models.CheckConstraint(
                condition=models.Q(("session", None), ("milestone", None), _connector="OR"), name="acceptance_one_unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="acceptance",
            constraint=models.CheckConstraint(
                condition=models.Q(("counted_off_micro__gte", 0)), name="acceptance_counted_off"
            ),
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="consulting.engagement"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="consulting.session",
                    ),
                ),
                (
                    "milestone",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="consulting.milestone",
                    ),
                ),
                (
                    "acceptance",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="consulting.acceptance",
                    ),
                ),
                ("unit_micro", models.BigIntegerField(verbose_name="price of the unit, U")),
                ("before_micro", models.BigIntegerField(verbose_name="refunded before, U")),
                ("amount_micro", models.BigIntegerField(verbose_name="refunded, U")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("refunded_on", models.DateField(verbose_name="day")),
                ("refunded_by", models.CharField(max_length=80)),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "refund",
                "verbose_name_plural": "refunds",
                "ordering": ["engagement", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("engagement", "session", "milestone", "before_micro"),
                        name="refund_follows_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("session", None), ("milestone", None), _connector="OR"),
                        name="refund_one_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_micro__gt", 0),
                            ("before_micro__gte", 0),
                            (
                                "unit_micro__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("before_micro"), "+", models.F("amount_micro")
                                ),
                            ),
                        ),
                        name="refund_within_unit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RefundPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="consulting.refund"
                    ),
                ),
                (
                    "acceptance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_parts",
                        to="consulting.acceptance",
                    ),
                ),
                (
                    "share",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_parts",
                        to="consulting.share",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("escrow", "held money"), ("payable", "the expert’s account"), ("pool", "the pool")],
                        max_length=7,
                        verbose_name="from",
                    ),
                ),
                ("share_micro", models.BigIntegerField(verbose_name="share, U")),
                ("before_micro", models.BigIntegerField(verbose_name="refunded before, U")),
                ("amount_micro", models.BigIntegerField(verbose_name="refunded, U")),
            ],
            options={
                "verbose_name": "part of a refund",
                "verbose_name_plural": "parts of refunds",
                "db_table": "consulting_refundpart",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("acceptance", "share", "before_micro"),
                        name="refundpart_follows_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_micro__gt", 0),
                            ("before_micro__gte", 0),
                            (
                                "share_micro__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("before_micro"), "+", models.F("amount_micro")
                                ),
                            ),
                        ),
                        name="refundpart_within_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ("escrow", "payable", "pool"))), name="refundpart_source"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="treasury.client"
                    ),
                ),
                ("amount_micro", models.BigIntegerField(verbose_name="amount, U")),
                ("evidence", models.CharField(blank=True, max_length=200, verbose_name="evidence")),
                ("paid_on", models.DateField(verbose_name="day")),
                ("paid_by", models.CharField(max_length=80)),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "money paid back",
                "verbose_name_plural": "money paid back",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("evidence", ""), _negated=True),
                        fields=("client", "evidence"),
                        name="payback_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount_micro__gt", 0)), name="payback_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="consulting.engagement"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("client", "the client"), ("expert", "the experts"), ("group", "the group")],
                        max_length=6,
                        verbose_name="opened by",
                    ),
                ),
                ("opened_by", models.CharField(max_length=80)),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="reason")),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("closed_by", models.CharField(blank=True, max_length=80)),
                ("percent", models.IntegerField(blank=True, null=True, verbose_name="per cent to the experts")),
            ],
            options={
                "verbose_name": "dispute",
                "verbose_name_plural": "disputes",
                "ordering": ["-opened_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)), fields=("engagement",), name="dispute_open_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ("client", "expert", "group"))), name="dispute_side"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("percent", None),
                            models.Q(("closed_at__isnull", False), ("percent__range", (0, 100))),
                            _connector="OR",
                        ),
                        name="dispute_percent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("closed_by", "")),
                            models.Q(
                                ("closed_at__gte", models.F("opened_at")), models.Q(("closed_by", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="dispute_closing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DisputeOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="consulting.dispute"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="expert",
                    ),
                ),
                ("percent", models.IntegerField(verbose_name="per cent to the experts")),
                ("signed_by", models.CharField(max_length=80)),
                ("signed_at", models.DateTimeField(verbose_name="signed")),
            ],
            options={
                "verbose_name": "offer in a dispute",
                "verbose_name_plural": "offers in disputes",
                "db_table": "consulting_disputeoffer",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("percent__range", (0, 100))), name="disputeoffer_percent"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SilenceReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "session",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consulting.session",
                    ),
                ),
                (
                    "milestone",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consulting.milestone",
                    ),
                ),
                ("counts_on", models.DateField(help_text="The day on which silence counts")),
                ("days_before", models.IntegerField()),
                ("sent_on", models.DateField()),
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
                "db_table": "consulting_silencereminder",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("session", "milestone", "counts_on", "days_before"),
                        name="silencereminder_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("milestone__isnull", False), ("session", None)),
                            models.Q(("milestone", None), ("session__isnull", False)),
                            _connector="OR",
                        ),
                        name="silencereminder_one_unit",
                    ),
                    models.CheckConstraint(condition=models.Q(("days_before__gt", 0)), name="silencereminder_before"),
                ],
            },
        ),
        *operations("consulting_refundpart"),
        *operations("consulting_disputeoffer"),
        *operations("consulting_silencereminder"),
        migrations.RunSQL(AGREED, undo(AGREED)),
        migrations.RunSQL(MILESTONES, undo(MILESTONES)),
        migrations.RunSQL(REFUNDS, undo(REFUNDS)),
        migrations.RunSQL(PAYBACKS, undo(PAYBACKS)),
        migrations.RunSQL(DISPUTES, undo(DISPUTES)),
    ]
