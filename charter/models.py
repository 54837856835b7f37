"""The group, the editions of its charter and what each of them amended."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from journal.appendonly import append_only

VALUE_MOST = 200
TEXT_MOST = 1000
HEX_DIGITS = 64
# What stands in `Edition.act` where no proposal brought the edition.
FOUNDING_ACT = "founding"
IMPORT_ACT = "import"


class Group(models.Model):
    """The one group of this deployment. Its row is the lock under which editions are numbered."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60, help_text=_("At founding; the charter's amendments change it"))
    founded_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="group_only_one"),
            models.CheckConstraint(condition=~Q(name=""), name="group_named"),
        ]

    def __str__(self) -> str:
        return self.name


class Edition(models.Model):
    """One passed bundle of amendments, numbered by execution, in force from its day on. Edition 1 is the founding."""

    number = models.PositiveIntegerField(primary_key=True)
    effective_on = models.DateField()
    act = models.CharField(max_length=160, help_text=_("Text reference of the decision that brought it"))
    actor = models.CharField(max_length=80)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("charter_edition")
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="edition_from_one"),
            models.CheckConstraint(condition=~Q(act="") & ~Q(actor=""), name="edition_reasoned"),
        ]

    def __str__(self) -> str:
        return str(self.number)


class Amendment(models.Model):
    """One setting's new value, as written, in an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="amendments")
    key = models.CharField(max_length=60)
    value = models.CharField(max_length=VALUE_MOST)

    class Meta:
        db_table = append_only("charter_amendment")
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        constraints = [
            models.UniqueConstraint(fields=["edition", "key"], name="amendment_key_once"),
            models.CheckConstraint(condition=~Q(key="") & ~Q(value=""), name="amendment_written"),
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


class ClauseText(models.Model):
    """The new words of one clause in one language in an edition, and the digest of the words they replace."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="texts")
    clause = models.CharField(max_length=30)
    language = models.CharField(max_length=10)
    text = models.CharField(max_length=TEXT_MOST)
    digest = models.CharField(max_length=HEX_DIGITS)
    replaces = models.CharField(max_length=HEX_DIGITS)

    class Meta:
        db_table = append_only("charter_clausetext")
        verbose_name = _("clause text")
        verbose_name_plural = _("clause texts")
        constraints = [
            models.UniqueConstraint(fields=["edition", "clause", "language"], name="clause_text_once"),
            models.CheckConstraint(condition=~Q(clause="") & ~Q(text=""), name="clause_text_written"),
            models.CheckConstraint(condition=Q(language__in=["en", "zh-Hans"]), name="clause_text_language"),
            models.CheckConstraint(condition=~Q(digest=models.F("replaces")), name="clause_text_changes"),
            models.CheckConstraint(
                condition=Q(digest__regex="^[0-9a-f]{64}$") & Q(replaces__regex="^[0-9a-f]{64}$"),
                name="clause_text_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause}/{self.language}"
