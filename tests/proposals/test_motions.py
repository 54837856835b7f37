"""Holds, extensions and cancellations: what they do, what is refused, what the journal says."""

from datetime import UTC, datetime

import pytest

import charter.selectors
from journal.models import Entry
from journal.refusals import Refusal
from journal.rules import utc_text
from members.models import Application, Member
from members.services import applications, memberships
from proposals.models import Motion, MotionWords, Outcome, Round
from proposals.selectors import replays
from proposals.selectors.motions import broken_motions, times_of
from proposals.selectors.proceedings import proceeding
from proposals.selectors.visibility import Reader
from proposals.services import motions, proposing, rounds
from proposals.views import asked
from proposals.views.readers import Visit
from tests.proposals import electing
from tests.proposals.cast import AFTER_A_DAY, DAY, DEADLINE, HOUR, NOW, at, found, opened, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> list[Member]:
    """ana leads; ben puts forward what `counted` opens."""
    return found(["ana", "ben", "chen", "dora"])


@pytest.fixture
def held(group: list[Member]) -> Round:
    """A round under the unanimous rule, opened by ana."""
    return opened(group[0])[1]


@pytest.fixture
def counted(group: list[Member]) -> Round:
    """A round that counts, put forward by ben."""
    made = proposing.propose(kind="resolution", params={"title": "We say so"}, text="Why.", by=group[1], at=NOW)
    return made.rounds.get()


def ask(
    held: Round, by: Member, kind: str = "hold", until: datetime | None = None, moment: datetime = NOW + HOUR
) -> Motion:
    return motions.ask(
        round_id=held.pk, kind=kind, reason="I read until tomorrow.", by=by, until_at=until, clock=at(moment)
    )


def answer(held: Round, by: Member, number: int = 1, moment: datetime = NOW + 2 * HOUR) -> None:
    motions.answer(round_id=held.pk, number=number, by=by, clock=at(moment))


def refused(code: str) -> "pytest.RaisesExc[Refusal]":
    return pytest.RaisesExc(Refusal, check=lambda refusal: refusal.code == code)


def close(moment: datetime) -> list[str]:
    return [outcome.result for outcome in rounds.close_due(clock=at(moment))]


def test_a_hold_keeps_a_unanimous_round_open(group: list[Member], held: Round) -> None:
    ask(held, group[3], until=AFTER_A_DAY + 10 * HOUR)
    for member in group:
        vote(held, member, moment=AFTER_A_DAY + HOUR)
    assert close(AFTER_A_DAY + 9 * HOUR) == []
    assert close(AFTER_A_DAY + 10 * HOUR) == ["succeeded"]
    assert list(replays.broken_proposals()) == []


def test_a_hold_moves_the_deadline_and_its_release_moves_it_back(group: list[Member], held: Round) -> None:
    ask(held, group[3], until=DEADLINE + 2 * DAY, moment=DEADLINE - HOUR)
    assert times_of(held).deadline_at == DEADLINE + 2 * DAY
    vote(held, group[0], moment=DEADLINE + HOUR)
    assert close(DEADLINE + 2 * HOUR) == []
    answer(held, group[3], moment=DEADLINE + 3 * HOUR)
    # Nothing else keeps it: the release is its end.
    assert Outcome.objects.get().decided_at == DEADLINE + 3 * HOUR
    assert [*replays.broken_proposals(), *broken_motions()] == []


def test_a_ballot_at_the_moment_of_a_release_was_in_time(group: list[Member], held: Round) -> None:
    ask(held, group[3], until=DEADLINE + DAY, moment=DEADLINE - HOUR)
    vote(held, group[0], moment=DEADLINE + HOUR)
    answer(held, group[3], moment=DEADLINE + HOUR)
    assert Outcome.objects.get().tally["in_favour"] == 1
    assert list(replays.broken_proposals()) == []


def test_an_extension_needs_its_second(group: list[Member], counted: Round) -> None:
    ask(counted, group[1], "extend", DEADLINE + 3 * DAY)
    assert times_of(counted).deadline_at == DEADLINE
    answer(counted, group[2])
    assert times_of(counted).deadline_at == DEADLINE + 3 * DAY
    assert close(DEADLINE) == []
    vote(counted, group[3], moment=DEADLINE + DAY)
    assert close(DEADLINE + 3 * DAY) == ["rejected"]
    assert [*replays.broken_proposals(), *broken_motions()] == []


def test_what_nobody_seconds_lapses_with_the_round(group: list[Member], counted: Round) -> None:
    ask(counted, group[1], "extend", DEADLINE + 3 * DAY)
    assert close(DEADLINE) == ["rejected"]
    with refused("round-closed"):
        answer(counted, group[2], moment=DEADLINE + HOUR)


