"""`verify` finds what came into the tables while their guards were off."""

from collections.abc import Callable

import pytest
from django.db import connection

from members import invariants
from tests.cast import Cast

pytestmark = pytest.mark.django_db

CHECKS = (
    invariants.guards,
    invariants.periods,
    invariants.apart,
    invariants.leaders,
    invariants.inside,
    invariants.admitted,
    invariants.as_told,
    invariants.terms_as_told,
    invariants.leaves_as_told,
)

LIN = " WHERE member_id = (SELECT id FROM members_member WHERE handle = 'lin')"


def unguarded(*statements: str) -> None:
    """Runs statements as somebody who switched triggers and exclusion constraints off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("ALTER TABLE members_membership DROP CONSTRAINT membership_apart")
        cursor.execute("ALTER TABLE members_term DROP CONSTRAINT term_leader_alone")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_all_is_well(cast: Cast) -> None:
    assert [list(check()) for check in CHECKS] == [[]] * len(CHECKS)


@pytest.mark.parametrize(
    ("check", "damage", "says"),
    [
        (
            invariants.guards,
            "ALTER TABLE members_term DISABLE TRIGGER members_term_guard",
            "trigger members_term_guard is missing or switched off",
        ),
        (
            invariants.guards,
            "DROP TRIGGER members_member_stays ON members_member",
            "trigger members_member_stays is missing or switched off",
        ),
        (
            invariants.periods,
            "DELETE FROM members_membership WHERE member_id = (SELECT id FROM members_member WHERE handle = 'chen')",
            "member chen has no period of membership",
        ),
        (
            invariants.apart,
            (
                "INSERT INTO members_membership (member_id, joined_on, decided_by)"
                " SELECT id, '2026-05-01', 'x' FROM members_member WHERE handle = 'bo'"
            ),
            "member bo: the periods of 2026-01-01 and 2026-05-01 overlap",
        ),
        (
            invariants.leaders,
            (
                "INSERT INTO members_term (role, member_id, starts_on, decided_by)"
                " SELECT 'leader', id, '2026-05-01', 'x' FROM members_member WHERE handle = 'bo'"
            ),
            "leader terms of 2026-01-01 and 2026-05-01 overlap",
        ),
        (
            invariants.inside,
            (
                "UPDATE members_membership SET exited_on = '2026-03-01'"
                " WHERE member_id = (SELECT id FROM members_member WHERE handle = 'lin')"
            ),
            "the leader's term of lin from 2026-01-01 lies outside of the membership",
        ),
        (
            invariants.admitted,
            (
                "UPDATE members_application SET closed_at = now(),"
                " member_id = (SELECT id FROM members_member WHERE handle = 'bo')"
            ),
            "who is not its author",
        ),
        (
            invariants.as_told,
            f"UPDATE members_membership SET joined_on = '2025-06-01'{LIN}",
            "of lin is not the one in the journal",
        ),
        (
            invariants.as_told,
            f"UPDATE members_membership SET exited_on = '2026-11-30'{LIN}",
            "of lin is not the one in the journal",
        ),
        (
            invariants.as_told,
            f"UPDATE members_membership SET decided_by = 'import'{LIN}",
            "of lin is not the one in the journal",
        ),
        (
            invariants.as_told,
            (
                "INSERT INTO members_membership (member_id, joined_on, exited_on, decided_by)"
                " SELECT id, '2025-05-01', '2025-06-01', 'import' FROM members_member WHERE handle = 'bo'"
            ),
            "of bo is not the one in the journal",
        ),
        (
            invariants.as_told,
            f"DELETE FROM members_membership{LIN}",
            "is told in the journal and has no row any more",
        ),
        (
            invariants.terms_as_told,
            "UPDATE members_term SET member_id = deputy_id, deputy_id = NULL WHERE role = 'leader'",
            "the leader's term from 2026-01-01 is not the one",
        ),
        (
            invariants.terms_as_told,
            "UPDATE members_term SET ends_on = '2026-03-31' WHERE role = 'leader'",
            "the leader's term from 2026-01-01 is not the one",
        ),
    ],
)
def test_each_kind_of_damage_is_named(cast: Cast, check: Callable[[], object], damage: str, says: str) -> None:
    unguarded(damage)
    (found,) = list(check())  # type: ignore[call-overload]
    assert says in found
