"""Putting an application to the vote (join.2.3)."""

from datetime import datetime

from django.db import transaction

import charter.selectors
from charter import registry
from members.models import Application, Member
from members.selectors import people
from proposals.models import Proposal
from proposals.refusals import AlreadyProposed, LeaderOnly
from proposals.services import locks, proposing, rounds

ADMIT = "members.admit"


def open_admission(*, application: Application, by: Member, at: datetime) -> Proposal:
    """The leader opens the admission proposal with its first round; everything it is decided by is frozen now.

    Raises LeaderOnly, AlreadyProposed, NoElectors, NoVotingTime, and the first thing that the application still lacks.
    """
    with transaction.atomic():
        # Two clicks, or an edit by the applicant, wait here.
        held = locks.hold_application(application.pk)
        if not people.leads(by, charter.selectors.today(at)):
            raise LeaderOnly
        if Proposal.objects.filter(application=held).exists():
            raise AlreadyProposed
        locks.hold_numbering()
        steps = [registry.Step(ADMIT, {"application": held.pk})]
        proposal = proposing.write(
            kind=Proposal.Kind.ADMISSION, about=held.name, application=held, steps=steps, by=by, at=at
        )
        rounds.open_round(proposal=proposal, changes="", by=by, at=at)
    return proposal
