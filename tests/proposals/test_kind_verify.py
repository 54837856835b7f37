"""What `verify` finds of kinds that count, an admission under such a rule, and who is told that something waits."""

import pytest
from django.db import connection

from charter.services import editions
from journal.registry import invariants
from proposals.models import Round
from proposals.selectors.waiting import for_member
from proposals.services import rounds
from tests.proposals.cast import DAY, DEADLINE, HOUR, NOW, at, found, opened, vote
from tests.proposals.test_kinds import RESOLVE, carry_out, close, propose

pytestmark = pytest.mark.django_db
IN_TIME = "execute_at = decided_at, expires_at = decided_at + interval '30 days'"


def tampered(sql: str) -> list[str]:
    """What `verify` says after a change with the guards off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET session_replication_role = origin")
    return [text for name in invariants if name.startswith("proposals.") for text in invariants[name].check()]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT 1", ""),
        ("UPDATE proposals_proposal SET concerns_id = (SELECT min(id) FROM members_member)", "another person"),
        ("UPDATE proposals_round SET final_ballots = true", "does not give its digest"),
        ("UPDATE proposals_ballot SET choice = 'withdrawn' WHERE choice = 'against'", "does not know such a ballot"),
        (f"UPDATE proposals_outcome SET result = 'succeeded', {IN_TIME}", "do not give its result"),
        (
            "UPDATE proposals_seat SET member_id = (SELECT max(id) FROM members_member) WHERE position = 2",
            "a seat to the person",
        ),
    ],
)
def test_verify_names_what_was_altered(sql: str, said: str) -> None:
    group = found()
    _proposal, held = propose("removal", {"handle": "chen"}, group[0])
    vote(held, group[0])
    vote(held, group[1], "against")
    close()
    found_out = tampered(sql)
    assert [said in text for text in found_out].count(True) >= 1 if said else found_out == []


def test_an_admission_under_a_rule_that_counts() -> None:
    """A group that amended its rule: one vote against does not stop it, and a lost round can be followed by another."""
    group = found()
    editions.amend(
        changes={"admission.threshold": "share>=2/3 of=all"}, effective_on=NOW.date() - DAY, act="t", by="t", at=NOW
    )
    proposal, held = opened(group[0])
    assert not Round.objects.get().final_ballots
    vote(held, group[0])
    vote(held, group[1], "against", reason="Not yet.")
    vote(held, group[2], "abstain")
    assert close() == ["rejected"]
    assert [item.kind.value for item in for_member(group[0], DEADLINE + HOUR)] == ["next_round"]
    again = rounds.open_next(proposal=proposal, changes="We met.", by=group[0], clock=at(DEADLINE + HOUR))
    for member in (group[0], group[2]):
        vote(again, member, moment=DEADLINE + 2 * HOUR)
    vote(again, group[1], "against", moment=DEADLINE + 2 * HOUR)
    rounds.close_due(clock=at(again.deadline_at))
    assert carry_out(proposal, again.deadline_at) == "membership/noor"
    assert tampered("SELECT 1") == []


def test_a_lost_resolution_waits_for_nobody() -> None:
    group = found()
    propose("resolution", RESOLVE, group[0])
    assert [item.kind.value for item in for_member(group[1], NOW + HOUR)] == ["vote"]
    close()
    assert for_member(group[0], DEADLINE + HOUR) == []