def test_a_cancellation_ends_it_for_good(group: list[Member], held: Round) -> None:
    vote(held, group[1], "object")
    ask(held, group[0], "cancel")
    answer(held, group[2])
    outcome = Outcome.objects.get()
    assert (outcome.result, outcome.decided_at) == ("canceled", NOW + 2 * HOUR)
    assert Application.objects.get().closed_at is None
    with refused("proposal-canceled"):
        rounds.open_next(proposal=held.proposal, changes="New.", by=group[0], clock=at(NOW + DAY))
    assert [*replays.broken_proposals(), *broken_motions()] == []


def test_what_a_cancellation_left_may_be_put_forward_again(group: list[Member], counted: Round) -> None:
    ask(counted, group[1], "cancel")
    answer(counted, group[2])
    again = proposing.propose(kind="resolution", params={"title": "We say so"}, text="Why.", by=group[1], at=NOW + DAY)
    assert again.number == 2


def test_the_next_round_waits_for_a_hold(group: list[Member], held: Round) -> None:
    vote(held, group[1], "object")
    ask(held, group[2], until=NOW + 5 * HOUR)
    with refused("hold-runs"):
        rounds.open_next(proposal=held.proposal, changes="New.", by=group[0], clock=at(NOW + 4 * HOUR))
    rounds.open_next(proposal=held.proposal, changes="New.", by=group[0], clock=at(NOW + 5 * HOUR))
    assert Round.objects.count() == 2


@pytest.mark.parametrize(("who", "kind", "code"), [
    ("ana", "hold", None), ("ben", "hold", None), ("chen", "hold", None), ("zed", "hold", "no-seat"),
    ("ana", "extend", None), ("ben", "extend", None), ("chen", "extend", "not-asker"), ("zed", "extend", "no-seat"),
    ("ana", "cancel", None), ("ben", "cancel", None), ("chen", "cancel", "not-asker"), ("zed", "cancel", "no-seat"),
])  # fmt: skip
def test_who_asks(group: list[Member], counted: Round, who: str, kind: str, code: str | None) -> None:
    """ana leads, ben put it forward, chen has a seat, zed came later."""
    late()
    by = Member.objects.get(handle=who)
    until = {"hold": NOW + DAY, "extend": DEADLINE + DAY, "cancel": None}[kind]
    if code is None:
        assert ask(counted, by, kind, until).asked_by == by
        return
    with refused(code):
        ask(counted, by, kind, until)
    assert not Motion.objects.exists()


@pytest.mark.parametrize(("who", "kind", "code"), [
    ("ana", "extend", None), ("ben", "extend", "own-motion"), ("chen", "extend", None), ("zed", "extend", "no-seat"),
    ("dora", "extend", "left-group"), ("ana", "cancel", None), ("ben", "cancel", "own-motion"),
    ("chen", "cancel", None), ("zed", "cancel", "no-seat"), ("dora", "cancel", "left-group"),
    ("ana", "hold", "not-your-hold"), ("ben", "hold", None), ("zed", "hold", "not-your-hold"),
])  # fmt: skip
def test_who_answers_ben(group: list[Member], counted: Round, who: str, kind: str, code: str | None) -> None:
    late()
    memberships.declare_exit(member=group[3], exited_on=NOW.date(), by="import", at=NOW + HOUR)
    ask(counted, group[1], kind, {"hold": NOW + DAY, "extend": DEADLINE + DAY, "cancel": None}[kind])
    by = Member.objects.get(handle=who)
    if code is None:
        answer(counted, by, moment=NOW + DAY - HOUR)
        assert Motion.objects.get().answer.member == by
        return
    with refused(code):
        answer(counted, by, moment=NOW + DAY - HOUR)
    assert not Outcome.objects.exists()


def late() -> None:
    """zed is a member, but was none when the round opened."""
    memberships.join(handle="zed", name="Zed", joined_on=NOW.date(), decided_by="import", by="import", at=NOW)


def test_once_a_seat_and_round(group: list[Member], held: Round) -> None:
    ask(held, group[2], until=NOW + 2 * HOUR)
    answer(held, group[2], moment=NOW + HOUR)
    with refused("already-held"):
        ask(held, group[2], until=NOW + 5 * HOUR, moment=NOW + 3 * HOUR)


