"""Timers, deliverables, messages, agenda."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# What ran stays; it is stopped once, and its session is its own.
TIMERS = """
CREATE FUNCTION consulting_guard_timer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.stopped_at IS NOT NULL
     OR (NEW.id, NEW.member_id, NEW.engagement_id, NEW.started_at)
        IS DISTINCT FROM (OLD.id, OLD.member_id, OLD.engagement_id, OLD.started_at)) THEN
    RAISE EXCEPTION 'timer % refused: what ran stays', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.session_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM consulting_session held WHERE held.id = NEW.session_id
      AND held.member_id = NEW.member_id AND held.engagement_id = NEW.engagement_id) THEN
    RAISE EXCEPTION 'timer % refused: the session is not its own', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_timer_guard BEFORE INSERT OR UPDATE ON consulting_timer
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_timer();
CREATE TRIGGER consulting_timer_kept BEFORE DELETE OR TRUNCATE ON consulting_timer
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""

# What the client accepted stays as it was; what was delivered is not taken away.
DELIVERABLES = """
CREATE FUNCTION consulting_guard_deliverable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.accepted_at IS NOT NULL OR TG_OP = 'DELETE' AND OLD.delivered_at IS NOT NULL
     OR TG_OP = 'UPDATE' AND (NEW.id, NEW.engagement_id) IS DISTINCT FROM (OLD.id, OLD.engagement_id)
     OR TG_OP = 'UPDATE' AND OLD.delivered_at IS NOT NULL AND NEW.delivered_at IS NULL THEN
    RAISE EXCEPTION 'deliverable % refused: what was delivered or accepted stays', OLD.id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER consulting_deliverable_guard BEFORE UPDATE OR DELETE ON consulting_deliverable
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_deliverable();
"""

# What was said stays; a person's words can be emptied, so that they can be erased.
MESSAGES = """
CREATE FUNCTION consulting_guard_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.engagement_id, NEW.author_id, NEW.side, NEW.written_at)
     IS DISTINCT FROM (OLD.id, OLD.engagement_id, OLD.author_id, OLD.side, OLD.written_at)
     OR NEW.body NOT IN (OLD.body, '') OR NEW.salt NOT IN (OLD.salt, '') THEN
    RAISE EXCEPTION 'message % refused: what was said stays', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_message_guard BEFORE UPDATE ON consulting_message
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_message();
CREATE TRIGGER consulting_message_kept BEFORE DELETE OR TRUNCATE ON consulting_message
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""

# A file is of the same engagement as what it belongs to, and never becomes another one.
UPLOADS = """
CREATE FUNCTION consulting_guard_upload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.engagement_id IS DISTINCT FROM (
    SELECT engagement_id FROM consulting_message WHERE id = NEW.message_id
    UNION ALL SELECT engagement_id FROM consulting_deliverable WHERE id = NEW.deliverable_id) THEN
    RAISE EXCEPTION 'file % refused: it belongs to another engagement', NEW.token USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'name' - 'listing' <> to_jsonb(OLD) - 'name' - 'listing'
     OR NEW.name NOT IN (OLD.name, '')) THEN
    RAISE EXCEPTION 'file % refused: it stays as it was sent', OLD.token USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_upload_guard BEFORE INSERT OR UPDATE ON consulting_upload
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_upload();
CREATE TRIGGER consulting_upload_kept BEFORE DELETE OR TRUNCATE ON consulting_upload
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""


def undone(*names: str) -> str:
    """What takes the guards of these tables away again."""
    kept = ";".join(
        f"DROP TRIGGER consulting_{name}_kept ON consulting_{name}" for name in names if name != "deliverable"
    )
    functions = ";".join(f"DROP FUNCTION consulting_guard_{name} CASCADE" for name in names)
    return ";".join(filter(None, (kept, functions)))


