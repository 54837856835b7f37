"""Client money in the API: what the pages show and do, by the same services."""

from typing import Any

import pytest
from django.test import Client

from consulting.models import Dispute, Engagement, Refund
from tests.cast import AT, Cast
from tests.consulting.desk import MICRO, hourly, session
from tests.consulting.held import pay
from treasury.services.clients import client_named

JSON = "application/json"
HERE = "/api/v1/engagements/E-1/"


@pytest.fixture
def engagement(cast: Cast) -> Engagement:
    """Two hours of chen's for otto, paid."""
    client_named(name="Harbor Labs", email="otto@cast.example", at=AT)
    found = hourly(cast)
    session(cast, found, "S-1", cast.chen)
    pay(found, 300 * MICRO)
    return found


def as_(cast: Cast, name: str) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(cast.user(name))
    return client


def test_the_treasurer_refunds_and_the_sides_read(cast: Cast, engagement: Engagement) -> None:
    fields: dict[str, Any] = {"unit": "S-1", "amount": "50.000001", "reason": "Late", "before": "0"}
    desk = as_(cast, "mira")
    assert desk.post(f"{HERE}refunds/", fields, JSON).json()["amount"] == "50.000001"
    assert desk.post(f"{HERE}refunds/", fields, JSON).json()["code"] == "refund-changed"
    assert desk.post(f"{HERE}refunds/", fields | {"amount": 1.5}, JSON).status_code == 422
    assert as_(cast, "otto").post(f"{HERE}refunds/", fields, JSON).status_code == 403
    assert Refund.objects.count() == 1
    shown = as_(cast, "otto").get(f"{HERE}refunds/").json()
    assert shown["units"] == [
        {
            "reference": "S-1",
            "price": "300.000000",
            "refunded": "50.000001",
            "left": "249.999999",
            "accepted_on": None,
        }
    ]
    assert (shown["inflow"], shown["bound"], shown["free"]) == ("249.999999", "0.000000", "249.999999")
    assert [row["reason"] for row in shown["refunds"]] == ["Late"]


def test_a_dispute_from_its_reason_to_its_end(cast: Cast, engagement: Engagement) -> None:
    client, expert = as_(cast, "otto"), as_(cast, "chen")
    assert client.get(f"{HERE}dispute/").status_code == 404
    opened = client.post(f"{HERE}dispute/", {"reason": "Half is missing"}, JSON)
    assert (opened.status_code, opened.json()["open"]) == (201, "300.000000")
    assert client.post(f"{HERE}dispute/offers/", {"percent": 101}, JSON).status_code == 422
    client.post(f"{HERE}dispute/offers/", {"percent": 60}, JSON)
    assert expert.get(f"{HERE}dispute/").json()["signatures"] == [
        {"handle": None, "percent": 60},
        {"handle": "chen", "percent": None},
    ]
    assert expert.post(f"{HERE}dispute/withdrawal/", {}, JSON).json()["code"] == "not-yours-to-withdraw"
    settled = expert.post(f"{HERE}dispute/offers/", {"percent": 60}, JSON).json()
    assert (settled["percent"], settled["open"]) == (60, "0.000000")
    assert client.post(f"{HERE}dispute/withdrawal/", {}, JSON).json()["code"] == "no-dispute"


def test_strangers_find_nothing(cast: Cast, engagement: Engagement) -> None:
    for who in ("noor", "bo"):
        client = as_(cast, who)
        for path in ("refunds/", "dispute/"):
            assert client.get(f"{HERE}{path}").status_code == 404
        for path in ("refunds/", "dispute/", "dispute/offers/", "dispute/withdrawal/"):
            assert client.post(f"{HERE}{path}", {"reason": "x", "amount": "1", "percent": 1}, JSON).status_code == 404
    assert not Dispute.objects.exists()
    assert Client().get(f"{HERE}refunds/").status_code == 401
