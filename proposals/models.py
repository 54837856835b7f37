"""Proposals, rounds, electorates, ballots, outcomes. The Proposal row is the lock; what is decided is append-only."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.models import ADDRESS
from charter.rules import wording
from journal.appendonly import append_only
from members.models import Application, Member

HEX_DIGITS = 64
# As many settings of an amendment stand in its title.
SETTINGS_MOST = 2
NONCE_DIGITS = 32
DIGEST = r"^[0-9a-f]{64}$"
# More is no evidence that anybody reads.
EVIDENCE_MOST = 50


class Proposal(models.Model):
    """Something put before the members. Its state is derived from its rounds; locking this row orders all writes."""

    class Kind(models.TextChoices):
        ADMISSION = "admission", _("Admission")
        REMOVAL = "removal", _("Removal")
        AMENDMENT = "amendment", _("Amendment")
        BUDGET = "budget", _("Budget")
        DISPUTE = "dispute", _("Dispute")
        RESOLUTION = "resolution", _("Resolution")

    number = models.BigIntegerField(_("number"), unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    about = models.CharField(_("about"), max_length=120, help_text=_("The name of the person; erased with the person"))
    # The member whom a removal is about: the one who has no seat.
    concerns = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    application = models.OneToOneField(Application, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    proposed_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed"))
    acts = models.JSONField(_("acts"), help_text=_("What may be executed: key and params of each"))
    acts_digest = models.CharField(max_length=HEX_DIGITS)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="proposal_number_from_one"),
            models.CheckConstraint(
                condition=Q(kind__in=["admission", "removal", "amendment", "budget", "dispute", "resolution"]),
                name="proposal_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="removal", concerns__isnull=False) | (~Q(kind="removal") & Q(concerns=None)),
                name="removal_concerns_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(kind="admission") | Q(application__isnull=False), name="admission_has_application"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What is proposed, in the reader's language."""
        name = self._settings() if self.kind == self.Kind.AMENDMENT else self.about
        return str(TITLES[self.Kind(self.kind)]) % {"name": name or gettext("an erased person")}

    def _settings(self) -> str:
        """The settings of an amendment by their names; `about` has their keys."""
        labels = [wording.label(key) for key in sorted(self.acts[0]["params"]["changes"])]
        shown = pgettext("between names", ", ").join(labels[:SETTINGS_MOST])
        return shown if len(labels) <= SETTINGS_MOST else f"{shown} …"


TITLES = {
    Proposal.Kind.ADMISSION: _("Admit %(name)s as a member"),
    Proposal.Kind.REMOVAL: _("Remove %(name)s from the group"),
    Proposal.Kind.AMENDMENT: _("Amend the charter: %(name)s"),
    Proposal.Kind.BUDGET: _("Grant the budget of %(name)s"),
    Proposal.Kind.DISPUTE: _("Settle the dispute over %(name)s"),
    Proposal.Kind.RESOLUTION: _("Resolve: %(name)s"),
}


class Round(models.Model):
    """One vote on a proposal, with everything it is decided by frozen at opening. Append-only.

    `previous` and `digest` make it a link of the proposal's chain; `opened_in` is the transaction that opened it, the
    only one that may add seats.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="rounds")
    number = models.IntegerField(_("round"))
    wording_digest = models.CharField(max_length=HEX_DIGITS)
    rule = models.CharField(_("rule"), max_length=120)
    edition = models.IntegerField(_("charter edition"))
    electorate_digest = models.CharField(max_length=HEX_DIGITS)
    previous = models.CharField(max_length=HEX_DIGITS)
    digest = models.CharField(max_length=HEX_DIGITS)
    opened_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened"))
    earliest_end_at = models.DateTimeField(_("earliest end"))
    deadline_at = models.DateTimeField(_("deadline"))
    final_ballots = models.BooleanField(_("ballots are final"), default=False, db_default=False)
    opened_in = models.BigIntegerField(default=0, editable=False)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("proposals_round")
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["proposal", "number"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="round_once"),
            models.UniqueConstraint(fields=["digest"], name="round_digest_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="round_number_from_one"),
            models.CheckConstraint(
                condition=Q(earliest_end_at__gte=F("opened_at"))
                & Q(deadline_at__gt=F("opened_at"))
                & Q(earliest_end_at__lte=F("deadline_at")),
                name="round_times",
            ),
            # An objection is there to be withdrawn: under the unanimous rule no ballot is final.
            models.CheckConstraint(
                condition=Q(final_ballots=False) | ~Q(rule__startswith="share>=1 of=all "), name="round_final"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal} ({self.number})"


class Wording(models.Model):
    """The words of a round, apart from it so that they can be erased while the chain still verifies."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, primary_key=True, related_name="wording")
    salt = models.CharField(max_length=NONCE_DIGITS)
    content = models.JSONField(help_text=_("What was put to the vote, as it stood at opening"))
    changes = models.TextField(_("what changed since the last round"), blank=True)

    def __str__(self) -> str:
        return str(self.pk)


class Seat(models.Model):
    """A member's seat in a round's electorate, fixed at opening. Append-only."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="seats", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    position = models.IntegerField()

    class Meta:
        db_table = append_only("proposals_seat")
        ordering = ["round", "position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "member"], name="seat_once"),
            models.UniqueConstraint(fields=["round", "position"], name="seat_position_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="seat_position_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.position}"


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
    choice = models.CharField(_("choice"), max_length=12, choices=Choice.choices)
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
                condition=Q(choice__in=["for", "object", "withdrawn", "against", "abstain"]), name="ballot_choice"
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


class Outcome(models.Model):
    """How a round ended, once. Append-only: a round is closed if and only if it has one."""

    class Result(models.TextChoices):
        SUCCEEDED = "succeeded", _("Passed")
        OBJECTED = "objected", _("Stopped by an objection")
        SILENCE = "silence", _("A vote was missing at the deadline")
        CANCELED = "canceled", _("Canceled")
        REJECTED = "rejected", _("Not enough votes")

    round = models.OneToOneField(Round, on_delete=models.PROTECT, primary_key=True, related_name="outcome")
    result = models.CharField(_("result"), max_length=12, choices=Result.choices)
    tally = models.JSONField(help_text=_("The count and the arithmetic"))
    last_receipt = models.CharField(max_length=HEX_DIGITS, help_text=_("The head of the proposal's chain"))
    digest = models.CharField(max_length=HEX_DIGITS)
    decided_at = models.DateTimeField(_("decided"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("proposals_outcome")
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=["succeeded", "objected", "silence", "canceled", "rejected"]),
                name="outcome_result",
            )
        ]

    def __str__(self) -> str:
        return self.get_result_display()


class Execution(models.Model):
    """The effect of a passed proposal, once. Append-only."""

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, primary_key=True, related_name="execution")
    outcome = models.OneToOneField(Outcome, on_delete=models.PROTECT, related_name="+")
    effect = models.CharField(_("effect"), max_length=160)
    executed_at = models.DateTimeField(_("executed"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("proposals_execution")
        verbose_name = _("execution")
        verbose_name_plural = _("executions")
        constraints = [models.CheckConstraint(condition=~Q(effect=""), name="execution_effect")]

    def __str__(self) -> str:
        return self.effect


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
