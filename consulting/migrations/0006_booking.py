"""Bookings, holds, retainers."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

# What a column cannot say: whole minutes from a start up to an end, and a zone that PostgreSQL knows.
TIMES = """
ALTER TABLE consulting_booking ADD CONSTRAINT booking_during CHECK (
  lower_inc(during) AND NOT upper_inc(during) AND upper(during) - lower(during) = make_interval(mins => minutes));
ALTER TABLE consulting_booking ADD CONSTRAINT booking_zone
  CHECK (timezone(time_zone, timestamp '2026-01-01') IS NOT NULL)
"""

# What was sold stays; a moment that was written stays; a time moves under the next number. A booking that lapsed comes
# back by being paid for and no other way (paid too late it stays released); what was answered or cancelled never does.
BOOKINGS = """
CREATE FUNCTION consulting_guard_booking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.reference, NEW.member_id, NEW.minutes, NEW.rate_micro, NEW.price_micro, NEW.terms, NEW.created_at)
     IS DISTINCT FROM
     (OLD.id, OLD.reference, OLD.member_id, OLD.minutes, OLD.rate_micro, OLD.price_micro, OLD.terms, OLD.created_at)
  THEN
    RAISE EXCEPTION 'booking % refused: what was sold stays', OLD.reference USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.verified_at IS NOT NULL AND NEW.verified_at IS DISTINCT FROM OLD.verified_at
     OR OLD.paid_at IS NOT NULL AND NEW.paid_at IS DISTINCT FROM OLD.paid_at
     OR OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at
     OR OLD.declined_at IS NOT NULL AND NEW.declined_at IS DISTINCT FROM OLD.declined_at
     OR OLD.cancelled_at IS NOT NULL AND NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at
     OR OLD.invoice_id IS NOT NULL AND NEW.invoice_id IS DISTINCT FROM OLD.invoice_id
     OR OLD.session_id IS NOT NULL AND NEW.session_id IS DISTINCT FROM OLD.session_id THEN
    RAISE EXCEPTION 'booking % refused: what happened stays', OLD.reference USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.during <> OLD.during AND (NEW.sequence <> OLD.sequence + 1 OR OLD.paid_at IS NULL)
     OR NEW.sequence NOT IN (OLD.sequence, OLD.sequence + 1) THEN
    RAISE EXCEPTION 'booking % refused: it moves under the next number', OLD.reference
      USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.released_at IS NOT NULL AND (
       NEW.released_at IS NULL AND (OLD.paid_at IS NOT NULL OR NEW.paid_at IS NULL OR OLD.cancelled_at IS NOT NULL)
       OR NEW.released_at IS NOT NULL
         AND (NEW.verified_at, NEW.confirmed_at, NEW.declined_at, NEW.cancelled_at, NEW.released_at)
         IS DISTINCT FROM
         (OLD.verified_at, OLD.confirmed_at, OLD.declined_at, OLD.cancelled_at, OLD.released_at)) THEN
    RAISE EXCEPTION 'booking % refused: it was given back', OLD.reference USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_booking_guard BEFORE UPDATE ON consulting_booking
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_booking();
CREATE TRIGGER consulting_booking_kept BEFORE DELETE OR TRUNCATE ON consulting_booking
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consulting", "0005_billing"),
        ("members", "0002_rules"),
        ("treasury", "0002_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(db_collation="C", max_length=10, unique=True, verbose_name="reference")),
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
                    "client",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="treasury.client",
                        verbose_name="client",
                    ),
                ),
                (
                    "engagement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="consulting.engagement",
                        verbose_name="engagement",
                    ),
                ),
                (
                    "invoice",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="booking",
                        to="consulting.invoice",
                        verbose_name="invoice",
                    ),
                ),
                (
                    "session",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="booking",
                        to="consulting.session",
                        verbose_name="session",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("organisation", models.CharField(blank=True, max_length=120, verbose_name="organisation")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("topic", models.TextField(blank=True, max_length=4000, verbose_name="what it is about")),
                ("may_publish", models.BooleanField(default=False, verbose_name="may be written about")),
                ("time_zone", models.CharField(max_length=60, verbose_name="time zone")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name="time")),
                ("minutes", models.IntegerField(verbose_name="minutes")),
                ("rate_micro", models.BigIntegerField(verbose_name="rate, U an hour")),
                ("price_micro", models.BigIntegerField(verbose_name="price, U")),
                ("terms", models.JSONField(help_text="Frozen when it was booked", verbose_name="terms")),
                ("code_digest", models.CharField(blank=True, max_length=64)),
                ("code_tries", models.IntegerField(default=0)),
                ("sequence", models.IntegerField(default=0, verbose_name="moved")),
                ("created_at", models.DateTimeField(verbose_name="booked")),
                ("hold_until", models.DateTimeField(verbose_name="held until")),
                ("verified_at", models.DateTimeField(null=True, verbose_name="address proved")),
                ("paid_at", models.DateTimeField(null=True, verbose_name="paid")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="confirmed")),
                ("declined_at", models.DateTimeField(null=True, verbose_name="declined")),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="cancelled")),
                ("released_at", models.DateTimeField(null=True, verbose_name="released")),
            ],
            options={
                "verbose_name": "booking",
                "verbose_name_plural": "bookings",
                "ordering": ["-created_at", "reference"],
                "indexes": [
                    models.Index(
                        models.F("member"),
                        models.F("during__startswith"),
                        condition=models.Q(("released_at", None)),
                        name="booking_live",
                    ),
                    models.Index(
                        condition=models.Q(("paid_at", None), ("released_at", None)),
                        fields=["hold_until"],
                        name="booking_lapses",
                    ),
                    models.Index(
                        condition=models.Q(("confirmed_at", None), ("paid_at__isnull", False), ("released_at", None)),
                        fields=["paid_at"],
                        name="booking_unanswered",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("engagement__isnull", False), ("paid_at", None), ("released_at__isnull", False)
                        ),
                        fields=["engagement"],
                        name="booking_not_taken",
                    ),
                ],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("released_at", None)),
                        expressions=[
                            (
                                models.Func(
                                    models.F("member"),
                                    models.F("member"),
                                    models.Value("[]"),
                                    function="int8range",
                                    output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                                ),
                                "&&",
                            ),
                            (models.F("during"), "&&"),
                        ],
                        name="booking_time_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("paid_at", None), ("released_at", None)),
                        fields=("email",),
                        name="booking_one_hold",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reference__regex", "^B-[a-z2-7]{8}$")), name="booking_reference"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__in", (30, 60, 90, 120, 180, 240))), name="booking_minutes"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price_micro__gt", 0), ("rate_micro__gt", 0)), name="booking_price"
                    ),
                    models.CheckConstraint(condition=models.Q(("code_tries__range", (0, 5))), name="booking_tries"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("code_digest", ""), ("code_digest__regex", "^[0-9a-f]{64}$"), _connector="OR"
                        ),
                        name="booking_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hold_until__gt", models.F("created_at"))), name="booking_hold"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("client", None), ("engagement", None), ("invoice", None), ("verified_at", None)),
                            models.Q(
                                ("client__isnull", False),
                                ("engagement__isnull", False),
                                ("invoice__isnull", False),
                                ("verified_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="booking_ordered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("paid_at", None), ("verified_at__isnull", False), _connector="OR"),
                        name="booking_paid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at", None), ("declined_at", None), ("session", None)),
                            ("paid_at__isnull", False),
                            _connector="OR",
                        ),
                        name="booking_answered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("declined_at", None),
                            models.Q(("cancelled_at", None), ("confirmed_at", None)),
                            _connector="OR",
                        ),
                        name="booking_one_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cancelled_at", None), ("declined_at", None)),
                            ("released_at__isnull", False),
                            _connector="OR",
                        ),
                        name="booking_ended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Retainer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retainers",
                        to="consulting.engagement",
                        verbose_name="engagement",
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
                ("weekly_centi", models.IntegerField(verbose_name="hours a week")),
                ("first_monday", models.DateField(verbose_name="first week")),
                ("last_monday", models.DateField(verbose_name="last week")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "reserved hours",
                "verbose_name_plural": "reserved hours",
                "ordering": ["first_monday", "pk"],
                "indexes": [models.Index(fields=["member", "first_monday"], name="retainer_week")],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    models.F("engagement"),
                                    models.F("engagement"),
                                    models.Value("[]"),
                                    function="int8range",
                                    output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    models.F("member"),
                                    models.F("member"),
                                    models.Value("[]"),
                                    function="int8range",
                                    output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    models.F("first_monday"),
                                    models.F("last_monday"),
                                    models.Value("[]"),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="retainer_week_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("weekly_centi__gt", 0)), name="retainer_hours"),
                    models.CheckConstraint(
                        condition=models.Q(("first_monday__lte", models.F("last_monday"))), name="retainer_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first_monday__iso_week_day", 1), ("last_monday__iso_week_day", 1)),
                        name="retainer_mondays",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            TIMES,
            "ALTER TABLE consulting_booking DROP CONSTRAINT booking_during, DROP CONSTRAINT booking_zone",
        ),
        migrations.RunSQL(
            BOOKINGS,
            "DROP FUNCTION consulting_guard_booking CASCADE; DROP TRIGGER consulting_booking_kept ON consulting_booking",
        ),
    ]
