"""Rounds with everything they are decided by, frozen at opening."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from journal.appendonly import append_only
from members.models import Member
from proposals.models.proposals import HEX_DIGITS, NONCE_DIGITS, Proposal


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
    # Nobody: the worker opened it on its day, or as a run-off.
    opened_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(_("opened"))
    earliest_end_at = models.DateTimeField(_("earliest end"))
    deadline_at = models.DateTimeField(_("deadline"), help_text=_("As said at opening; motions may move it"))
    final_ballots = models.BooleanField(_("ballots are final"), default=False, db_default=False)
    hidden = models.BooleanField(_("hidden until closed"), default=False, db_default=False)
    execute_on = models.DateField(_("not carried out before"), null=True, blank=True)
    candidates = models.JSONField(
        default=list,
        db_default=[],
        blank=True,
        help_text=_("Handles in the order that breaks ties, of elections"),
    )
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
            # What an objection asks for has to be read to be answered, and an early end would tell the count.
            models.CheckConstraint(
                condition=Q(hidden=False) | (Q(final_ballots=False) & ~Q(rule__startswith="share>=1 of=all ")),
                name="round_hidden",
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
