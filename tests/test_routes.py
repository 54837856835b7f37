"""Who gets what at every address: the table in routes.txt is generated, read by people, and complete.

After a change of addresses or policies: `ROUTES_WRITE=1 pytest tests/test_routes.py`, then read the difference.
"""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import tokens
from members.rules.interviews import KEYS
from members.services import applications, interviews, memberships
from proposals.services import admissions
from tests.cast import Cast, assemble, person

pytestmark = pytest.mark.django_db

TABLE = Path(__file__).with_name("routes.txt")
ROLES = ("visitor", "stranger", "applicant", "former", "member", "leader", "treasurer")
# Rows that reading may leave behind: sessions, rate limits, and that a token was used.
LEFT = {"django_session", "cache"}


def routes(patterns: Any = None, path: str = "", spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(name with namespaces, names of its arguments) of every address that the resolver knows."""
    for item in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(item, URLResolver):
            inner = (*spaces, item.namespace) if item.namespace else spaces
            yield from routes(item.url_patterns, path + str(item.pattern), inner)
        elif isinstance(item, URLPattern):
            assert item.name or "admin" in spaces, f"{path}{item.pattern} has no name"
            if item.name:
                yield ":".join((*spaces, item.name)), tuple(item.pattern.regex.groupindex)


@pytest.fixture(autouse=True)
def _without_limits(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture
def stage() -> Cast:
    """The cast with a proposal that is open, a member who left, and a token."""
    cast = assemble(at=timezone.now(), founded_on=date(2026, 1, 1))
    dora = person("dora@cast.example", "Dora")
    left = memberships.join(
        handle="dora",
        name="Dora",
        user=dora,
        joined_on=date(2026, 1, 2),
        decided_by="test",
        by="import",
        at=timezone.now(),
    )
    memberships.declare_exit(member=left, exited_on=date(2026, 2, 1), by="import", at=timezone.now())
    now = timezone.now()
    applications.confirm_builder(
        application=cast.application, since=date(2026, 1, 5), url="https://x.example/1", by=cast.lin, at=now
    )
    interviews.record(
        application=cast.application,
        held_on=now.date(),
        minutes=50,
        interviewers=[cast.bo],
        answers=dict.fromkeys(KEYS, "Well"),
        summary="Good.",
        by=cast.lin,
        at=now,
    )
    admissions.open_admission(application=cast.application, by=cast.lin, at=now)
    tokens.issue(user=cast.user("lin"), name="t", scope="read", days=3, at=now)
    return cast


def people(cast: Cast) -> dict[str, User | None]:
    """One account for each role."""
    return {
        "visitor": None,
        "stranger": cast.otto,
        "applicant": cast.noor,
        "former": User.objects.get(email="dora@cast.example"),
        "member": cast.user("chen"),
        "leader": cast.user("lin"),
        "treasurer": cast.mira,
    }


def address(name: str, arguments: tuple[str, ...], cast: Cast) -> str:
    """A real address of a route: the things of the cast where there are some."""
    known: dict[str, Any] = {
        "application": cast.application.pk,
        "number": 1,
        "round_number": 1,
        "month": "2026-08",
        "key": "you",
        "uidb36": "1",
        "reference": "none",
        "app_label": "members",
        "url": "nothing",
        # Nobody has it, whatever other tests made before: the answer says who may ask, not what is there.
        "object_id": "0",
        "content_type_id": 1,
        "pk": cast.application.pk if "appl" in name or name.startswith(("members", "api")) else 1,
    }
    return reverse(name, kwargs={argument: known.get(argument, 1) for argument in arguments})


def visit(client: Client, path: str) -> int:
    """The status of reading an address."""
    return int(client.get(path).status_code)


def signed_in(user: User | None, **more: Any) -> Client:
    client = Client(raise_request_exception=False, **more)
    if user is not None:
        client.force_login(user)
    return client


def counts() -> dict[str, int]:
    """How many rows every table has."""
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if name not in LEFT]
        found = {}
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            (found[name],) = cursor.fetchone()
    return found


def test_the_table_of_routes_and_roles_is_what_people_have_read(stage: Cast) -> None:
    before = counts()
    clients = {role: signed_in(user) for role, user in people(stage).items()}
    lines = [f"# {'route':<46} {' '.join(f'{role:<9}' for role in ROLES)}".rstrip()]
    for name, arguments in sorted(set(routes())):
        path = address(name, arguments, stage)
        statuses = " ".join(f"{visit(clients[role], path):<9}" for role in ROLES)
        lines.append(f"{name:<48} {statuses}".rstrip())
    assert not [line for line in lines if " 500" in line]
    assert counts() == before
    if os.environ.get("ROUTES_WRITE"):
        TABLE.write_text("\n".join(lines) + "\n")
    assert TABLE.read_text().splitlines() == lines


def test_every_route_of_the_resolver_stands_in_the_table() -> None:
    named = [line.split()[0] for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    assert sorted(named) == sorted({name for name, _arguments in routes()})


def test_no_form_is_taken_without_its_token(stage: Cast, settings: Any) -> None:
    # A card provider's events carry a signature instead; without the secret there is no such address.
    settings.PAYMENT_EVENTS_SECRET = "secret"
    before = counts()
    client = signed_in(stage.user("lin"), enforce_csrf_checks=True)
    taken = []
    for name, arguments in sorted(set(routes())):
        path = address(name, arguments, stage)
        # Pages take no other method than POST; their check comes before the method is looked at.
        for method in ("post", "put", "patch", "delete") if name.startswith("api:") else ("post",):
            status = getattr(client, method)(path, {}, "application/json").status_code
            if status != 403:
                taken.append(f"{name} {method} {status}")
    assert taken == []
    assert counts() == before


@pytest.mark.parametrize("method", ["head", "options", "trace"])
def test_reading_in_any_way_changes_nothing(stage: Cast, method: str) -> None:
    before = counts()
    client = signed_in(stage.user("lin"))
    for name, arguments in sorted(set(routes())):
        assert getattr(client, method)(address(name, arguments, stage)).status_code < 500, name
    assert counts() == before
