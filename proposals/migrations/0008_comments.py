import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from journal.appendonly import operations

# In order, by a member or by the applicant of the proposal's application; an answer to what stands there and is none.
COMMENT = """
CREATE FUNCTION proposals_comment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.number <> coalesce((SELECT max(number) FROM proposals_comment WHERE proposal_id = NEW.proposal_id), 0) + 1 THEN
    RAISE EXCEPTION 'comment %: not the next of its proposal', NEW.number USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.member_id IS NULL AND NOT EXISTS (
       SELECT 1 FROM proposals_proposal p WHERE p.id = NEW.proposal_id AND p.application_id IS NOT NULL) THEN
    RAISE EXCEPTION 'comment %: nobody wrote it', NEW.number USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.answers_id IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM proposals_comment c WHERE c.id = NEW.answers_id AND c.proposal_id = NEW.proposal_id
         AND c.answers_id IS NULL AND NOT EXISTS (SELECT 1 FROM proposals_retraction x WHERE x.comment_id = c.id)) THEN
    RAISE EXCEPTION 'comment %: answers nothing that stands', NEW.number USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER proposals_comment_guard BEFORE INSERT ON proposals_comment
  FOR EACH ROW EXECUTE FUNCTION proposals_comment_guard();
"""

# Words are erased or they stay.
WORDS = """
CREATE FUNCTION proposals_commentwords_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'comment: its words are emptied, their row stays' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.comment_id <> OLD.comment_id OR NEW.text <> '' OR NEW.salt <> '' THEN
    RAISE EXCEPTION 'comment: its words do not change' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER proposals_commentwords_guard BEFORE UPDATE OR DELETE ON proposals_commentwords
  FOR EACH ROW EXECUTE FUNCTION proposals_commentwords_guard();
"""

RETRACTION = """
CREATE FUNCTION proposals_retraction_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM proposals_commentwords w JOIN proposals_comment c ON c.id = w.comment_id
                 WHERE c.id = NEW.comment_id AND w.text = '' AND NEW.taken_back_at >= c.written_at) THEN
    RAISE EXCEPTION 'retraction: the words are still there' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER proposals_retraction_guard BEFORE INSERT ON proposals_retraction
  FOR EACH ROW EXECUTE FUNCTION proposals_retraction_guard();
"""


def undo(name: str) -> str:
    """The way back of a guard."""
    return f"DROP TRIGGER proposals_{name}_guard ON proposals_{name}; DROP FUNCTION proposals_{name}_guard"


class Migration(migrations.Migration):
    dependencies = [("proposals", "0007_guards"), ("members", "0002_rules"), ("journal", "0002_rules")]

    operations = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField(help_text="Place in the proposal's comments, from 1")),
                ("digest", models.CharField(max_length=64)),
                ("written_at", models.DateTimeField(verbose_name="written")),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "answers",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answered_by",
                        to="proposals.comment",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="proposals.proposal",
                    ),
                ),
            ],
            options={
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
                "db_table": "proposals_comment",
                "ordering": ["proposal", "number"],
                "indexes": [models.Index(fields=["member", "written_at"], name="comment_of_an_hour")],
                "constraints": [
                    models.UniqueConstraint(fields=("proposal", "number"), name="comment_number_once"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="comment_number_from_one"),
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="comment_digest"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommentWords",
            fields=[
                (
                    "comment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="proposals.comment",
                    ),
                ),
                ("salt", models.CharField(blank=True, max_length=32)),
                ("text", models.TextField(blank=True, verbose_name="comment")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("salt", ""), ("text", "")),
                            models.Q(
                                models.Q(("salt", ""), _negated=True),
                                models.Q(("text", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="comment_words_or_none",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Retraction",
            fields=[
                (
                    "comment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="retraction",
                        serialize=False,
                        to="proposals.comment",
                    ),
                ),
                ("taken_back_at", models.DateTimeField(verbose_name="taken back")),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "retraction",
                "verbose_name_plural": "retractions",
                "db_table": "proposals_retraction",
            },
        ),
        migrations.RunSQL(COMMENT, undo("comment")),
        migrations.RunSQL(WORDS, undo("commentwords")),
        migrations.RunSQL(RETRACTION, undo("retraction")),
        *operations("proposals_comment"),
        *operations("proposals_retraction"),
    ]
