"""Busy calendars, private feeds, articles, reviews."""

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

# What is published stays as it was read: taken back first, then changed. An article stays its author's and about what
# it was about.
ARTICLES = """
CREATE FUNCTION consulting_guard_article() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.author_id, NEW.engagement_id, NEW.slug)
     IS DISTINCT FROM (OLD.id, OLD.author_id, OLD.engagement_id, OLD.slug)
     OR OLD.published_at IS NOT NULL AND NEW.published_at IS NOT NULL
        AND (NEW.title, NEW.language, NEW.body, NEW.digest, NEW.published_at)
        IS DISTINCT FROM (OLD.title, OLD.language, OLD.body, OLD.digest, OLD.published_at) THEN
    RAISE EXCEPTION 'article % refused: what is published stays as it was read', OLD.id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consulting_article_guard BEFORE UPDATE ON consulting_article
  FOR EACH ROW EXECUTE FUNCTION consulting_guard_article();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consulting", "0006_booking"),
        ("members", "0002_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BusyFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="feeds", to="consulting.profile"
                    ),
                ),
                ("url", models.CharField(max_length=1000, verbose_name="address")),
                ("added_at", models.DateTimeField(verbose_name="added")),
                ("looked_at", models.DateTimeField(blank=True, null=True, verbose_name="looked at")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="read")),
                ("etag", models.CharField(blank=True, max_length=200)),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("address", "The address leads to a place that is not public."),
                            ("unreachable", "The calendar’s server cannot be reached."),
                            ("slow", "The calendar’s server takes too long to answer."),
                            ("redirects", "The address leads on more than three times."),
                            ("answer", "The calendar’s server does not hand the calendar out."),
                            ("large", "The calendar is larger than 2 MB."),
                            ("unreadable", "What is at the address is no calendar that can be read."),
                            ("many", "The calendar has more than 5,000 busy times."),
                        ],
                        max_length=12,
                        verbose_name="problem",
                    ),
                ),
            ],
            options={
                "verbose_name": "busy calendar",
                "verbose_name_plural": "busy calendars",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("profile", "url"), name="feed_once"),
                    models.CheckConstraint(condition=models.Q(("url__regex", "^https?://")), name="feed_address"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "problem__in",
                                (
                                    "",
                                    "address",
                                    "unreachable",
                                    "slow",
                                    "redirects",
                                    "answer",
                                    "large",
                                    "unreadable",
                                    "many",
                                ),
                            )
                        ),
                        name="feed_problem",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BusySpan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "feed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="spans", to="consulting.busyfeed"
                    ),
                ),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name="busy")),
            ],
            options={
                "verbose_name": "busy time",
                "verbose_name_plural": "busy times",
                "ordering": ["feed", "during"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("during__isempty", False), ("during__lower_inf", False), ("during__upper_inf", False)
                        ),
                        name="span_bounded",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("nonce", models.CharField(max_length=22, unique=True)),
                ("made_at", models.DateTimeField(verbose_name="made")),
            ],
            options={
                "verbose_name": "calendar address",
                "verbose_name_plural": "calendar addresses",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("nonce__regex", "^[A-Za-z0-9_-]{22}$")), name="calendar_key_nonce"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="author",
                    ),
                ),
                (
                    "engagement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="articles",
                        to="consulting.engagement",
                        verbose_name="engagement",
                    ),
                ),
                ("slug", models.SlugField(max_length=100, unique=True, verbose_name="address")),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                ("language", models.CharField(max_length=12, verbose_name="language")),
                ("body", models.TextField(max_length=60000, verbose_name="text")),
                ("digest", models.CharField(max_length=64)),
                ("asked_digest", models.CharField(blank=True, max_length=64)),
                ("asked_at", models.DateTimeField(blank=True, null=True, verbose_name="asked")),
                ("consent_digest", models.CharField(blank=True, max_length=64)),
                ("consented_at", models.DateTimeField(blank=True, null=True, verbose_name="consented")),
                (
                    "consented_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "article",
                "verbose_name_plural": "articles",
                "ordering": ["-published_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("published_at__isnull", False)),
                        fields=["-published_at"],
                        name="article_published",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="article_digest"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("asked_at", None), ("asked_digest", "")),
                            models.Q(("asked_at__isnull", False), ("asked_digest__regex", "^[0-9a-f]{64}$")),
                            _connector="OR",
                        ),
                        name="article_asked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("consent_digest", ""), ("consented_at", None), ("consented_by", None)),
                            models.Q(
                                ("consent_digest__regex", "^[0-9a-f]{64}$"),
                                ("consented_at__isnull", False),
                                ("consented_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="article_consented",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at", None),
                            ("engagement", None),
                            ("consent_digest", models.F("digest")),
                            _connector="OR",
                        ),
                        name="article_with_consent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "engagement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="review", to="consulting.engagement"
                    ),
                ),
                ("text", models.TextField(max_length=600, verbose_name="text")),
                ("named", models.BooleanField(default=False, verbose_name="with the client’s name")),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("written_at", models.DateTimeField(verbose_name="written")),
                ("hidden_at", models.DateTimeField(blank=True, null=True, verbose_name="hidden")),
                ("hidden_reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
            ],
            options={
                "verbose_name": "review",
                "verbose_name_plural": "reviews",
                "ordering": ["-written_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("text"), 600
                            ),
                        ),
                        name="review_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("hidden_at", None), ("hidden_reason", "")),
                            models.Q(("hidden_at__isnull", False), models.Q(("hidden_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="review_hidden",
                    ),
                ],
            },
        ),
        migrations.RunSQL(ARTICLES, "DROP FUNCTION consulting_guard_article CASCADE"),
    ]
