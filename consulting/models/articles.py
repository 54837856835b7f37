"""What the group writes up and what clients say: articles with the client's consent, and reviews (duty.2.2, why.4)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Now
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from consulting.models.engagements import Engagement
from members.models import Member

BODY_LONGEST = 60_000
REVIEW_LONGEST = 600
HEX = "^[0-9a-f]{64}$"


class Article(models.Model):
    """A text in Markdown by a member. One about an engagement is published only as its client has read it.

    `digest` is that of title, language and body as they stand; asking and consenting keep the one that was shown.
    """

    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("author"))
    engagement = models.ForeignKey(
        Engagement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="articles",
        verbose_name=_("engagement"),
    )
    slug = models.SlugField(_("address"), max_length=100, unique=True)
    title = models.CharField(_("title"), max_length=160)
    language = models.CharField(_("language"), max_length=12)
    body = models.TextField(_("text"), max_length=BODY_LONGEST)
    digest = models.CharField(max_length=64)
    asked_digest = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    consent_digest = models.CharField(max_length=64, blank=True)
    consented_at = models.DateTimeField(_("consented"), null=True, blank=True)
    consented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed"))
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(digest__regex=HEX), name="article_digest"),
            models.CheckConstraint(
                condition=Q(asked_at=None, asked_digest="") | Q(asked_at__isnull=False, asked_digest__regex=HEX),
                name="article_asked",
            ),
            models.CheckConstraint(
                condition=Q(consented_at=None, consent_digest="", consented_by=None)
                | Q(consented_at__isnull=False, consent_digest__regex=HEX, consented_by__isnull=False),
                name="article_consented",
            ),
            # What is public about a client's engagement is, to the letter, what the client agreed to.
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(engagement=None) | Q(consent_digest=F("digest")),
                name="article_with_consent",
            ),
        ]
        indexes = [
            models.Index(fields=["-published_at"], condition=Q(published_at__isnull=False), name="article_published")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> str:
        """`published`, `consented`, `asked` or `draft`: an answer to another text than this one counts for nothing."""
        if self.published_at is not None:
            return "published"
        if self.engagement_id is not None and self.consent_digest == self.digest:
            return "consented"
        if self.asked_digest == self.digest:
            return "asked"
        return "draft"


class Review(models.Model):
    """What a client says after work was accepted: theirs to change, nobody's to edit; the leader may hide it."""

    engagement = models.OneToOneField(Engagement, on_delete=models.PROTECT, related_name="review")
    text = models.TextField(_("text"), max_length=REVIEW_LONGEST)
    named = models.BooleanField(_("with the client’s name"), default=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written"))
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    hidden_reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") & Q(LessThanOrEqual(Length("text"), REVIEW_LONGEST)), name="review_text"
            ),
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_reason="") | (Q(hidden_at__isnull=False) & ~Q(hidden_reason="")),
                name="review_hidden",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement}"
