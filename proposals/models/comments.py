"""What members say about a proposal beside the vote: docs/comments.md."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from journal.appendonly import append_only
from members.models import Member
from proposals.models.ballots import DIGEST
from proposals.models.proposals import HEX_DIGITS, NONCE_DIGITS, Proposal


class Comment(models.Model):
    """A comment's place: by whom, when, on what, the digest of its words. Append-only.

    Without a `member` it is the applicant's of this admission. `answers` is one level deep.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="comments", db_index=False)
    number = models.IntegerField(help_text=_("Place in the proposal's comments, from 1"))
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    answers = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="answered_by")
    digest = models.CharField(max_length=HEX_DIGITS)
    written_at = models.DateTimeField(_("written"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("proposals_comment")
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["proposal", "number"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="comment_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="comment_number_from_one"),
            models.CheckConstraint(condition=Q(digest__regex=DIGEST), name="comment_digest"),
        ]
        # How many somebody wrote within an hour.
        indexes = [models.Index(fields=["member", "written_at"], name="comment_of_an_hour")]

    def __str__(self) -> str:
        return str(self.number)


class CommentWords(models.Model):
    """A comment's words, apart from it so that they can be erased: then salt and text are empty."""

    comment = models.OneToOneField(Comment, on_delete=models.PROTECT, primary_key=True, related_name="words")
    salt = models.CharField(max_length=NONCE_DIGITS, blank=True)
    text = models.TextField(_("comment"), blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(salt="", text="") | (~Q(salt="") & ~Q(text="")), name="comment_words_or_none"
            )
        ]

    def __str__(self) -> str:
        return self.text[:40]


class Retraction(models.Model):
    """That its author took a comment back, once. Append-only; its words are erased."""

    comment = models.OneToOneField(Comment, on_delete=models.PROTECT, primary_key=True, related_name="retraction")
    taken_back_at = models.DateTimeField(_("taken back"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("proposals_retraction")
        verbose_name = _("retraction")
        verbose_name_plural = _("retractions")

    def __str__(self) -> str:
        return str(self.pk)
