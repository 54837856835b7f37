"""Ballots, their words, their signatures, and votes from elsewhere as evidence."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import ADDRESS
from journal.appendonly import append_only
from members.models import Member
from proposals.models.proposals import HEX_DIGITS, NONCE_DIGITS, Proposal
from proposals.models.rounds import Seat

DIGEST = r"^[0-9a-f]{64}$"
# More is no evidence that anybody reads.
EVIDENCE_MOST = 50


class Ballot(models.Model):
    """One cast or change of a seat; the seat's ballot is its highest `seq`. Append-only, chained per proposal.

    receipt = H(previous link, seat, number, commitment), commitment = H(nonce, choice, reason): docs/proposals.md.
    """

    class Choice(models.TextChoices):
        FOR = "for", _("In favour")
        OBJECT = "object", _("Object and ask for more information")
        WITHDRAWN = "withdrawn", _("Objection withdrawn, no vote")
        AGAINST = "against", _("Against")
        ABSTAIN = "abstain", _("Abstain")

    # The unique constraints below serve the lookups by seat and by proposal: no index of their own.
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="ballots", db_index=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.BigIntegerField(help_text=_("Place in the proposal's chain, from 1"))
    seq = models.IntegerField(help_text=_("Which ballot of this seat, from 1"))
    # In an election `for:<handle>` says for whom.
    choice = models.CharField(_("choice"), max_length=40, choices=Choice.choices)
    nonce = models.CharField(max_length=NONCE_DIGITS)
    reason_digest = models.CharField(max_length=HEX_DIGITS, blank=True)
    commitment = models.CharField(max_length=HEX_DIGITS)
    previous = models.CharField(max_length=HEX_DIGITS)
    receipt = models.CharField(_("receipt"), max_length=HEX_DIGITS)
    cast_at = models.DateTimeField(_("cast"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("proposals_ballot")
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        ordering = ["proposal", "number"]
        constraints = [
            models.UniqueConstraint(fields=["seat", "seq"], name="ballot_seq_once"),
            models.UniqueConstraint(fields=["proposal", "number"], name="ballot_number_once"),
            models.UniqueConstraint(fields=["receipt"], name="ballot_receipt_once"),
            models.CheckConstraint(condition=Q(seq__gte=1, number__gte=1), name="ballot_counts_from_one"),
            models.CheckConstraint(
                condition=Q(choice__regex=r"^(for(:[a-z][a-z0-9-]{1,30})?|object|withdrawn|against|abstain)$"),
                name="ballot_choice",
            ),
            models.CheckConstraint(
                condition=~Q(choice="object") | ~Q(reason_digest=""), name="ballot_objection_reasoned"
            ),
        ]

    def __str__(self) -> str:
        return self.receipt[:8]


class Reason(models.Model):
    """The words of a ballot, apart from it so that they can be erased while the chain still verifies."""

    ballot = models.OneToOneField(Ballot, on_delete=models.PROTECT, primary_key=True, related_name="reason")
    salt = models.CharField(max_length=NONCE_DIGITS)
    text = models.TextField(_("reason"))
    missing = models.TextField(_("what information is missing"), blank=True)

    def __str__(self) -> str:
        return self.text[:40]


class BallotSignature(models.Model):
    """What a member's wallet signed of a ballot, once. Append-only; the message: docs/signatures.md.

    `group` is the name of this site as it was signed, `digest` that of the whole typed data.
    """

    ballot = models.OneToOneField(Ballot, on_delete=models.PROTECT, primary_key=True, related_name="signature")
    group = models.CharField(max_length=255)
    address = models.CharField(_("address"), max_length=42)
    signature = models.CharField(_("signature"), max_length=132)
    digest = models.CharField(max_length=HEX_DIGITS)
    signed_at = models.DateTimeField(_("signed"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("proposals_ballotsignature")
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.CheckConstraint(condition=~Q(group=""), name="signature_group"),
            models.CheckConstraint(condition=Q(address__regex=ADDRESS), name="signature_address"),
            models.CheckConstraint(condition=Q(signature__regex=r"^0x[0-9a-f]{128}1[bc]$"), name="signature_of_a_key"),
            models.CheckConstraint(condition=Q(digest__regex=DIGEST), name="signature_digest"),
        ]

    def __str__(self) -> str:
        return self.digest[:8]


class Evidence(models.Model):
    """A vote cast on Snapshot that a member put beside a proposal. Append-only; what it proves: docs/signatures.md."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="evidence", db_index=False)
    number = models.IntegerField(help_text=_("Place in the proposal's evidence, from 1 to 50"))
    envelope = models.JSONField()
    digest = models.CharField(max_length=HEX_DIGITS)
    added_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("proposals_evidence")
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["proposal", "number"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="evidence_number_once"),
            models.UniqueConstraint(fields=["proposal", "digest"], name="evidence_once"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=EVIDENCE_MOST), name="evidence_number"),
            models.CheckConstraint(condition=Q(digest__regex=DIGEST), name="evidence_digest"),
        ]

    def __str__(self) -> str:
        return self.digest[:8]
