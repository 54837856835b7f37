import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

GUARD = """
CREATE FUNCTION members_guard_leave() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.ended_on IS NULL AND NEW.ended_on IS NOT NULL
     AND (NEW.id, NEW.member_id, NEW.first_on, NEW.last_on, NEW.declared_at, NEW.recorded_at)
       = (OLD.id, OLD.member_id, OLD.first_on, OLD.last_on, OLD.declared_at, OLD.recorded_at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% on members_leave refused: a leave only gets the day of return, once', TG_OP
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER members_leave_guard BEFORE UPDATE OR DELETE ON members_leave
  FOR EACH ROW EXECUTE FUNCTION members_guard_leave();
CREATE TRIGGER members_leave_stays BEFORE TRUNCATE ON members_leave
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""
UNDO = """
DROP TRIGGER members_leave_stays ON members_leave;
DROP TRIGGER members_leave_guard ON members_leave;
DROP FUNCTION members_guard_leave;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0002_rules"),
        ("journal", "0002_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="Leave",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_on", models.DateField(verbose_name="first day")),
                ("last_on", models.DateField(verbose_name="last day")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="back from")),
                ("declared_at", models.DateTimeField(verbose_name="declared")),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaves",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "leave",
                "verbose_name_plural": "leaves",
                "ordering": ["member__handle", "first_on"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_on__gte", models.F("first_on"))), name="leave_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_on", None), ("ended_on__lte", models.F("last_on")), _connector="OR"),
                        name="leave_return",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    models.F("member"), models.F("member"), models.Value("[]"), function="int8range"
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    models.F("first_on"),
                                    models.Func(
                                        models.F("first_on"),
                                        models.Func(
                                            models.Func(
                                                models.F("last_on"),
                                                models.Value(1),
                                                arg_joiner=" + ",
                                                template="(%(expressions)s)",
                                            ),
                                            models.F("ended_on"),
                                            function="LEAST",
                                        ),
                                        function="GREATEST",
                                    ),
                                    models.Value("[)"),
                                    function="daterange",
                                ),
                                "&&",
                            ),
                        ],
                        name="leave_apart",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNDO),
    ]
