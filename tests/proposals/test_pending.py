"""A proposal that is announced: it opens itself, late but never missed and never twice, or is taken back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from charter.services import editions
from journal.models import Entry
from journal.refusals import Refusal
from members.models import Member
from members.services import memberships
from proposals import invariants
from proposals import refusals as no
from proposals.models import Proposal, ProposalWords, Round
from proposals.rules import receipts
from proposals.selectors import drafts, replays
from proposals.selectors.listings import Unopened, listing
from proposals.selectors.pendings import Pending, pending
from proposals.selectors.visibility import VISITOR, Reader
from proposals.services import announcing, openings, proposing, rounds
from tests.proposals.cast import DAY, HOUR, NOW, at, found, vote

pytestmark = pytest.mark.django_db
OPENS_AT = NOW + 3 * DAY
TITLE = {"title": "The DAO should keep its own index"}


@pytest.fixture
def group() -> list[Member]:
    return found()


def announce(
    by: Member, kind: str = "resolution", params: Any = TITLE, opens_at: datetime = OPENS_AT, **more: Any
) -> Proposal:
    return proposing.propose(kind=kind, params=params, text="Because.", by=by, at=NOW, opens_at=opens_at, **more)


def seen(proposal: Proposal, by: Member | None = None, moment: datetime = NOW) -> Pending:
    shown = pending(number=proposal.number, reader=Reader(member=by, inside=True) if by else VISITOR, at=moment)
    assert shown is not None
    return shown


def refused_entries() -> list[str]:
    return [entry.data["error"] for entry in Entry.objects.filter(verb=openings.REFUSED).order_by("pk")]


def test_it_waits_and_opens_itself_at_its_moment(group: list[Member]) -> None:
    proposal = announce(group[1])
    assert (proposal.rounds.count(), seen(proposal).state) == (0, "pending")
    assert openings.open_due(clock=at(OPENS_AT - timedelta(microseconds=1))) == []
    (held,) = openings.open_due(clock=at(OPENS_AT))
    assert (held.opened_by, held.opened_at, held.number) == (None, OPENS_AT, 1)
    assert held.wording.content == {"name": TITLE["title"], "text": "Because.", "absent": []}
    assert Entry.objects.get(verb="round.open").actor == "system:worker"
    assert openings.open_due(clock=at(OPENS_AT + HOUR)) == []
    assert list(replays.broken_proposals()) == []


def test_the_electorate_and_the_charter_are_those_of_the_opening(group: list[Member]) -> None:
    announce(group[1])
    editions.amend(changes={"voting.days": "9"}, effective_on=(NOW + DAY).date(), act="t", by="t", at=NOW)
    memberships.declare_exit(member=group[2], exited_on=(NOW + DAY).date(), by=group[2], at=NOW)
    (held,) = openings.open_due(clock=at(OPENS_AT + 20 * DAY))
    assert held.deadline_at == OPENS_AT + 29 * DAY
    assert [seat.member for seat in held.seats.all()] == group[:2]


@pytest.mark.parametrize(("days", "code"), [(-1, "opens-in-past"), (0, "opens-in-past"), (31, "opens-too-far")])
def test_when_it_may_be_announced_for(group: list[Member], days: int, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        announce(group[1], opens_at=NOW + days * DAY)
    assert caught.value.code == code
    announce(group[1], opens_at=NOW + 30 * DAY)


def test_exactly_the_same_is_not_announced_twice(group: list[Member]) -> None:
    first = announce(group[1])
    with pytest.raises(no.SameProposed):
        announce(group[2])
    with pytest.raises(no.SameProposed):
        proposing.propose(kind="resolution", params=TITLE, text="Now.", by=group[2], at=NOW)
    announcing.take_back(proposal=first, by=group[1], clock=at(NOW))
    announce(group[2])


def test_a_refusal_leaves_it_waiting_and_is_told_once(group: list[Member]) -> None:
    proposal = announce(group[0], "removal", {"handle": "chen"})
    memberships.declare_exit(member=group[2], exited_on=(NOW + DAY).date(), by=group[2], at=NOW)
    for sweep in range(3):
        assert openings.open_due(clock=at(OPENS_AT + sweep * timedelta(seconds=2))) == []
    assert refused_entries() == ["not-member"]
    shown = seen(proposal, group[1], OPENS_AT + HOUR)
    assert (shown.state, shown.late, shown.refused and shown.refused.code) == ("pending", True, "not-member")
    # Another reason is another entry; once nothing stands in the way it opens.
    editions.amend(changes={"voting.days": "0"}, effective_on=(OPENS_AT + DAY).date(), act="t", by="t", at=NOW)
    memberships.join(
        handle="chen", name="Chen", joined_on=(OPENS_AT + DAY).date(), decided_by="import", by="import", at=NOW
    )
    assert openings.open_due(clock=at(OPENS_AT + DAY)) == []
    assert refused_entries() == ["not-member", "no-voting-time"]
    editions.amend(changes={"voting.days": "7"}, effective_on=(OPENS_AT + 2 * DAY).date(), act="t", by="t", at=NOW)
    assert len(openings.open_due(clock=at(OPENS_AT + 2 * DAY))) == 1


def test_one_that_cannot_open_keeps_no_other_waiting(group: list[Member], monkeypatch: pytest.MonkeyPatch) -> None:
    first = announce(group[1], params={"title": "First"})
    second = announce(group[1], params={"title": "Second"})
    right = rounds.open_round

    def open_round(**more: Any) -> Round:
        if more["proposal"].pk == first.pk:
            raise RuntimeError("broken")
        return right(**more)

    monkeypatch.setattr(rounds, "open_round", open_round)
    assert [held.proposal for held in openings.open_due(clock=at(OPENS_AT))] == [second]


def test_who_put_it_forward_or_the_leader_takes_it_back(group: list[Member]) -> None:
    ana, ben, chen = group
    proposal = announce(ben)
    assert [seen(proposal, member).yours for member in (ben, chen)] == [True, False]
    with pytest.raises(no.NotYours):
        announcing.take_back(proposal=proposal, by=chen, clock=at(NOW))
    announcing.take_back(proposal=proposal, by=ana, clock=at(NOW + HOUR))
    assert Entry.objects.get(verb="proposal.take_back").actor == "member:ana"
    assert (seen(proposal, ben).state, seen(proposal, ben).yours) == ("canceled", False)
    assert openings.open_due(clock=at(OPENS_AT)) == []
    for act in (
        lambda: announcing.take_back(proposal=proposal, by=ben, clock=at(NOW)),
        lambda: openings.open_pending(proposal=proposal, by=rounds.SYSTEM, clock=at(OPENS_AT)),
    ):
        with pytest.raises(no.NotPending):
            act()


def test_what_has_opened_is_not_taken_back(group: list[Member]) -> None:
    proposal = announce(group[1])
    openings.open_due(clock=at(OPENS_AT))
    with pytest.raises(no.NotPending):
        announcing.take_back(proposal=proposal, by=group[1], clock=at(OPENS_AT))
    assert pending(number=proposal.number, reader=VISITOR, at=OPENS_AT) is None
    with pytest.raises(DatabaseError, match="only what waits is taken back"), transaction.atomic():
        Proposal.objects.update(taken_back_at=OPENS_AT)


def test_who_has_left_takes_nothing_back(group: list[Member]) -> None:
    proposal = announce(group[1])
    memberships.declare_exit(member=group[1], exited_on=NOW.date(), by=group[1], at=NOW)
    with pytest.raises(no.MembersOnly):
        announcing.take_back(proposal=proposal, by=group[1], clock=at(NOW + DAY))


def test_nobody_opens_it_before_its_moment_nor_a_next_round(group: list[Member]) -> None:
    proposal = announce(group[1])
    with pytest.raises(no.NotDue):
        openings.open_pending(proposal=proposal, by=group[0], clock=at(OPENS_AT - HOUR))
    with pytest.raises(no.NotOpened):
        rounds.open_next(proposal=proposal, changes="x", by=group[1], clock=at(NOW))


def test_words_that_were_erased_stay_erased(group: list[Member]) -> None:
    announce(group[1])
    ProposalWords.objects.update(content={}, salt="")
    (held,) = openings.open_due(clock=at(OPENS_AT))
    assert held.wording.content == {"absent": []}


def test_what_it_asked_for_holds_when_it_opens(group: list[Member]) -> None:
    announce(group[1], final_ballots=True, execute_on=(NOW + 60 * DAY).date())
    (held,) = openings.open_due(clock=at(OPENS_AT))
    assert (held.final_ballots, held.execute_on) == (True, (NOW + 60 * DAY).date())
    vote(held, group[1], moment=OPENS_AT + HOUR)


def test_the_list_has_it_apart(group: list[Member]) -> None:
    late, soon = announce(group[1], opens_at=OPENS_AT + DAY), announce(group[1], params={"title": "Soon"})
    back = announce(group[1], params={"title": "Not at all"})
    announcing.take_back(proposal=back, by=group[1], clock=at(NOW))
    shown = listing(reader=VISITOR, at=NOW)
    assert ([row.proposal for row in shown.announced], shown.open) == ([soon, late], ())
    (row,) = shown.decided
    assert (isinstance(row, Unopened), row.state, row.ended_at) == (True, "canceled", NOW)


def test_the_page_says_that_a_hidden_round_would_be_unanimous_by_then(group: list[Member]) -> None:
    proposal = announce(group[1], hidden=True)
    assert seen(proposal).refused is None
    changes = {"election.threshold": "unanimous"}
    editions.amend(changes=changes, effective_on=(NOW + DAY).date(), act="t", by="t", at=NOW)
    assert openings.open_due(clock=at(OPENS_AT)) == []
    shown = seen(proposal).refused
    assert [shown and shown.code] == refused_entries() == ["hidden-unanimous"]


def test_the_page_says_that_the_same_is_voted_on(group: list[Member], monkeypatch: pytest.MonkeyPatch) -> None:
    announce(group[1])
    with monkeypatch.context() as blind:
        blind.setattr(drafts, "running", lambda *_steps, **_but: False)
        second = announce(group[2])
    shown = seen(second).refused
    assert shown is not None
    assert shown.code == "same-proposed"


def test_announced_words_are_bound_to_the_journal(group: list[Member]) -> None:
    proposal = announce(group[1])
    told = Entry.objects.get(verb="proposal.open").data["words"]
    kept = ProposalWords.objects.get()
    assert told == receipts.wording_digest(salt=kept.salt, content=kept.content, changes="")
    assert list(invariants.proposed()) == []
    changed = [f"proposals_proposal {proposal.pk}: its words are not those that were announced"]
    for content, salt in (({"name": "Other", "text": "Because."}, kept.salt), ({"name": "Other"}, "")):
        ProposalWords.objects.update(content=content, salt=salt)
        assert list(invariants.proposed()) == changed
    ProposalWords.objects.update(content={}, salt="")
    assert list(invariants.proposed()) == []
    ProposalWords.objects.all().delete()
    assert list(invariants.proposed()) == changed


def test_what_opens_at_once_announces_no_words(group: list[Member]) -> None:
    proposal = proposing.propose(kind="resolution", params=TITLE, text="Now.", by=group[2], at=NOW)
    assert Entry.objects.get(verb="proposal.open").data["words"] is None
    ProposalWords.objects.create(proposal=proposal, salt="ab" * 16, content={"name": "x", "text": "y"})
    assert len(list(invariants.proposed())) == 1
