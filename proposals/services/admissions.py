"""Putting an application to the vote (join.2.3)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from charter import registry
from journal.services import entries
from members.models import Application, Member
from members.selectors import people
from proposals.models import Proposal
from proposals.refusals import AlreadyProposed, LeaderOnly
from proposals.services import locks, rounds

ADMIT = "members.admit"


def open_admission(*, application: Application, by: Member, at: datetime) -> Proposal:
    """The leader opens the admission proposal with its first round; everything it is decided by is frozen now.

    Raises LeaderOnly, AlreadyProposed, NoElectors, NoVotingTime, and the first thing that the application still lacks.
    """
    with transaction.atomic():
        # Two clicks, or an edit by the applicant, wait here.
        held = locks.hold_application(application.pk)
        if not rounds.leads(by, at):
            raise LeaderOnly
        if Proposal.objects.filter(application=held).exists():
            raise AlreadyProposed
        locks.hold_numbering()
        steps = [registry.Step(ADMIT, {"application": held.pk})]
        proposal = Proposal.objects.create(
            number=(Proposal.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
            kind=Proposal.Kind.ADMISSION,
            about=held.name,
            application=held,
            proposed_by=by,
            proposed_at=at,
            acts=[step.plain() for step in steps],
            acts_digest=registry.fingerprint(steps),
        )
        entries.append(
            actor=people.actor(by),
            verb="proposal.open",
            subject=f"proposal/{proposal.number}",
            data={"kind": proposal.kind, "acts": proposal.acts_digest, "application": held.pk},
            at=at,
        )
        rounds.open_round(proposal=proposal, changes="", by=by, at=at)
    return proposal
