"""Who the frame says reads, and whose pages they are, from the real records."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from expertgroup import identity
from members.services import groups
from treasury.models import Client

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 7, 10, tzinfo=UTC)
CAST = ("lin", "sun", "marek")


@pytest.fixture
def people() -> dict[str, User]:
    """A founded group of three: Lin leads, Sun is the deputy, Marek a member; a treasurer, a client and a stranger."""
    users = {key: User.objects.create_user(f"{key}@example.org", name=key) for key in (*CAST, "client", "stranger")}
    groups.found(
        name="Experts",
        time_zone="Asia/Shanghai",
        founders=[groups.Founder(key, key.title()) for key in CAST],
        leader="lin",
        deputy="sun",
        treasurer_email="kai@example.org",
        founded_on=date(2026, 10, 1),
        by="import",
        at=AT,
    )
    from members.models import Member

    for key in CAST:
        Member.objects.filter(handle=key).update(user=users[key])
    Client.objects.create(key="harbor", name="Harbor Labs", user=users["client"])
    return users | {"kai": User.objects.get(email="kai@example.org")}


@pytest.mark.parametrize(
    ("key", "name", "role"),
    [
        ("lin", "Lin", "Leader, Q4 2026"),
        ("sun", "Sun", "Member, deputy for claims"),
        ("marek", "Marek", "Member"),
        ("kai", "kai@example.org", "Treasurer"),
        ("client", "Harbor Labs", "Client"),
        ("stranger", "stranger", "Builder"),
    ],
)
def test_a_person_is_named_with_their_role(people: dict[str, User], key: str, name: str, role: str) -> None:
    person = identity.Reading(people[key], AT).person
    assert (person.name, person.role) == (name, role)


def test_the_role_is_the_one_of_the_day(people: dict[str, User]) -> None:
    before = datetime(2026, 9, 30, 15, 59, tzinfo=UTC)
    assert identity.Reading(people["lin"], before).person.roles == {"builder"}
    # One minute later it is 1 October in the group's zone.
    assert "leader" in identity.Reading(people["lin"], datetime(2026, 9, 30, 16, 0, tzinfo=UTC)).person.roles


def test_the_quarter_is_written_in_the_readers_language(people: dict[str, User]) -> None:
    with override("zh-hans"):
        assert "2026 年第四季度" in str(identity.Reading(people["lin"], AT).person.role)


def test_the_zone_is_the_charters(people: dict[str, User]) -> None:
    reading = identity.Reading(None, AT)
    assert (reading.group_name, reading.zone) == ("Experts", ZoneInfo("Asia/Shanghai"))


def test_pages_are_drawn_before_a_group_is_founded() -> None:
    user = User.objects.create_user("first@example.org")
    reading = identity.Reading(user, AT)
    assert str(reading.group_name) == "Technical Expert Group"
    assert reading.person.roles == {"builder"}


def test_the_number_of_queries_does_not_depend_on_the_group(
    people: dict[str, User], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for user in people.values():
        with django_assert_max_num_queries(7):
            reading = identity.Reading(user, AT)
            str(reading.group_name), reading.zone, reading.person, reading.person
