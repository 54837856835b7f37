"""A round that is hidden until closed: what casting and closing write, what it refuses, what `verify` finds."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from charter.services import editions
from journal.models import Entry, Outbox
from journal.rules import WORKER
from journal.services import entries
from members.models import Member
from proposals import invariants
from proposals import refusals as no
from proposals.models import Ballot, Outcome, Proposal, Reason, Round
from proposals.rules import receipts, secrecy
from proposals.selectors import replays
from proposals.selectors.counts import tally_of
from proposals.services import motions, proposing, publishing, rounds, rows
from tests.proposals.cast import DAY, DEADLINE, HOUR, NOW, at, found, vote
from tests.proposals.secret import hidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> list[Member]:
    return found()


@pytest.fixture
def held(group: list[Member]) -> Round:
    return hidden(group[0])[1]


def told() -> list[tuple[Any, ...]]:
    entries_ = Entry.objects.filter(verb__in=["ballot.cast", "round.close"]).order_by("pk")
    return [(entry.verb, entry.actor, entry.data.get("number"), entry.at) for entry in entries_]


def broken() -> list[str]:
    return [*replays.broken_proposals(), *invariants.journal(), *invariants.guards()]


def test_a_round_is_hidden_as_its_proposal_says_and_its_link_binds_it(held: Round) -> None:
    assert (held.hidden, held.proposal.hidden, held.final_ballots) == (True, True, False)
    parts = replays.round_parts(held.proposal, held)
    assert receipts.round_digest(**parts) == held.digest
    assert receipts.round_digest(**parts | {"hidden": False}) != held.digest


@pytest.mark.parametrize(
    ("unanimous", "final", "refused"),
    [(False, False, None), (True, False, no.HiddenUnanimous), (False, True, no.HiddenFinal)],
)
def test_which_rounds_can_be_hidden(unanimous: bool, final: bool, refused: type | None) -> None:
    said = secrecy.refusal(hidden=True, unanimous=unanimous, final=final)
    assert type(said) is (refused or type(None))
    assert secrecy.refusal(hidden=False, unanimous=unanimous, final=final) is None


def test_final_ballots_and_the_unanimous_rule_are_refused_by_name(group: list[Member]) -> None:
    with pytest.raises(no.HiddenFinal):
        hidden(group[0], final_ballots=True)
    editions.amend(changes={"election.threshold": "unanimous"}, effective_on=NOW.date(), act="test", by="test", at=NOW)
    with pytest.raises(no.HiddenUnanimous):
        hidden(group[0])
    assert not Proposal.objects.exists()


def test_a_cast_writes_nothing_but_the_ballot(group: list[Member], held: Round) -> None:
    before = Entry.objects.count(), Outbox.objects.count()
    vote(held, group[1], "against", reason="Too early.")
    vote(held, group[1], "for", NOW + 2 * HOUR)
    assert (Entry.objects.count(), Outbox.objects.count()) == before
    assert (Ballot.objects.count(), Reason.objects.count()) == (2, 1)
    assert broken() == []


def test_closing_publishes_every_ballot_in_its_order_before_its_own_entry(group: list[Member], held: Round) -> None:
    for hour, (member, choice) in enumerate([(group[2], "for"), (group[0], "against"), (group[2], "abstain")], start=1):
        vote(held, member, choice, NOW + hour * HOUR)
    assert [outcome.result for outcome in rounds.close_due(clock=at(DEADLINE))] == ["rejected"]
    worker = "system:worker"
    casts = [("ballot.cast", worker, number, NOW + number * HOUR) for number in (1, 2, 3)]
    assert told() == [*casts, ("round.close", worker, None, DEADLINE)]
    numbers = [entry.data["receipt"] for entry in Entry.objects.filter(verb="ballot.cast").order_by("pk")]
    assert numbers == list(Ballot.objects.order_by("number").values_list("receipt", flat=True))
    assert broken() == []


def test_nothing_ends_it_before_its_deadline(group: list[Member], held: Round) -> None:
    for member in group:
        vote(held, member, "for", NOW + 2 * DAY)
    assert rounds.close_due(clock=at(DEADLINE - HOUR)) == []
    assert len(rounds.close_due(clock=at(DEADLINE))) == 1
    assert Outcome.objects.get().result == "succeeded"


def test_keys_of_ballots_tell_nothing(group: list[Member], held: Round) -> None:
    open_round = hidden(group[0], hidden=False, params={"title": "Another one"})[1]
    first = vote(open_round, group[0])
    secret = [vote(held, member) for member in group]
    second = vote(open_round, group[1])
    # No gap in what others can see, and no order in what they cannot.
    assert second.pk == first.pk + 1
    assert all(ballot.pk >= rows.FIRST_HIDDEN_KEY for ballot in secret)
    assert len({ballot.pk - secret[0].pk for ballot in secret}) == 3


def test_a_missing_entry_is_found_after_the_end_and_one_too_many_before(
    group: list[Member], held: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    ballot = vote(held, group[0])
    entries.append(
        actor=WORKER,
        verb="ballot.cast",
        subject="proposal/1/round/1",
        at=ballot.cast_at,
        data={"number": 1, "receipt": ballot.receipt},
    )
    assert broken() == ["journal: tells of ballot 1 of proposal/1/round/1, which is hidden and not closed"]
    missing = vote(held, group[1])
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE proposals_outcome DISABLE TRIGGER proposals_publication_guard")
    monkeypatch.setattr(publishing, "publish", lambda *_args, **_more: None)
    rounds.close_due(clock=at(DEADLINE))
    assert broken() == [
        f"proposals_ballot {missing.pk}: its digest is not the one in the journal",
        "proposals_publication: the trigger that holds its rules is missing or switched off",
    ]


def refused_by_the_database(sql: str, *values: Any) -> str:
    """What it says to a bare statement."""
    with pytest.raises(DatabaseError) as said, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return str(said.value).splitlines()[0]


COPY = """INSERT INTO proposals_round (proposal_id, number, wording_digest, rule, edition, electorate_digest, previous,
  digest, opened_by_id, opened_at, earliest_end_at, deadline_at, final_ballots, hidden, opened_in)
  SELECT p.id, 1, 'w', %s, 1, 'e', 'p', 'd', p.proposed_by_id, p.opens_at, p.opens_at,
         p.opens_at + interval '7 days', %s, %s, 0
  FROM proposals_proposal p WHERE p.hidden = %s AND NOT EXISTS (
    SELECT 1 FROM proposals_round r WHERE r.proposal_id = p.id)"""
COUNTS, UNANIMOUS = "share>1/2 of=all against=0", "share>=1 of=all against=0"


def announced(by: Member, *, secret: bool) -> Proposal:
    """A proposal that waits for its first round."""
    return proposing.propose(
        kind="resolution",
        params={"title": f"Later {secret}"},
        text="Why.",
        by=by,
        at=NOW,
        hidden=secret,
        opens_at=NOW + DAY,
    )


def test_the_database_refuses_a_round_that_is_not_as_its_proposal_says(group: list[Member]) -> None:
    waits = announced(group[0], secret=True)
    assert "is not of its proposal" in refused_by_the_database(COPY, COUNTS, False, False, True)
    assert "round_hidden" in refused_by_the_database(COPY, UNANIMOUS, False, True, True)
    assert "round_hidden" in refused_by_the_database(COPY, COUNTS, True, True, True)
    said = refused_by_the_database("UPDATE proposals_proposal SET hidden = false WHERE id = %s", waits.pk)
    assert "what was proposed does not change" in said
    announced(group[0], secret=False)
    assert "is not of its proposal" in refused_by_the_database(COPY, COUNTS, False, True, False)
    # The same row as its proposal says is taken.
    with connection.cursor() as cursor:
        cursor.execute(COPY, [COUNTS, False, True, True])
        assert cursor.rowcount == 1


@pytest.mark.parametrize("doubled", [False, True])
def test_the_database_refuses_an_end_that_does_not_publish(
    group: list[Member], held: Round, monkeypatch: pytest.MonkeyPatch, doubled: bool
) -> None:
    vote(held, group[0])
    vote(held, group[1])
    publish = publishing.publish
    monkeypatch.setattr(
        publishing, "publish", lambda *args, **more: [publish(*args, **more) for _ in range(doubled * 2)]
    )

    def commit() -> None:
        with transaction.atomic():
            rounds.close_held(proposal_id=held.proposal_id, at=DEADLINE)
            connection.check_constraints()

    with pytest.raises(DatabaseError, match="are not published with it"):
        commit()


def test_the_database_ends_no_hidden_round_before_its_deadline(group: list[Member], held: Round) -> None:
    for member in group:
        vote(held, member)
    tally = tally_of(held)
    with pytest.raises(DatabaseError, match="the rule of the round is not met"), transaction.atomic():
        rounds._end(held, held.proposal, tally, Outcome.Result.SUCCEEDED, by="system:worker", at=DEADLINE - HOUR)
    assert tally.passes


def test_a_canceled_round_publishes_its_ballots_too(group: list[Member], held: Round) -> None:
    vote(held, group[0], "against")
    vote(held, group[2], "abstain")
    moment = at(NOW + DAY)
    motions.ask(round_id=held.pk, kind="cancel", reason="It is moot.", by=group[0], clock=moment)
    assert not Entry.objects.filter(verb="ballot.cast").exists()
    motions.answer(round_id=held.pk, number=1, by=group[1], clock=moment)
    assert Outcome.objects.get().result == "canceled"
    assert [row[2] for row in told()] == [1, 2, None]
    assert broken() == []


def test_a_longer_round_stays_hidden_until_its_new_end(group: list[Member], held: Round) -> None:
    vote(held, group[0])
    later = DEADLINE + 3 * DAY
    asked = {"kind": "extend", "reason": "More time.", "until_at": later}
    motions.ask(round_id=held.pk, by=group[0], clock=at(NOW + DAY), **asked)  # type: ignore[arg-type]
    motions.answer(round_id=held.pk, number=1, by=group[1], clock=at(NOW + DAY))
    assert rounds.close_due(clock=at(DEADLINE)) == []
    vote(held, group[1], "for", DEADLINE + DAY)
    assert not Entry.objects.filter(verb="ballot.cast").exists()
    assert len(rounds.close_due(clock=at(later))) == 1
    assert len(told()) == 3
    assert broken() == []
