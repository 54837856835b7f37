"""Quotes, invoices, payments, and which payment paid which invoice."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from journal.appendonly import operations as append_only

# An invoice is what was sent: its lines sum to its total, and only that it is void is ever written to it, once, while
# nothing of it is paid.
INVOICES = """
CREATE FUNCTION consulting_guard_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.voided_at IS NOT NULL OR NEW.total_micro IS DISTINCT FROM
       (SELECT sum((line->>'amount_micro')::bigint) FROM jsonb_array_elements(NEW.lines) AS line) THEN
      RAISE EXCEPTION 'invoice % refused: its lines are not its total', NEW.number USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.client_id <> (SELECT client_id FROM consulting_engagement WHERE id = NEW.engagement_id) THEN
      RAISE EXCEPTION 'invoice % refused: another client ordered this', NEW.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.voided_at IS NOT NULL OR to_jsonb(NEW) - 'voided_at' - 'void_reason'
     IS DISTINCT FROM to_jsonb(OLD) - 'voided_at' - 'void_reason' THEN
    RAISE EXCEPTION 'invoice % refused: what was sent stays', OLD.number USING ERRCODE = 'check_violation';
  END IF;
  IF (SELECT coalesce(sum(amount_micro), 0) FROM consulting_allocation WHERE invoice_id = OLD.id) <> 0 THEN
    RAISE EXCEPTION 'invoice % refused: some of it is paid', OLD.number USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_invoice_guard BEFORE INSERT OR UPDATE ON consulting_invoice
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_invoice();
CREATE TRIGGER consulting_invoice_kept BEFORE DELETE OR TRUNCATE ON consulting_invoice
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""

# The next number is the last one and one more, or the series has a gap.
SERIES = """
CREATE FUNCTION consulting_guard_series() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.name <> OLD.name OR NEW.last <> OLD.last + 1 THEN
    RAISE EXCEPTION 'series % refused: % does not follow %', OLD.name, NEW.last, OLD.last
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_series_guard BEFORE UPDATE ON consulting_series
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_series();
CREATE TRIGGER consulting_series_kept BEFORE DELETE OR TRUNCATE ON consulting_series
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""

# What arrived stays as it arrived; once credited it stays credited to that client.
PAYMENTS = """
CREATE FUNCTION consulting_guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.kind, NEW.amount_micro, NEW.evidence, NEW.chain_id, NEW.tx_hash, NEW.log_index, NEW.token, NEW.payer,
      NEW."to", NEW.units) IS DISTINCT FROM (OLD.id, OLD.kind, OLD.amount_micro, OLD.evidence, OLD.chain_id, OLD.tx_hash,
      OLD.log_index, OLD.token, OLD.payer, OLD."to", OLD.units)
     OR OLD.reverted_at IS NOT NULL AND NEW.reverted_at IS DISTINCT FROM OLD.reverted_at
     OR OLD.resolved_at IS NOT NULL AND NEW.resolved_at IS DISTINCT FROM OLD.resolved_at
     OR OLD.credited_at IS NOT NULL AND (NEW.credited_at, NEW.client_id, NEW.received_on)
        IS DISTINCT FROM (OLD.credited_at, OLD.client_id, OLD.received_on) THEN
    RAISE EXCEPTION 'payment % refused: what arrived stays', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_payment_guard BEFORE UPDATE ON consulting_payment
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_payment();
CREATE TRIGGER consulting_payment_kept BEFORE DELETE OR TRUNCATE ON consulting_payment
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""

