"""One-click sign-in exists in the demo only, and for its cast only."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from journal.services import entries
from tests.accounts.vectors import OUTSIDE
from tests.cast import AT, person

pytestmark = pytest.mark.django_db
CAST = [{"key": "lin", "name": "Lin Wei", "role": "Leader", "email": "lin@cast.example"}]


@pytest.fixture
def demo(settings: Any) -> User:
    settings.DEMO = True
    entries.append(actor="system:demo", verb="demo.built", subject="group", data={"cast": CAST}, at=AT)
    person("root@cast.example")
    return person("lin@cast.example")


def test_outside_of_the_demo_there_is_nothing(client: Client) -> None:
    entries.append(actor="system:demo", verb="demo.built", subject="group", data={"cast": CAST}, at=AT)
    person("lin@cast.example")
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/sign-in/", {"who": "lin"}).status_code == 404
    assert "Lin Wei" not in client.get("/accounts/login/").content.decode()


def test_one_click_signs_in_as_one_of_the_cast(demo: User, client: Client) -> None:
    assert "Sign in as Lin Wei" in client.get("/accounts/login/").content.decode()
    assert "Sign in as Lin Wei" in client.get("/demo/").content.decode()
    assert client.post("/demo/sign-in/", {"who": "lin"}).headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(demo.pk)


@pytest.mark.parametrize("who", ["", "root", "root@cast.example", "lin@cast.example", "1"])
def test_nobody_else_is_signed_in(demo: User, client: Client, who: str) -> None:
    assert client.post("/demo/sign-in/", {"who": who}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_a_link_alone_signs_nobody_in(demo: User, client: Client) -> None:
    assert client.get("/demo/sign-in/", {"who": "lin"}).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/demo/sign-in/", {"who": "lin"}).status_code == 403


def test_it_leads_nowhere_else(demo: User, client: Client) -> None:
    for url in OUTSIDE:
        assert client.post("/demo/sign-in/", {"who": "lin", "next": url}).headers["Location"] == "/"
    assert client.post("/demo/sign-in/", {"who": "lin", "next": "/charter/"}).headers["Location"] == "/charter/"


def test_only_the_first_entry_of_the_journal_names_the_cast(settings: Any, client: Client) -> None:
    settings.DEMO = True
    entries.append(actor="system:founding", verb="group.found", subject="group", at=AT)
    entries.append(actor="system:demo", verb="demo.built", subject="group", data={"cast": CAST}, at=AT)
    person("lin@cast.example")
    assert client.post("/demo/sign-in/", {"who": "lin"}).status_code == 404
