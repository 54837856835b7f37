"""What members declare of themselves before a round opens: that they stand, that they recuse themselves."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from journal.appendonly import append_only
from members.models import Member
from proposals.models.proposals import HEX_DIGITS, NONCE_DIGITS, Proposal


class Declaration(models.Model):
    """A candidacy or a recusal; the one with the highest `seq` of a member counts. Append-only."""

    class Kind(models.TextChoices):
        CANDIDACY = "candidacy", _("Candidacy")
        RECUSAL = "recusal", _("Recusal")

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="declarations", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    seq = models.IntegerField()
    stands = models.BooleanField(help_text=_("No: it is taken back"))
    # Who decides the leader's own claims, should the candidate be elected.
    deputy = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    words_digest = models.CharField(max_length=HEX_DIGITS, blank=True)
    declared_at = models.DateTimeField(_("declared"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("proposals_declaration")
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")
        ordering = ["proposal", "kind", "member", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "kind", "member", "seq"], name="declaration_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="declaration_seq_from_one"),
            models.CheckConstraint(condition=Q(kind__in=["candidacy", "recusal"]), name="declaration_kind"),
            models.CheckConstraint(
                condition=Q(deputy=None) | (Q(kind="candidacy", stands=True) & ~Q(deputy=F("member"))),
                name="declaration_deputy",
            ),
            models.CheckConstraint(condition=Q(stands=False) | ~Q(words_digest=""), name="declaration_reasoned"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.seq}"


class DeclarationWords(models.Model):
    """The statement or the reason, apart from it so that the words can be erased while the chain still verifies."""

    declaration = models.OneToOneField(Declaration, on_delete=models.PROTECT, primary_key=True, related_name="words")
    salt = models.CharField(max_length=NONCE_DIGITS)
    text = models.TextField(_("words"))

    def __str__(self) -> str:
        return self.text[:40]
