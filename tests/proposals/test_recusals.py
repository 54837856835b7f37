"""Who has no seat: recused by their own word while no round is open, or on leave on the day a round opens."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from journal.models import Entry
from journal.refusals import Refusal
from members.models import Member
from members.services import applications, leaves, memberships
from proposals import refusals as no
from proposals.models import Declaration, Proposal, Round, Seat
from proposals.selectors import replays
from proposals.selectors.electorates import electorate
from proposals.selectors.proceedings import proceeding
from proposals.selectors.visibility import Reader
from proposals.services import announcing, ballots, execution, openings, proposing, recusals, rounds
from proposals.views import detail
from tests.proposals.cast import DAY, HOUR, NOW, at, found, opened, vote

pytestmark = pytest.mark.django_db
OPENS_AT = NOW + 3 * DAY
WHY = "My sister asks for it."


@pytest.fixture
def group() -> list[Member]:
    return found()


@pytest.fixture
def waiting(group: list[Member]) -> Proposal:
    return proposing.propose(
        kind="resolution", params={"title": "So"}, text="Because.", by=group[1], at=NOW, opens_at=OPENS_AT
    )


def recuse(proposal: Proposal, by: Member, moment: Any = NOW, reason: str = WHY) -> Declaration:
    return recusals.recuse(proposal=proposal, by=by, reason=reason, clock=at(moment))


def seats(held: Round) -> list[str]:
    return [seat.member.handle for seat in Seat.objects.filter(round=held).select_related("member")]


def refused(act: Any) -> str:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def test_who_is_recused_has_no_seat_and_the_words_say_so(group: list[Member], waiting: Proposal) -> None:
    recuse(waiting, group[2])
    (held,) = openings.open_due(clock=at(OPENS_AT))
    assert seats(held) == ["ana", "ben"]
    assert held.wording.content["absent"] == [{"handle": "chen", "why": "recused"}]
    with pytest.raises(no.NoSeat):
        vote(held, group[2], moment=OPENS_AT + HOUR)
    entry = Entry.objects.get(verb="proposal.recuse")
    assert (entry.actor, entry.subject) == ("member:chen", "proposal/1")
    # The words are the members': the journal has their digest only.
    assert WHY not in str(entry.data)
    assert list(replays.broken_proposals()) == []


def test_the_last_word_counts(group: list[Member], waiting: Proposal) -> None:
    chen = group[2]
    assert refused(lambda: recusals.take_back(proposal=waiting, by=chen, clock=at(NOW))) == "not-recused"
    recuse(waiting, chen)
    assert refused(lambda: recuse(waiting, chen)) == "same-recusal"
    recusals.take_back(proposal=waiting, by=chen, clock=at(NOW))
    assert [row.stands for row in Declaration.objects.order_by("seq")] == [True, False]
    (held,) = openings.open_due(clock=at(OPENS_AT))
    assert seats(held) == ["ana", "ben", "chen"]


def test_a_recusal_says_why_and_is_a_members(group: list[Member], waiting: Proposal) -> None:
    assert refused(lambda: recuse(waiting, group[2], reason=" ")) == "reason-missing"
    assert refused(lambda: recuse(waiting, group[2], reason="x" * 4001)) == "text-too-long"
    memberships.declare_exit(member=group[2], exited_on=NOW.date(), by=group[2], at=NOW)
    assert refused(lambda: recuse(waiting, group[2], NOW + DAY)) == "members-only"


def test_never_while_a_round_is_open_nor_when_none_follows(group: list[Member], waiting: Proposal) -> None:
    ana, ben, chen = group
    (held,) = openings.open_due(clock=at(OPENS_AT))
    assert refused(lambda: recuse(waiting, chen, OPENS_AT)) == "recusal-too-late"
    for member in (ana, ben, chen):
        vote(held, member, moment=OPENS_AT + HOUR)
    (outcome,) = rounds.close_due(clock=at(OPENS_AT + 7 * DAY))
    assert outcome.result == "succeeded"
    assert outcome.expires_at is not None
    # Passed: nothing is voted on any more, unless it lapses.
    assert refused(lambda: recuse(waiting, chen, outcome.expires_at - HOUR)) == "recusal-too-late"
    recuse(waiting, chen, outcome.expires_at)
    rounds.open_next(proposal=waiting, changes="Again.", by=ben, clock=at(outcome.expires_at))
    assert seats(waiting.rounds.get(number=2)) == ["ana", "ben"]


def test_between_two_rounds(group: list[Member]) -> None:
    proposal, held = opened(group[0])
    vote(held, group[1], "object")
    rounds.close_due(clock=at(NOW + 7 * DAY))
    recuse(proposal, group[1], NOW + 7 * DAY)
    following = rounds.open_next(proposal=proposal, changes="More.", by=group[0], clock=at(NOW + 8 * DAY))
    assert (seats(held), seats(following)) == (["ana", "ben", "chen"], ["ana", "chen"])
    assert list(replays.broken_proposals()) == []


def test_what_was_taken_back_needs_no_recusal(group: list[Member], waiting: Proposal) -> None:
    announcing.take_back(proposal=waiting, by=group[1], clock=at(NOW))
    assert refused(lambda: recuse(waiting, group[2])) == "recusal-too-late"


def test_a_withdrawn_application_has_no_round_to_come(group: list[Member]) -> None:
    proposal, held = opened(group[0])
    vote(held, group[1], "object")
    rounds.close_due(clock=at(NOW + 7 * DAY))
    papers = proposal.application
    assert papers is not None
    applications.withdraw(application=papers, by=papers.user, at=NOW + 7 * DAY)
    assert refused(lambda: recuse(proposal, group[1], NOW + 8 * DAY)) == "recusal-too-late"
    reader = Reader(member=group[1], inside=True)
    shown = proceeding(number=1, reader=reader, at=NOW + 8 * DAY, today=(NOW + 8 * DAY).date(), zone=UTC)
    assert shown is not None
    assert detail.recusal_box(shown) is None


def test_who_is_on_leave_that_day_has_no_seat(group: list[Member], waiting: Proposal) -> None:
    day = OPENS_AT.date()
    leaves.declare(member=group[2], first_on=day, last_on=day + DAY, by=group[2], at=NOW)
    found_then = electorate(day=day, proposal=waiting)
    assert [(item.member.handle, str(item.why)) for item in found_then.absent] == [("chen", "leave")]
    assert electorate(day=day - DAY, proposal=waiting).absent == electorate(day=day + 2 * DAY).absent == ()
    (held,) = openings.open_due(clock=at(OPENS_AT))
    assert (seats(held), held.wording.content["absent"]) == (["ana", "ben"], [{"handle": "chen", "why": "leave"}])


def test_a_leave_never_changes_a_running_round(group: list[Member]) -> None:
    _proposal, held = opened(group[0])
    leaves.declare(member=group[2], first_on=NOW.date(), last_on=(NOW + 20 * DAY).date(), by=group[2], at=NOW + HOUR)
    assert seats(held) == ["ana", "ben", "chen"]
    for member in group:
        vote(held, member, moment=NOW + 2 * HOUR)
    (outcome,) = rounds.close_due(clock=at(NOW + DAY))
    assert (outcome.result, outcome.tally["seats"]) == ("succeeded", 3)


def test_the_reason_stands_before_the_others(group: list[Member]) -> None:
    proposal = proposing.propose(
        kind="removal", params={"handle": "chen"}, text="So.", by=group[0], at=NOW, opens_at=OPENS_AT
    )
    leaves.declare(member=group[2], first_on=NOW.date(), last_on=OPENS_AT.date(), by=group[2], at=NOW)
    leaves.declare(member=group[1], first_on=NOW.date(), last_on=OPENS_AT.date(), by=group[1], at=NOW)
    recuse(proposal, group[1])
    absent = electorate(day=OPENS_AT.date(), proposal=proposal).written()
    assert absent == [{"handle": "ben", "why": "recused"}, {"handle": "chen", "why": "concerned"}]


def test_without_electors_nothing_opens(group: list[Member], waiting: Proposal) -> None:
    for member in group:
        recuse(waiting, member)
    assert openings.open_due(clock=at(OPENS_AT)) == []
    assert Entry.objects.get(verb=openings.REFUSED).data == {"error": "no-electors"}


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_an_electorate_costs_the_same_for_any_number(
    group: list[Member], waiting: Proposal, django_assert_num_queries: Any, rows: int
) -> None:
    for number in range(rows):
        joined = memberships.join(
            handle=f"m{number}", name="M", joined_on=NOW.date(), decided_by="import", by="import", at=NOW
        )
        recuse(waiting, joined)
    with django_assert_num_queries(3):
        found_now = electorate(day=NOW.date(), proposal=waiting)
    assert (len(found_now.electors), len(found_now.absent)) == (3, rows)


def test_the_database_seats_nobody_who_is_recused(
    group: list[Member], waiting: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    recuse(waiting, group[2])
    monkeypatch.setattr("proposals.selectors.electorates.recusals", lambda _proposal: [])
    with pytest.raises(DatabaseError, match="its member is recused"), transaction.atomic():
        openings.open_pending(proposal=waiting, by=rounds.SYSTEM, clock=at(OPENS_AT))


def test_the_database_takes_no_recusal_while_a_round_is_open(group: list[Member], waiting: Proposal) -> None:
    openings.open_due(clock=at(OPENS_AT))
    row = {"kind": "recusal", "seq": 1, "stands": True, "words_digest": "0" * 64, "declared_at": OPENS_AT}
    with pytest.raises(DatabaseError, match="a round is open"), transaction.atomic():
        Declaration.objects.create(proposal=waiting, member=group[2], **row)


def test_what_was_recused_before_can_be_carried_out(group: list[Member], waiting: Proposal) -> None:
    recuse(waiting, group[2])
    (held,) = openings.open_due(clock=at(OPENS_AT))
    vote(held, group[0], moment=OPENS_AT + HOUR)
    vote(held, group[1], moment=OPENS_AT + HOUR)
    rounds.close_due(clock=at(OPENS_AT + 7 * DAY))
    done = execution.execute(proposal=waiting, by=group[2], clock=at(OPENS_AT + 7 * DAY + timedelta(seconds=1)))
    assert done.effect == "resolution/1"
    with pytest.raises(no.RoundClosed):
        ballots.cast(round_id=held.pk, by=group[0], choice="against", clock=at(OPENS_AT + 8 * DAY))
