"""What the pages of an application say about its vote, from the proposal to the membership."""

from datetime import datetime
from typing import Any

import pytest

from members.models import Application
from members.registry import Progress, progress
from members.selectors.journeys import journey_of
from members.services import applications
from proposals.models import Proposal
from proposals.services import execution, rounds
from tests.proposals.cast import AFTER_A_DAY, DAY, DEADLINE, HOUR, NOW, application, at, found, opened, vote

pytestmark = pytest.mark.django_db


def told(proposal: Proposal, moment: datetime) -> Progress:
    """What is told at a moment."""
    assert proposal.application_id is not None
    said = progress(proposal.application_id, moment)
    assert said is not None
    return said


def states(proposal: Proposal, moment: datetime) -> list[str]:
    """The steps' states in their order."""
    return [stage.state for stage in told(proposal, moment).stages]


def test_nothing_is_told_before_the_proposal() -> None:
    leader = found()[0]
    assert progress(application(leader).pk, NOW) is None


def test_an_open_round_leads_to_the_proposal() -> None:
    proposal, _held = opened(found()[0])
    said = told(proposal, NOW + HOUR)
    assert said.url == f"/proposals/{proposal.number}/"
    assert said.title == "The members are voting on your admission."
    assert states(proposal, NOW + HOUR) == ["ok", "ok", "now", "next"]
    assert proposal.application is not None
    assert not journey_of(proposal.application, NOW + HOUR).editable


@pytest.mark.parametrize("ended", [False, True])
def test_a_round_is_counted_once_or_not_at_all(django_assert_num_queries: Any, ended: bool) -> None:
    proposal, _held = opened(found()[0])
    if ended:
        rounds.close_due(clock=at(DEADLINE))
    with django_assert_num_queries(1 if ended else 2):
        told(proposal, DEADLINE if ended else NOW + HOUR)


def test_an_objection_asks_the_applicant_who_may_then_edit() -> None:
    members = found()
    proposal, held = opened(members[0])
    vote(held, members[1], "object")
    assert told(proposal, NOW + 2 * HOUR).title.startswith("A member objects.")
    assert proposal.application is not None
    assert journey_of(proposal.application, NOW + 2 * HOUR).editable


def test_a_second_round_begins_anew_and_keeps_the_first() -> None:
    members = found()
    proposal, held = opened(members[0])
    vote(held, members[1], "object")
    rounds.open_next(proposal=proposal, changes="More.", by=members[0], clock=at(NOW + DAY))
    assert states(proposal, NOW + DAY) == ["ok", "ok", "block", "ok", "now", "next"]
    assert told(proposal, NOW + DAY).title == "The members are voting on your admission."


@pytest.mark.parametrize("written_down", [True, False])
def test_silence_at_the_deadline_counts_whether_or_not_the_worker_came(written_down: bool) -> None:
    proposal, held = opened(found()[0])
    if written_down:
        rounds.close_due(clock=at(DEADLINE))
    assert told(proposal, DEADLINE).title.startswith("The round ended without every vote.")
    assert states(proposal, DEADLINE)[-1] == "now"
    assert not hasattr(held, "outcome") or written_down


def test_who_is_admitted_reads_so() -> None:
    members = found()
    proposal, held = opened(members[0])
    for member in members:
        vote(held, member, moment=AFTER_A_DAY)
    assert told(proposal, AFTER_A_DAY).title.startswith("Every member is in favour.")
    proposal.refresh_from_db()
    execution.execute(proposal=proposal, by=members[0], clock=at(AFTER_A_DAY))
    assert told(proposal, AFTER_A_DAY).stages[-1].text == "Carried out"
    assert proposal.application_id is not None
    done = Application.objects.get(pk=proposal.application_id)
    assert journey_of(done, AFTER_A_DAY).lead == "You are a member of the group."


def test_who_takes_the_application_back_reads_that_last() -> None:
    proposal, _held = opened(found()[0])
    assert proposal.application is not None
    applications.withdraw(application=proposal.application, by=proposal.application.user, at=NOW + HOUR)
    rounds.close_due(clock=at(NOW + HOUR))
    proposal.application.refresh_from_db()
    assert journey_of(proposal.application, NOW + HOUR).stages[-1].text == "Taken back by the applicant"
    assert states(proposal, NOW + HOUR) == ["ok", "ok", "block"]
