"""Leave: by one's own word, before it counts, no two at a time; what the pages, the API and the database make of it."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from charter import selectors as charter
from journal.models import Entry
from journal.refusals import Refusal
from members import invariants
from members.models import Leave, Member
from members.selectors import people
from members.selectors.leaves import away_on
from members.services import leaves, memberships
from tests.cast import AT, DAY, Cast

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)


def declared(member: Member, first: date = DAY, last: date = DAY + 6 * ONE) -> Leave:
    return leaves.declare(member=member, first_on=first, last_on=last, by=member, at=AT)


def refused(act: Callable[[], Any]) -> str:
    """The code of the refusal."""
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def test_a_leave_counts_from_its_first_day_to_its_last(cast: Cast) -> None:
    declared(cast.chen, DAY + ONE, DAY + 3 * ONE)
    days = [day for day in range(-1, 7) if away_on(DAY + day * ONE).exists()]
    assert days == [1, 2, 3]
    entry = Entry.objects.get(verb="leave.declare")
    assert (entry.actor, entry.subject) == ("member:chen", "member/chen")
    assert (entry.data["first_on"], entry.data["last_on"]) == ("2026-11-21", "2026-11-23")


def test_the_day_of_return_counts_no_more(cast: Cast) -> None:
    leave = declared(cast.chen)
    leaves.end(leave=leave, by=cast.chen, at=AT + 2 * ONE)
    assert [day for day in range(8) if away_on(DAY + day * ONE).exists()] == [0, 1]
    assert refused(lambda: leaves.end(leave=leave, by=cast.chen, at=AT + 2 * ONE)) == "leave-over"
    # The days after the return are free again, the days before it are not.
    assert refused(lambda: declared(cast.chen, DAY + ONE, DAY + ONE)) == "leaves-overlap"
    declared(cast.chen, DAY + 2 * ONE, DAY + 4 * ONE)


def test_a_leave_that_is_taken_back_counts_on_no_day(cast: Cast) -> None:
    first = declared(cast.chen, DAY + 2 * ONE, DAY + 4 * ONE)
    leaves.end(leave=first, by=cast.chen, at=AT)
    assert not Leave.objects.filter(pk__in=[row.pk for day in range(8) for row in away_on(DAY + day * ONE)]).exists()
    declared(cast.chen, DAY + 2 * ONE, DAY + 4 * ONE)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [(-1, 3, "leave-in-past"), (3, 2, "leave-backwards"), (0, 367, "leave-too-far"), (400, 401, "leave-too-far")],
)
def test_a_leave_is_declared_before_it_counts(cast: Cast, first: int, last: int, code: str) -> None:
    assert refused(lambda: declared(cast.chen, DAY + first * ONE, DAY + last * ONE)) == code
    declared(cast.chen, DAY, DAY + 366 * ONE)


def test_nobody_is_put_on_leave_by_others(cast: Cast) -> None:
    for by in (cast.lin, cast.user("lin"), cast.mira):
        act: dict[str, Any] = {"member": cast.chen, "first_on": DAY, "last_on": DAY, "by": by, "at": AT}
        assert refused(partial(leaves.declare, **act)) == "not-your-leave"
    leave = declared(cast.chen)
    assert refused(lambda: leaves.end(leave=leave, by=cast.lin, at=AT)) == "not-your-leave"
    leaves.end(leave=leave, by=cast.user("chen"), at=AT)


def test_who_has_left_by_then_is_not_on_leave(cast: Cast) -> None:
    memberships.declare_exit(member=cast.chen, exited_on=DAY + ONE, by=cast.chen, at=AT)
    assert refused(lambda: declared(cast.chen, DAY + 2 * ONE, DAY + 3 * ONE)) == "not-member"
    declared(cast.chen, DAY + ONE, DAY + 3 * ONE)


def test_roles_stay_on_leave(cast: Cast) -> None:
    before = people.roles_on(cast.user("lin"), DAY), people.leader_on(DAY)
    declared(cast.lin)
    assert (people.roles_on(cast.user("lin"), DAY), people.leader_on(DAY)) == before


@pytest.mark.parametrize(
    "change", [{"first_on": DAY - ONE}, {"last_on": DAY}, {"ended_on": None}, {"ended_on": DAY}, {"member_id": 0}]
)
def test_a_leave_only_gets_the_day_of_return(cast: Cast, change: dict[str, Any]) -> None:
    mine = Leave.objects.filter(pk=declared(cast.chen).pk)
    mine.update(ended_on=DAY + 2 * ONE)
    with pytest.raises(DatabaseError, match="a leave only gets the day of return"), transaction.atomic():
        mine.update(**change)


@pytest.mark.parametrize("attack", ["DELETE FROM members_leave", "TRUNCATE members_leave"])
def test_a_leave_never_vanishes(cast: Cast, attack: str) -> None:
    declared(cast.chen)
    with connection.cursor() as cursor:
        # Foreign keys that wait for the commit would stop TRUNCATE before our trigger does.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
            cursor.execute(attack)


@pytest.mark.parametrize(("first", "last"), [(0, 0), (6, 9), (-3, 0), (2, 3)])
def test_the_database_keeps_leaves_apart(cast: Cast, first: int, last: int) -> None:
    declared(cast.chen)
    row = {"first_on": DAY + first * ONE, "last_on": DAY + last * ONE, "declared_at": AT}
    with pytest.raises(DatabaseError, match="leave_apart"), transaction.atomic():
        Leave.objects.create(member=cast.chen, **row)
    Leave.objects.create(member=cast.bo, **row)


def test_verify_compares_leaves_with_the_journal(cast: Cast) -> None:
    leave = declared(cast.chen)
    assert list(invariants.leaves_as_told()) == []
    Leave.objects.filter(pk=leave.pk).update(ended_on=DAY)
    assert list(invariants.leaves_as_told()) == [f"leave {leave.pk} of chen is not the one in the journal"]


def test_a_member_says_so_on_a_page_and_the_list_shows_it(cast: Cast, client: Client) -> None:
    client.force_login(cast.user("chen"))
    today = charter.today(timezone.now())
    answer = client.post("/members/absence/", {"first_on": str(today - ONE), "last_on": str(today)})
    assert answer.status_code == 422
    assert "a leave counts once it is declared" in answer.content.decode()
    typed = {"first_on": str(today), "last_on": str(today + ONE)}
    assert client.post("/members/absence/", typed).status_code == 302
    assert "You are on leave until" in client.get("/members/absence/").content.decode()
    assert "On leave until" in client.get("/members/").content.decode()
    leave = Leave.objects.get()
    assert client.post(f"/members/absence/{leave.pk}/end/").status_code == 302
    assert "On leave until" not in client.get("/members/").content.decode()
    assert client.post(f"/members/absence/{leave.pk}/end/").status_code == 409


def test_the_page_is_for_members_and_their_own_leave(cast: Cast, client: Client) -> None:
    leave = declared(cast.chen)
    client.force_login(cast.user("bo"))
    assert client.post(f"/members/absence/{leave.pk}/end/").status_code == 404
    client.force_login(cast.otto)
    assert client.get("/members/absence/").status_code == 404


def test_the_api_declares_and_ends_it(cast: Cast, client: Client) -> None:
    client.force_login(cast.user("chen"))
    today = charter.today(timezone.now())
    typed = {"first_on": str(today), "last_on": str(today + ONE)}
    made = client.post("/api/v1/me/leaves/", typed, content_type="application/json")
    assert made.status_code == 201, made.content
    rows = {row["handle"]: row["on_leave_until"] for row in client.get("/api/v1/members/").json()["results"]}
    assert rows == {"bo": None, "chen": str(today + ONE), "lin": None}
    ended = client.post(f"/api/v1/me/leaves/{made.json()['id']}/end/").json()
    assert ended["ended_on"] == str(today)
    assert client.get("/api/v1/me/leaves/").json()[0] == ended
    client.force_login(cast.otto)
    assert client.get("/api/v1/me/leaves/").json()["code"] == "only-members"
