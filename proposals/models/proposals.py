"""What is put before the members. The Proposal row is the lock."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from charter.rules import numbering, wording
from journal import writing
from members.models import Application, Member

HEX_DIGITS = 64
NONCE_DIGITS = 32
# As many settings of an amendment stand in its title.
SETTINGS_MOST = 2


class Proposal(models.Model):
    """Something put before the members. Its state is derived from its rounds; locking this row orders all writes.

    Without a round it waits to be opened, at `opens_at` by itself. Then its acts may still be made: an election has one
    for each candidate who stands by then.
    """

    class Kind(models.TextChoices):
        ADMISSION = "admission", _("Admission")
        REMOVAL = "removal", _("Removal")
        AMENDMENT = "amendment", _("Amendment")
        BUDGET = "budget", _("Budget")
        DISPUTE = "dispute", _("Dispute")
        RESOLUTION = "resolution", _("Resolution")
        ELECTION = "election", _("Election")
        OBJECTION = "objection", _("Escalated objection")

    number = models.BigIntegerField(_("number"), unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    about = models.CharField(_("about"), max_length=120, help_text=_("The name of the person; erased with the person"))
    # The member whom a removal is about: the one who has no seat.
    concerns = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    application = models.OneToOneField(Application, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Nobody: the worker put it forward on its day.
    proposed_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField(_("proposed"))
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True, help_text=_("Empty: it opened at once"))
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True, help_text=_("Before it opened"))
    execute_on = models.DateField(_("not carried out before"), null=True, blank=True)
    hidden = models.BooleanField(_("hidden until closed"), default=False, db_default=False)
    final_ballots = models.BooleanField(_("ballots are final"), default=False, db_default=False)
    # What an election is for, once: the first day of the term that ends.
    ending_term = models.DateField(null=True, blank=True, unique=True)
    acts = models.JSONField(_("acts"), help_text=_("What may be executed: key and params of each"))
    acts_digest = models.CharField(max_length=HEX_DIGITS)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="proposal_number_from_one"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "admission",
                        "removal",
                        "amendment",
                        "budget",
                        "dispute",
                        "resolution",
                        "election",
                        "objection",
                    ]
                ),
                name="proposal_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="removal", concerns__isnull=False) | (~Q(kind="removal") & Q(concerns=None)),
                name="removal_concerns_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(kind="admission") | Q(application__isnull=False), name="admission_has_application"
            ),
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=False) | Q(kind="election"), name="proposal_by_somebody"
            ),
            models.CheckConstraint(condition=Q(ending_term=None) | Q(kind="election"), name="only_elections_end_terms"),
            models.CheckConstraint(condition=Q(hidden=False) | Q(final_ballots=False), name="proposal_hidden_or_final"),
            models.CheckConstraint(
                condition=Q(taken_back_at=None) | Q(opens_at__isnull=False), name="taken_back_before_it_opened"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What is proposed, in the reader's language."""
        name = self.about
        if self.kind == self.Kind.AMENDMENT:
            name = self._settings()
        elif self.kind == self.Kind.ELECTION:
            name = writing.day(date.fromisoformat(self.about), shape="plain_year")
        return str(TITLES[self.Kind(self.kind)]) % {"name": name or gettext("an erased person")}

    @property
    def proposer(self) -> str:
        """Who put it forward, by name; without anybody, the group's calendar did."""
        return self.proposed_by.name if self.proposed_by else gettext("the group’s calendar")

    def _settings(self) -> str:
        """The settings of an amendment by their names and its clauses by their numbers; `about` has their keys."""
        params = self.acts[0]["params"]
        numbers = dict.fromkeys(numbering.number(key.partition("/")[0]) for key in params.get("texts", {}))
        labels = [*map(wording.label, sorted(params["changes"])), *(f"§ {number}" for number in numbers)]
        shown = pgettext("between names", ", ").join(labels[:SETTINGS_MOST])
        return shown if len(labels) <= SETTINGS_MOST else f"{shown} …"


TITLES = {
    Proposal.Kind.ADMISSION: _("Admit %(name)s as a member"),
    Proposal.Kind.REMOVAL: _("Remove %(name)s from the group"),
    Proposal.Kind.AMENDMENT: _("Amend the charter: %(name)s"),
    Proposal.Kind.BUDGET: _("Grant the budget of %(name)s"),
    Proposal.Kind.DISPUTE: _("Settle the dispute over %(name)s"),
    Proposal.Kind.RESOLUTION: _("Resolve: %(name)s"),
    Proposal.Kind.ELECTION: _("Elect the leader from %(name)s on"),
    Proposal.Kind.OBJECTION: _("Assess the objection to %(name)s"),
}


class ProposalWords(models.Model):
    """The words of a proposal that waits to be opened, put to the vote by its first round. They can be erased."""

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, primary_key=True, related_name="words")
    salt = models.CharField(max_length=NONCE_DIGITS)
    content = models.JSONField(help_text=_("What will be put to the vote"))

    def __str__(self) -> str:
        return str(self.pk)