def test_an_extension_that_a_hold_overtook_waits_no_more(group: list[Member], counted: Round) -> None:
    ask(counted, group[1], "extend", DEADLINE + DAY)
    ask(counted, group[2], until=DEADLINE + 2 * DAY, moment=DEADLINE - HOUR)
    with refused("extension-time"):
        answer(counted, group[3], moment=DEADLINE)
    seen = proceeding(
        number=counted.proposal.number,
        reader=Reader(member=group[3], inside=True),
        at=DEADLINE,
        today=DEADLINE.date(),
        zone=UTC,
    )
    assert seen is not None
    assert [item.waits for item in seen.last.asked] == [False, False]
    ask(counted, group[1], "extend", DEADLINE + 3 * DAY, moment=DEADLINE)
    answer(counted, group[3], number=3, moment=DEADLINE)
    assert times_of(counted).deadline_at == DEADLINE + 3 * DAY


def test_one_open_ask_of_a_kind(group: list[Member], counted: Round) -> None:
    ask(counted, group[1], "extend", DEADLINE + DAY)
    with refused("motion-open"):
        ask(counted, group[0], "extend", DEADLINE + 2 * DAY)
    ask(counted, group[0], "cancel")
    answer(counted, group[2])
    ask(counted, group[0], "extend", DEADLINE + 2 * DAY, NOW + 3 * HOUR)
    with refused("motion-answered"):
        answer(counted, group[2], moment=NOW + 4 * HOUR)


@pytest.mark.parametrize("moment", [DEADLINE, DEADLINE + DAY])
def test_nothing_is_asked_after_the_end(group: list[Member], counted: Round, moment: datetime) -> None:
    with refused("round-closed"):
        ask(counted, group[1], until=moment + HOUR, moment=moment)
    with refused("round-closed"):
        ask(counted, group[1], "cancel", moment=moment)


def test_what_is_not_there(group: list[Member], held: Round) -> None:
    with refused("unknown-motion"):
        answer(held, group[0])
    with refused("unknown-round"):
        motions.ask(round_id=0, kind="cancel", reason="x", by=group[0])


def test_a_withdrawn_application_ends_it_while_a_hold_runs(group: list[Member], held: Round) -> None:
    ask(held, group[2], until=NOW + DAY)
    application = Application.objects.get()
    applications.withdraw(application=application, by=application.user, at=NOW + 2 * HOUR)
    assert close(NOW + 3 * HOUR) == ["canceled"]


def test_the_journal_tells_each_step(group: list[Member], counted: Round) -> None:
    asked = ask(counted, group[1], "extend", DEADLINE + DAY)
    answer(counted, group[2])
    data = {
        "motion": 1, "until_at": utc_text(DEADLINE + DAY), "asked_by": "ben", "reason": asked.reason_digest,
    }  # fmt: skip
    rows = Entry.objects.filter(verb__in=["round.ask", "round.extend"]).order_by("pk")
    subject = "proposal/1/round/1"
    assert [(row.verb, row.actor, row.subject, row.data) for row in rows] == [
        ("round.ask", "member:ben", subject, data), ("round.extend", "member:chen", subject, data),
    ]  # fmt: skip
    MotionWords.objects.update(text="Something else.")
    assert list(broken_motions()) == [f"proposals_motion {asked.pk}: its reason is not the one that was given"]


def test_erased_words_are_no_fault(group: list[Member], held: Round) -> None:
    ask(held, group[2], until=NOW + DAY)
    MotionWords.objects.update(text="", salt="")
    assert list(broken_motions()) == []


def test_the_leader_asks_nothing_of_the_election_of_the_next(db: None) -> None:
    ana, ben, *_ = electing.group()
    terms = charter.selectors.terms_on(electing.OPENS.date())
    for proposal, asks in ((electing.put_forward(), []), (None, [ben])):
        proposal = proposal or electing.ask(text="Again.", by=ben, at=electing.ENDS)
        assert proposal.opens_at is not None
        electing.stand(proposal, ben, moment=proposal.opens_at - DAY)
        held = electing.opened(proposal, proposal.opens_at)
        moment = held.opened_at + HOUR
        for member in (ana, ben):
            reader = Reader(member=member, inside=True, leading=member == ana)
            seen = Visit(at=moment, today=moment.date(), terms=terms, reader=reader)
            shown = proceeding(number=proposal.number, reader=reader, at=moment, today=moment.date(), zone=UTC)
            assert shown is not None
            box = asked.box(shown, seen)
            assert box is not None
            assert (box.hold is not None, box.asks, box.cancel is not None) == (True, member in asks, member in asks)
            if member not in asks:
                for kind in ("extend", "cancel"):
                    with refused("not-asker"):
                        ask(held, member, kind, held.deadline_at + DAY, moment)
            else:
                ask(held, member, "cancel", None, moment)
        ask(held, ana, "hold", moment + DAY, moment)
        close(held.deadline_at)