# No invoice is paid beyond its total, no payment used beyond its amount; the rows are locked before they are summed.
ALLOCATIONS = """
CREATE FUNCTION consulting_guard_allocation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  bill consulting_invoice;
  money consulting_payment;
  earlier consulting_allocation;
  paid bigint;
  used bigint;
BEGIN
  SELECT * INTO bill FROM consulting_invoice WHERE id = NEW.invoice_id FOR NO KEY UPDATE;
  SELECT coalesce(sum(amount_micro), 0) INTO paid FROM consulting_allocation WHERE invoice_id = NEW.invoice_id;
  IF bill.voided_at IS NOT NULL OR paid + NEW.amount_micro NOT BETWEEN 0 AND bill.total_micro THEN
    RAISE EXCEPTION 'allocation to % refused: void, or beyond its total', bill.number USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.payment_id IS NOT NULL THEN
    SELECT * INTO money FROM consulting_payment WHERE id = NEW.payment_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(amount_micro), 0) INTO used FROM consulting_allocation WHERE payment_id = NEW.payment_id;
    IF money.credited_at IS NULL OR money.client_id <> bill.client_id
       OR used + NEW.amount_micro NOT BETWEEN 0 AND money.amount_micro THEN
      RAISE EXCEPTION 'allocation to % refused: not credited to this client, or beyond the payment', bill.number
        USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF NEW.takes_back_id IS NOT NULL THEN
    SELECT * INTO earlier FROM consulting_allocation WHERE id = NEW.takes_back_id;
    IF (earlier.payment_id, earlier.invoice_id, -earlier.amount_micro)
       IS DISTINCT FROM (NEW.payment_id, NEW.invoice_id, NEW.amount_micro) THEN
      RAISE EXCEPTION 'allocation to % refused: it takes back something else', bill.number
        USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_allocation_guard BEFORE INSERT ON consulting_allocation
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_allocation();
"""

