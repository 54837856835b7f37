"""`verify` names what somebody with the owner's rights changed in the charter."""

from datetime import date

import pytest
from django.db import connection

from journal.registry import invariants
from tests.charter.history import amend, found

pytestmark = pytest.mark.django_db


def broken() -> list[str]:
    """What the charter's own checks say."""
    return [text for name, item in sorted(invariants.items()) if name.startswith("charter") for text in item.check()]


def tamper(sql: str) -> None:
    """A change behind the guards' back."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET session_replication_role = origin")


def test_nothing_is_broken_before_and_after_the_founding() -> None:
    assert broken() == []
    found()
    amend(date(2026, 8, 1), {"voting.days": "9"})
    assert broken() == []


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("DELETE FROM charter_edition WHERE number = 2", "Edition 3 stands where edition 2"),
        ("DELETE FROM charter_group", "do not stand together"),
        ("UPDATE charter_amendment SET value = '366' WHERE key = 'voting.days'", "366 is not in 0..365"),
        ("UPDATE charter_amendment SET value = '9.0' WHERE key = 'voting.days'", "canonical writing"),
        ("UPDATE charter_amendment SET key = 'voting.nights' WHERE key = 'voting.days'", "voting.nights"),
        ("UPDATE charter_amendment SET key = 'consulting.rate_max' WHERE key = 'voting.days'", "lowest fee"),
        (
            "UPDATE charter_amendment SET key = 'quarter.first_month', value = '2' WHERE key = 'voting.days'",
            "1 January",
        ),
        ("UPDATE charter_amendment SET value = '10' WHERE key = 'voting.days'", "Edition 2 is not the one"),
        ("UPDATE charter_edition SET effective_on = '2026-08-02' WHERE number = 2", "Edition 2 is not the one"),
        ("UPDATE charter_edition SET act = 'proposal/9' WHERE number = 3", "Edition 3 is not the one"),
        ("DELETE FROM charter_amendment WHERE key = 'notice.days'", "Edition 3 is not the one"),
        ("UPDATE charter_group SET time_zone = 'Europe/Berlin'", "The group is not as the journal"),
    ],
)
def test_verify_names_the_row(sql: str, word: str) -> None:
    found()
    amend(date(2026, 8, 1), {"voting.days": "9"})
    amend(date(2026, 9, 1), {"notice.days": "3"})
    tamper(sql)
    assert [text for text in broken() if word in text], broken()