class Migration(migrations.Migration):
    dependencies = [
        ("consulting", "0007_feeds"),
        ("members", "0002_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Deliverable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                ("link", models.CharField(blank=True, max_length=500, verbose_name="link")),
                ("delivered_at", models.DateTimeField(blank=True, null=True, verbose_name="delivered")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="accepted")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "delivered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                    ),
                ),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliverables",
                        to="consulting.engagement",
                    ),
                ),
            ],
            options={
                "verbose_name": "deliverable",
                "verbose_name_plural": "deliverables",
                "ordering": ["due_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(max_length=10)),
                ("body", models.TextField(blank=True, max_length=4000, verbose_name="message")),
                ("written_at", models.DateTimeField()),
                ("salt", models.CharField(blank=True, editable=False, max_length=32)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="consulting.engagement"
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Timer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("stopped_at", models.DateTimeField(blank=True, null=True, verbose_name="stopped")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="what it was about")),
                ("kept_centi", models.IntegerField(default=0, verbose_name="hours not recorded")),
                ("refused", models.CharField(blank=True, max_length=40, verbose_name="why not")),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="timers",
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
                (
                    "session",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="timer",
                        to="consulting.session",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "timer",
                "verbose_name_plural": "timers",
                "ordering": ["-started_at"],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(db_collation="C", max_length=43, unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("kind", models.CharField(max_length=4, verbose_name="kind")),
                ("size", models.IntegerField(verbose_name="bytes")),
                ("digest", models.CharField(max_length=64)),
                ("listing", models.JSONField(default=list)),
                ("uploaded_at", models.DateTimeField()),
                (
                    "deliverable",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="consulting.deliverable",
                    ),
                ),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uploads", to="consulting.engagement"
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="consulting.message",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "file",
                "verbose_name_plural": "files",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=300, verbose_name="what to talk about")),
                ("added_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agenda", to="consulting.engagement"
                    ),
                ),
            ],
            options={
                "verbose_name": "point of the agenda",
                "verbose_name_plural": "agenda",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("done_at", None), ("done_at__gte", models.F("added_at")), _connector="OR"),
                        name="agendaitem_order",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="deliverable",
            index=models.Index(condition=models.Q(("delivered_at", None)), fields=["due_on"], name="deliverable_due"),
        ),
        migrations.AddConstraint(
            model_name="deliverable",
            constraint=models.UniqueConstraint(fields=("engagement", "title"), name="deliverable_once"),
        ),
        migrations.AddConstraint(
            model_name="deliverable",
            constraint=models.CheckConstraint(
                condition=models.Q(("link", ""), ("link__regex", "^https?://"), _connector="OR"),
                name="deliverable_link",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliverable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("delivered_at", None), ("delivered_by", None), ("link", "")),
                    models.Q(("delivered_at__isnull", False), ("delivered_by__isnull", False)),
                    _connector="OR",
                ),
                name="deliverable_delivered",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliverable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted_at", None), ("accepted_by", None)),
                    models.Q(
                        ("accepted_at__gte", models.F("delivered_at")),
                        ("accepted_by__isnull", False),
                        ("delivered_at__isnull", False),
                        ("accepted_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="deliverable_accepted",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ("client", "expert", "treasurer", "leader"))), name="message_side"
            ),
        ),
        migrations.AddConstraint(
            model_name="timer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stopped_at", None)), fields=("member",), name="timer_runs_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="timer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kept_centi", 0), ("session", None), ("stopped_at", None)),
                    models.Q(("stopped_at__gte", models.F("started_at")), ("stopped_at__isnull", False)),
                    _connector="OR",
                ),
                name="timer_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="timer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kept_centi", 0), ("refused", "")),
                    models.Q(("kept_centi__gt", 0), models.Q(("refused", ""), _negated=True)),
                    _connector="OR",
                ),
                name="timer_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("deliverable__isnull", False), ("message", None)),
                    models.Q(("deliverable", None), ("message__isnull", False)),
                    _connector="OR",
                ),
                name="upload_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("token__regex", "^[A-Za-z0-9_-]{43}$")), name="upload_token"
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("png", "jpeg", "webp", "pdf", "zip", "txt", "md", "csv"))),
                name="upload_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(condition=models.Q(("size__range", (1, 10485760))), name="upload_size"),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="upload_digest"
            ),
        ),
        migrations.RunSQL(TIMERS, undone("timer")),
        migrations.RunSQL(DELIVERABLES, undone("deliverable")),
        migrations.RunSQL(MESSAGES, undone("message")),
        migrations.RunSQL(UPLOADS, undone("upload")),
    ]
