"""`verify` finds what was altered behind the guards in elections, motions, hidden and waiting rounds."""

import pytest

from tests.proposals.deciding import SORTS, decided
from tests.proposals.test_kind_verify import tampered

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sort", sorted(SORTS))
def test_every_sort_is_sound(sort: str) -> None:
    decided(sort)
    assert tampered("SELECT 1") == []


LATER = "interval '1 day'"
# Not emil's own row: nobody is their own deputy.
LAST = "(SELECT nullif(max(id), member_id) FROM members_member)"
CASES = [
    ("election", "UPDATE proposals_declaration SET stands = false, deputy_id = NULL WHERE seq = 1", "stood"),
    ("election", f"UPDATE proposals_declaration SET deputy_id = {LAST} WHERE seq = 1 AND kind = 'candidacy'", "jour"),
    (
        "election",
        f"UPDATE proposals_declaration SET declared_at = declared_at + {LATER} WHERE kind = 'recusal'",
        "is not the one",
    ),
    ("election", "UPDATE proposals_declaration SET words_digest = repeat('0', 64)", "not those that were given"),
    ("election", "UPDATE proposals_declarationwords SET text = 'Me.'", "not those that were given"),
    ("election", "DELETE FROM proposals_declaration WHERE kind = 'recusal' AND seq = 2", "has no row any more"),
    ("election", "DELETE FROM journal_entry WHERE verb = 'proposal.step_down'", "is not the one in the journal"),
    ("election", 'UPDATE proposals_round SET candidates = \'["dora", "ben"]\' WHERE number = 2', "other candidates"),
    ("election", 'UPDATE proposals_round SET candidates = \'["ben", "chen"]\' WHERE number = 2', "cannot be counted"),
    (
        "election",
        "UPDATE proposals_round SET rule = (SELECT rule FROM proposals_round WHERE number = 1)",
        "other candidates",
    ),
    ("election", "UPDATE proposals_ballot SET choice = 'for:emil' WHERE number = 6", "cannot be counted"),
    (
        "election",
        "UPDATE proposals_outcome SET tally = tally || '{\"elected\": \"dora\"}' WHERE result = 'succeeded'",
        "not the tally",
    ),
    ("extended", f"UPDATE proposals_outcome SET execute_at = execute_at + {LATER}", "at another time"),
    ("extended", f"UPDATE proposals_outcome SET expires_at = expires_at + {LATER}", "at another time"),
    ("extended", "UPDATE proposals_round SET execute_on = NULL", "is not as its proposal says"),
    ("extended", "UPDATE proposals_execution SET executed_at = executed_at - interval '1 hour'", "was not done in the"),
    (
        "extended",
        "UPDATE proposals_execution SET executed_at = executed_at + interval '31 days'",
        "was not done in the",
    ),
    ("extended", f"UPDATE proposals_motion SET until_at = until_at + {LATER} WHERE kind = 'extend'", "in the journal"),
    ("extended", "DELETE FROM proposals_answer", "has no row any more"),
    (
        "extended",
        "UPDATE proposals_answer SET member_id = (SELECT asked_by_id FROM proposals_motion m WHERE m.id = motion_id)",
        "is not the one",
    ),
    ("extended", "DELETE FROM proposals_motion WHERE kind = 'hold'", "has no row any more"),
    ("extended", "UPDATE proposals_motionwords SET text = 'Because.'", "not the one that was given"),
    ("canceled", "DELETE FROM proposals_answer", "do not give its result"),
    ("hidden", "UPDATE proposals_round SET hidden = false", "is not as its proposal says"),
    ("hidden", "DELETE FROM journal_entry WHERE verb = 'ballot.cast'", "not the one in the journal"),
    ("hidden", "UPDATE journal_entry SET actor = 'member:ana' WHERE verb = 'ballot.cast'", "not the one in the jour"),
    ("waited", f"UPDATE proposals_proposal SET opens_at = opens_at + {LATER}", "opened before its time"),
    ("waited", "UPDATE proposals_round SET opened_at = opened_at - interval '9 days' WHERE number = 2", "before its"),
    (
        "waited",
        "UPDATE proposals_seat SET member_id = (SELECT max(id) FROM members_member) WHERE position = 1",
        "who was recused",
    ),
    ("waited", "UPDATE proposals_proposal SET taken_back_at = opens_at", "a round that nothing follows"),
]


@pytest.mark.parametrize(("sort", "sql", "said"), CASES)
def test_what_was_altered_is_named(sort: str, sql: str, said: str) -> None:
    decided(sort)
    found = tampered(sql)
    assert [said in text for text in found].count(True) >= 1, found
