"""What waits: ballots for members, rounds and applications for the leader."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from members.models import Member
from members.services import memberships
from proposals.selectors.waiting import ballots_waiting, for_member
from proposals.services import ballots, rounds
from tests.proposals.cast import DAY, DEADLINE, HOUR, NOW, application, at, found, opened, vote

pytestmark = pytest.mark.django_db
LATER = NOW + 2 * HOUR


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


def kinds(member: Member, moment: object = LATER) -> list[tuple[str, str]]:
    return [(item.kind.value, item.title) for item in for_member(member, moment)]  # type: ignore[arg-type]


def number(member: Member) -> int:
    assert isinstance(member.user, User)
    return ballots_waiting(member.user, LATER)


def test_a_round_waits_for_who_has_not_voted(group: list[Member]) -> None:
    title = "Admit Noor Haddad as a member"
    _proposal, held = opened(group[0])
    assert [kinds(member) for member in group] == [[("vote", title)]] * 3
    vote(held, group[1])
    assert (kinds(group[1]), number(group[1]), number(group[2])) == ([], 0, 1)
    vote(held, group[2], "object")
    assert (kinds(group[2]), kinds(group[0])) == ([], [("vote", title), ("objected", title)])
    ballots.withdraw(round_id=held.pk, by=group[2], clock=at(LATER))
    assert (kinds(group[2]), number(group[2])) == ([("vote", title)], 1)
    (waiting, *_rest) = for_member(group[2], LATER)
    assert (waiting.closes_at, list(waiting.votes)) == (DEADLINE, ["", "for", "withdrawn"])


def test_nothing_waits_before_the_opening_or_after_the_deadline(group: list[Member]) -> None:
    opened(group[0])
    assert kinds(group[1], NOW - HOUR) == []
    assert kinds(group[1], DEADLINE) == []
    assert kinds(group[0], DEADLINE) == [("next_round", "Admit Noor Haddad as a member")]


def test_who_left_has_nothing_waiting(group: list[Member]) -> None:
    opened(group[0])
    memberships.declare_exit(member=group[1], exited_on=NOW.date(), by=group[1], at=NOW)
    assert kinds(group[1], NOW + 2 * DAY) == []


def test_the_leader_hears_of_rounds_that_stopped_and_of_applications_that_are_ready(group: list[Member]) -> None:
    ana, ben, _chen = group
    _proposal, held = opened(ana)
    application(ana, "otto")
    assert [kind for kind, _title in kinds(ana)] == ["vote", "ready"]
    assert [kind for kind, _title in kinds(ben)] == ["vote"]
    vote(held, ben, "object")
    assert [kind for kind, _title in kinds(ana)] == ["vote", "objected", "ready"]
    rounds.close_due(clock=at(DEADLINE))
    assert sorted(kind for kind, _title in kinds(ana, DEADLINE)) == ["next_round", "ready"]


def test_a_passed_proposal_waits_for_nobody(group: list[Member]) -> None:
    _proposal, held = opened(group[0])
    for member in group:
        vote(held, member, moment=NOW + 2 * DAY)
    assert kinds(group[0], NOW + 2 * DAY) == []


def test_what_waits_takes_as_many_queries_for_one_as_for_three(group: list[Member]) -> None:
    counts, leader = [], group[0].user
    assert leader is not None
    for handles in (["a1"], ["b1", "b2"]):
        for handle in handles:
            opened(group[0], handle=handle)
        with CaptureQueriesContext(connection) as queries:
            assert for_member(group[0], LATER)
        counts.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            ballots_waiting(leader, LATER)
        counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert counts[1] == 1
