"""`found_group` and `seat_leader`."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from charter.models import Group
from journal.models import Entry
from members.models import Member, Membership, Term
from members.selectors.people import by_handle, deciders_on, roles_on
from tests.cast import DAY, Cast, person

pytestmark = pytest.mark.django_db

FOUNDERS = ("--founder", "lin:Lin Wei:lin@cast.example:2025-03-01", "--founder", "bo:Bo Berg")
REST = ("--leader", "lin", "--deputy", "bo", "--treasurer", "mira@cast.example", "--founded-on", "2026-01-01")


def found(*more: str, founders: tuple[str, ...] = FOUNDERS, rest: tuple[str, ...] = REST) -> None:
    call_command("found_group", "Experts", *founders, *rest, *more)


def test_founding_makes_charter_members_leader_and_treasurer(capsys: Any) -> None:
    found("--time-zone", "Europe/Lisbon")
    group = Group.objects.get()
    assert (group.name, group.time_zone, str(group.founded_on)) == ("Experts", "Europe/Lisbon", "2026-01-01")
    assert [str(row.joined_on) for row in Membership.objects.all()] == ["2026-01-01"] * 2
    lin, bo = by_handle("lin"), by_handle("bo")
    assert lin is not None
    assert bo is not None
    assert (lin.user.email if lin.user else "", bo.user, str(lin.builder_since)) == (
        "lin@cast.example",
        None,
        "2025-03-01",
    )
    assert (deciders_on(DAY).leader, deciders_on(DAY).deputy) == (lin, bo)
    mira = User.objects.get(email="mira@cast.example")
    assert roles_on(mira, DAY) == {"treasurer"}
    assert mira.is_staff
    assert not mira.has_usable_password()
    assert "mailed link: http" in capsys.readouterr().out


def test_a_founder_who_proved_the_address_is_attached() -> None:
    owner = person("lin@cast.example")
    found()
    assert Member.objects.get(handle="lin").user == owner


def test_founders_come_from_a_file_too(tmp_path: Path) -> None:
    path = tmp_path / "founders.csv"
    path.write_text("handle,name,email,builder_since\nlin,Lin Wei,lin@cast.example,2025-03-01\nbo,Bo,,\n")
    found(founders=("--founders", str(path)))
    assert list(Member.objects.values_list("handle", flat=True)) == ["bo", "lin"]


@pytest.mark.parametrize(
    ("founders", "rest", "says"),
    [
        (FOUNDERS, (*REST[:1], "nobody", *REST[2:]), "handle: Nobody has the handle “nobody”"),
        (FOUNDERS, (*REST[:3], "lin", *REST[4:]), "deputy: The deputy"),
        (("--founder", "Lin:Lin Wei"), REST, "handle: Enter a handle"),
        (("--founder", "pool:Pool"), REST, "handle: This handle is kept"),
        (("--founder", "lin"), REST, "“lin” is no founder"),
        (("--founder", "lin:Lin:not-an-address"), REST, "email: Enter an e-mail address"),
        (("--founder", "lin:Lin::yesterday"), REST, "“yesterday” is no day"),
        (("--founder", "lin:Lin", "--founder", "lin:Lin"), REST, "joined_on: This person is a member"),
        ((), REST, "Name at least one founder"),
        (FOUNDERS, (*REST, "--time-zone", "Mars/Base"), "Mars/Base"),
        (("--founders", "/nonexistent.csv"), REST, "No such file"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_founded(
    founders: tuple[str, ...], rest: tuple[str, ...], says: str
) -> None:
    with pytest.raises(CommandError, match=says):
        found(founders=founders, rest=rest)
    assert not Group.objects.exists()
    assert not User.objects.exists()
    assert not Entry.objects.exists()


def test_a_bad_line_of_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "founders.csv"
    path.write_text("handle,name,email,builder_since\nlin,Lin,,\nbo,Bo,,2025-13-01\n")
    with pytest.raises(CommandError, match=r"founders\.csv:3: “2025-13-01” is no day"):
        found(founders=("--founders", str(path)))


def test_there_is_one_group(cast: Cast) -> None:
    with pytest.raises(CommandError, match="The group is founded already"):
        found()
    assert Member.objects.count() == 3


def test_seating_ends_the_open_term_the_day_before(cast: Cast) -> None:
    call_command("seat_leader", "chen", "--from", "2026-12-01", "--deputy", "lin", "--decision", "forum/77")
    rows = Term.objects.filter(role="leader").order_by("starts_on")
    assert [(row.member and row.member.handle, str(row.ends_on), row.decided_by) for row in rows] == [
        ("lin", "2026-11-30", "founding"),
        ("chen", "None", "forum/77"),
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nobody",), "Nobody has the handle"),
        (("chen", "--deputy", "chen"), "has to be another member"),
        (("chen", "--from", "2026-12-01", "--until", "2026-11-01"), "cannot come before"),
        (("chen", "--from", "2025-06-01"), "member during the whole term"),
        (("chen", "--from", "2026-01-01"), "There is a leader in that time"),
    ],
)
def test_a_wrong_seating_changes_nothing(cast: Cast, arguments: tuple[str, ...], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("seat_leader", *arguments)
    assert Term.objects.filter(role="leader").count() == 1


def test_seating_needs_a_group() -> None:
    with pytest.raises(CommandError, match="There is no group yet"):
        call_command("seat_leader", "lin")