# An address of the group belongs to one invoice for ever.
DEPOSITS = """
CREATE FUNCTION consulting_guard_deposit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.address <> OLD.address OR OLD.invoice_id IS NOT NULL AND NEW.invoice_id IS DISTINCT FROM OLD.invoice_id THEN
    RAISE EXCEPTION 'address % refused: it stays with its invoice', OLD.address USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_deposit_guard BEFORE UPDATE ON consulting_depositaddress
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_deposit();
CREATE TRIGGER consulting_depositaddress_kept BEFORE DELETE OR TRUNCATE ON consulting_depositaddress
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""

# An offer stays as it was sent; an answer is given once.
QUOTES = """
CREATE FUNCTION consulting_guard_quote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.number, NEW.token, NEW.email, NEW.need, NEW.asked_at)
     IS DISTINCT FROM (OLD.id, OLD.number, OLD.token, OLD.email, OLD.need, OLD.asked_at)
     OR OLD.accepted_at IS NOT NULL OR OLD.declined_at IS NOT NULL
     OR OLD.sent_at IS NOT NULL AND (NEW.sent_at, NEW.valid_until, NEW.title, NEW.scope, NEW.milestones, NEW.terms,
        NEW.weekly_centi, NEW.first_monday, NEW.weeks, NEW.member_id, NEW.verified_at, NEW.asked_by_id) IS DISTINCT FROM
        (OLD.sent_at, OLD.valid_until, OLD.title, OLD.scope, OLD.milestones, OLD.terms,
        OLD.weekly_centi, OLD.first_monday, OLD.weeks, OLD.member_id, OLD.verified_at, OLD.asked_by_id) THEN
    RAISE EXCEPTION 'quote % refused: what was sent or answered stays', OLD.number USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_quote_guard BEFORE UPDATE ON consulting_quote
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_quote();
CREATE TRIGGER consulting_quote_kept BEFORE DELETE OR TRUNCATE ON consulting_quote
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE FUNCTION consulting_guard_quote_expert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sent_at FROM consulting_quote WHERE id = coalesce(NEW.quote_id, OLD.quote_id)) IS NOT NULL THEN
    RAISE EXCEPTION 'expert of a quote refused: it is sent' USING ERRCODE = 'check_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER consulting_quote_expert_guard BEFORE INSERT OR UPDATE OR DELETE ON consulting_quoteexpert
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_quote_expert();
"""


def guards(sql: str, table: str, *functions: str) -> migrations.RunSQL:
    """The triggers of a table, and how they go again."""
    undo = [f"DROP FUNCTION {name} CASCADE" for name in functions]
    if f"{table}_kept" in sql:
        undo.append(f"DROP TRIGGER {table}_kept ON {table}")
    return migrations.RunSQL(sql, ";".join(undo))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_wallet"),
        ("consulting", "0004_escrow"),
        ("members", "0002_rules"),
        ("treasury", "0003_client_money"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(db_collation="C", max_length=20, unique=True, verbose_name="number")),
                ("token", models.CharField(db_collation="C", max_length=64, unique=True)),
                ("purpose", models.CharField(max_length=200, verbose_name="what for")),
                ("lines", models.JSONField(verbose_name="lines")),
                ("total_micro", models.BigIntegerField(verbose_name="total, U")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("issued_at", models.DateTimeField(verbose_name="issued")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("voided_at", models.DateTimeField(blank=True, null=True, verbose_name="void since")),
                ("void_reason", models.CharField(blank=True, max_length=200, verbose_name="why void")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="treasury.client",
                        verbose_name="client",
                    ),
                ),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="consulting.engagement",
                        verbose_name="engagement",
                    ),
                ),
            ],
            options={
                "verbose_name": "invoice",
                "verbose_name_plural": "invoices",
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="DepositAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(db_collation="C", max_length=42, unique=True, verbose_name="address")),
                (
                    "added_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "invoice",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deposit_address",
                        to="consulting.invoice",
                    ),
                ),
            ],
            options={
                "verbose_name": "deposit address",
                "verbose_name_plural": "deposit addresses",
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("chain", "Stablecoin"), ("bank", "Bank transfer"), ("card", "Card")],
                        max_length=5,
                        verbose_name="kind",
                    ),
                ),
                ("amount_micro", models.BigIntegerField(verbose_name="amount, U")),
                ("received_on", models.DateField(verbose_name="arrived")),
                ("evidence", models.CharField(blank=True, max_length=300, verbose_name="evidence")),
                ("chain_id", models.BigIntegerField(blank=True, null=True)),
                ("tx_hash", models.CharField(blank=True, db_collation="C", max_length=66, verbose_name="transaction")),
                ("log_index", models.IntegerField(blank=True, null=True)),
                ("token", models.CharField(blank=True, db_collation="C", max_length=42, verbose_name="token")),
                ("payer", models.CharField(blank=True, db_collation="C", max_length=42, verbose_name="paid from")),
                ("to", models.CharField(blank=True, db_collation="C", max_length=42, verbose_name="paid to")),
                (
                    "units",
                    models.DecimalField(
                        blank=True, decimal_places=0, max_digits=78, null=True, verbose_name="units of the token"
                    ),
                ),
                ("block_number", models.BigIntegerField(blank=True, null=True, verbose_name="block")),
                ("block_hash", models.CharField(blank=True, db_collation="C", max_length=66)),
                ("seen_at", models.DateTimeField(verbose_name="seen")),
                ("final_at", models.DateTimeField(blank=True, null=True, verbose_name="final")),
                ("reverted_at", models.DateTimeField(blank=True, null=True, verbose_name="taken back")),
                ("credited_at", models.DateTimeField(blank=True, null=True, verbose_name="credited")),
                ("queued_reason", models.CharField(blank=True, max_length=40, verbose_name="why it waits")),
                ("resolved_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("decision_note", models.CharField(blank=True, max_length=300, verbose_name="why so")),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "client",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="treasury.client",
                        verbose_name="client",
                    ),
                ),
                (
                    "invoice_hint",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consulting.invoice",
                        verbose_name="invoice",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
                "ordering": ["-received_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount_micro", models.BigIntegerField(verbose_name="amount, U")),
                ("allocated_at", models.DateTimeField(verbose_name="allocated")),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "takes_back",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consulting.allocation",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allocations", to="consulting.invoice"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="consulting.payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "allocation",
                "verbose_name_plural": "allocations",
                "db_table": "consulting_allocation",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(db_collation="C", max_length=20, unique=True, verbose_name="number")),
                ("token", models.CharField(db_collation="C", max_length=64, unique=True)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("name", models.CharField(max_length=120, verbose_name="your name")),
                ("organisation", models.CharField(blank=True, max_length=120, verbose_name="organisation")),
                ("need", models.TextField(max_length=4000, verbose_name="what you need")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="title")),
                ("scope", models.TextField(blank=True, max_length=8000, verbose_name="scope")),
                ("milestones", models.JSONField(blank=True, default=list, verbose_name="milestones")),
                ("terms", models.JSONField(blank=True, null=True, verbose_name="terms")),
                ("weekly_centi", models.IntegerField(blank=True, null=True, verbose_name="hours a week")),
                ("first_monday", models.DateField(blank=True, null=True, verbose_name="from Monday")),
                ("weeks", models.IntegerField(blank=True, null=True, verbose_name="weeks")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("valid_until", models.DateTimeField(blank=True, null=True, verbose_name="valid until")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="accepted")),
                ("accepted_by", models.CharField(blank=True, max_length=120, verbose_name="accepted by")),
                ("signer", models.CharField(blank=True, max_length=42, verbose_name="signed with")),
                ("signature", models.CharField(blank=True, max_length=200, verbose_name="signature")),
                ("declined_at", models.DateTimeField(blank=True, null=True, verbose_name="declined")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="treasury.client",
                        verbose_name="client",
                    ),
                ),
                (
                    "engagement",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quote",
                        to="consulting.engagement",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="expert",
                    ),
                ),
            ],
            options={
                "verbose_name": "quote",
                "verbose_name_plural": "quotes",
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="QuoteExpert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("weight", models.IntegerField(default=1, verbose_name="weight")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="expert",
                    ),
                ),
                (
                    "quote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="experts", to="consulting.quote"
                    ),
                ),
            ],
            options={
                "verbose_name": "expert of a quote",
                "verbose_name_plural": "experts of quotes",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(db_collation="C", max_length=20, unique=True)),
                ("last", models.IntegerField(default=0)),
            ],
            options={
                "verbose_name": "series of numbers",
                "verbose_name_plural": "series of numbers",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("last__gte", 0)), name="series_not_negative")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__regex", "^[0-9]{4}-[0-9]{4,}$")), name="invoice_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("token__regex", "^[0-9a-f]{64}$")), name="invoice_token"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(condition=models.Q(("total_micro__gt", 0)), name="invoice_positive"),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_at__gte", models.F("issued_at"))), name="invoice_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("void_reason", ""), ("voided_at", None)),
                    models.Q(("voided_at__isnull", False), models.Q(("void_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="invoice_void_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositaddress",
            constraint=models.CheckConstraint(
                condition=models.Q(("address__regex", "^0x[0-9a-f]{40}$")), name="deposit_address"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["client", "-received_on"], name="payment_of_client"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("kind", "chain"), ("reverted_at", None)),
                fields=["chain_id", "block_number"],
                name="payment_standing",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("credited_at", None), ("resolved_at", None), ("reverted_at", None)),
                fields=["seen_at"],
                name="payment_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "chain"), ("reverted_at", None)),
                fields=("chain_id", "tx_hash", "log_index"),
                name="payment_log_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "chain"), _negated=True),
                fields=("kind", "evidence"),
                name="payment_evidence_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(condition=models.Q(("amount_micro__gt", 0)), name="payment_positive"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("block_hash__regex", "^0x[0-9a-f]{64}$"),
                        ("block_number__isnull", False),
                        ("chain_id__isnull", False),
                        ("kind", "chain"),
                        ("log_index__isnull", False),
                        ("payer__regex", "^0x[0-9a-f]{40}$"),
                        ("to__regex", "^0x[0-9a-f]{40}$"),
                        ("token__regex", "^0x[0-9a-f]{40}$"),
                        ("tx_hash__regex", "^0x[0-9a-f]{64}$"),
                        ("units__gt", 0),
                        ("units__isnull", False),
                    ),
                    models.Q(
                        ("block_hash", ""),
                        ("block_number", None),
                        ("chain_id", None),
                        ("kind__in", ("bank", "card")),
                        ("log_index", None),
                        ("payer", ""),
                        ("to", ""),
                        ("token", ""),
                        ("tx_hash", ""),
                        ("units", None),
                        models.Q(("evidence", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payment_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("credited_at", None),
                    models.Q(("client__isnull", False), ("final_at__isnull", False)),
                    _connector="OR",
                ),
                name="payment_credited_final",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision_note", ""), ("resolved_at", None)),
                    models.Q(
                        ("resolved_at__isnull", False),
                        models.Q(
                            ("credited_at__isnull", False),
                            models.Q(("decision_note", ""), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="payment_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount_micro__gt", 0), ("takes_back", None)),
                    models.Q(("amount_micro__lt", 0), ("takes_back__isnull", False)),
                    _connector="OR",
                ),
                name="allocation_sign",
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("takes_back", None)), fields=("payment",), name="allocation_payment_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__regex", "^Q-[0-9]{4}-[0-9]{4,}$")), name="quote_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(("token__regex", "^[0-9a-f]{64}$")), name="quote_token"
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asked_by", None), ("sent_at", None), ("verified_at", None)),
                    models.Q(("asked_by__isnull", False), ("verified_at__isnull", False)),
                    _connector="OR",
                ),
                name="quote_verified",
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sent_at", None), ("valid_until", None)),
                    models.Q(
                        ("sent_at__isnull", False),
                        ("terms__isnull", False),
                        ("valid_until__isnull", False),
                        ("valid_until__gt", models.F("sent_at")),
                        models.Q(("title", ""), _negated=True),
                        models.Q(("scope", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="quote_sent_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("accepted_at", None),
                        ("accepted_by", ""),
                        ("engagement", None),
                        ("signature", ""),
                        ("signer", ""),
                    ),
                    models.Q(
                        ("client__isnull", False),
                        ("declined_at", None),
                        ("engagement__isnull", False),
                        ("sent_at__isnull", False),
                        models.Q(("accepted_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="quote_accepted_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("first_monday", None), ("weekly_centi", None), ("weeks", None)),
                    models.Q(
                        ("first_monday__isnull", False),
                        ("weekly_centi__isnull", False),
                        ("weeks__isnull", False),
                        ("first_monday__iso_week_day", 1),
                        ("weekly_centi__range", (1, 4000)),
                        ("weeks__range", (1, 52)),
                    ),
                    _connector="OR",
                ),
                name="quote_reserve",
            ),
        ),
        migrations.AddConstraint(
            model_name="quoteexpert",
            constraint=models.UniqueConstraint(fields=("quote", "member"), name="quote_expert_once"),
        ),
        migrations.AddConstraint(
            model_name="quoteexpert",
            constraint=models.CheckConstraint(condition=models.Q(("weight__gte", 0)), name="quote_weight_not_negative"),
        ),
        migrations.CreateModel(
            name="ChainCursor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain_id", models.BigIntegerField(unique=True)),
                ("since", models.BigIntegerField(null=True)),
                ("scanned_to", models.BigIntegerField(default=0)),
                ("head", models.BigIntegerField(default=0)),
                ("looked_at", models.DateTimeField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("trouble", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "verbose_name": "view of a chain",
                "verbose_name_plural": "views of chains",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("chain_id__gte", 1), ("head__gte", 0), ("scanned_to__gte", 0)),
                        name="cursor_numbers",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PayerProof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(db_collation="C", max_length=42, verbose_name="address")),
                ("proven_at", models.DateTimeField(verbose_name="proved")),
                (
                    "challenge",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.challenge"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payer_proofs",
                        to="consulting.invoice",
                    ),
                ),
            ],
            options={
                "verbose_name": "proved address of a payer",
                "verbose_name_plural": "proved addresses of payers",
                "db_table": "consulting_payerproof",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("address__regex", "^0x[0-9a-f]{40}$")), name="payer_address"
                    ),
                    models.UniqueConstraint(fields=("address", "invoice"), name="payer_once"),
                ],
            },
        ),
        *append_only("consulting_allocation"),
        *append_only("consulting_payerproof"),
        guards(SERIES, "consulting_series", "consulting_guard_series"),
        guards(INVOICES, "consulting_invoice", "consulting_guard_invoice"),
        guards(PAYMENTS, "consulting_payment", "consulting_guard_payment"),
        guards(ALLOCATIONS, "consulting_allocation", "consulting_guard_allocation"),
        guards(DEPOSITS, "consulting_depositaddress", "consulting_guard_deposit"),
        guards(QUOTES, "consulting_quote", "consulting_guard_quote", "consulting_guard_quote_expert"),
    ]
