"""Pages about client money: the dispute of two sides, and what the treasurer enters of refunds, milestones, credit."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from consulting.models import Dispute, Engagement, Milestone, Payback, Refund
from consulting.services import acceptances
from members.models import Member
from tests.cast import AT, Cast
from tests.consulting.desk import MICRO, SUNDAY, fixed, hourly, session
from tests.consulting.held import holds, pay, refund
from treasury.services.clients import client_named

PAGE = "/engagements/E-1/dispute/"


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


def text(answer: Any) -> str:
    """What is read on a page, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_sides_end_a_dispute_on_its_page(cast: Cast, engagement: Engagement) -> None:
    client, expert = as_(cast, "otto"), as_(cast, "chen")
    assert "the 300.00 U that are open are held" in text(client.get(PAGE))
    assert client.post(PAGE, {"reason": "Half is <b>missing</b>"}).status_code == 302
    shown = expert.get(PAGE)
    assert "Half is &lt;b&gt;missing&lt;/b&gt;" in shown.content.decode()
    assert "Opened by the client" in text(shown)
    assert client.post(f"{PAGE}offer/", {"percent": "40"}).status_code == 302
    assert "120.00 U is shared, 180.00 U goes back" in text(expert.get(PAGE))
    assert expert.post(f"{PAGE}offer/", {"percent": "40"}).status_code == 302
    assert "Settled: 40 % of what was open" in text(client.get(PAGE))
    assert (holds("escrow", "E-1"), Dispute.objects.get().percent) == (120 * MICRO, 40)


@pytest.mark.parametrize(
    ("percent", "says"), [("101", "less than or equal to 100"), ("x", "whole number"), ("", "required")]
)
def test_an_unreadable_offer_stays_on_the_page(cast: Cast, engagement: Engagement, percent: str, says: str) -> None:
    client = as_(cast, "otto")
    client.post(PAGE, {"reason": "x"})
    answer = client.post(f"{PAGE}offer/", {"percent": percent})
    assert answer.status_code == 422
    assert says in text(answer)
    assert f'value="{percent}"' in answer.content.decode() or not percent


def test_a_dispute_says_why(cast: Cast, engagement: Engagement) -> None:
    answer = as_(cast, "otto").post(PAGE, {"reason": ""})
    assert answer.status_code == 422
    assert not Dispute.objects.exists()


def test_who_opened_it_takes_it_back(cast: Cast, engagement: Engagement) -> None:
    client = as_(cast, "otto")
    client.post(PAGE, {"reason": "x"})
    assert "Take the dispute back" not in text(as_(cast, "chen").get(PAGE))
    assert as_(cast, "chen").post(f"{PAGE}withdraw/").status_code == 403
    assert client.post(f"{PAGE}withdraw/").status_code == 302
    assert Dispute.objects.get().closed_at is not None


@pytest.mark.parametrize("who", ["noor", "bo"])
def test_strangers_find_nothing(cast: Cast, engagement: Engagement, who: str) -> None:
    client = as_(cast, who)
    assert client.get(PAGE).status_code == 404
    for address in (PAGE, f"{PAGE}offer/", f"{PAGE}withdraw/"):
        assert client.post(address, {"reason": "x", "percent": "1"}).status_code == 404
    assert not Dispute.objects.exists()


def test_those_who_keep_the_group_read_and_open_but_do_not_sign(cast: Cast, engagement: Engagement) -> None:
    for who in ("mira", "lin"):
        assert as_(cast, who).get(PAGE).status_code == 200
    assert as_(cast, "lin").post(PAGE, {"reason": "x"}).status_code == 302
    assert "Sign an offer" not in text(as_(cast, "lin").get(PAGE))
    assert as_(cast, "lin").post(f"{PAGE}offer/", {"percent": "1"}).status_code == 422


@pytest.mark.parametrize("count", [1, 3, 6])
def test_a_constant_number_of_queries(
    cast: Cast, engagement: Engagement, count: int, django_assert_num_queries: Any
) -> None:
    client = as_(cast, "otto")
    experts: list[Member] = [cast.bo, cast.chen, cast.lin]
    for number in range(count - 1):
        session(cast, engagement, f"T-{number}", experts[number % 3], hours_centi=50)
    client.post(PAGE, {"reason": "y"})
    for percent in range(count):
        client.post(f"{PAGE}offer/", {"percent": str(percent)})
    client.get(PAGE)
    with django_assert_num_queries(QUERIES):
        assert client.get(PAGE).status_code == 200


QUERIES = 22


def test_the_treasurer_refunds_once(cast: Cast, engagement: Engagement) -> None:
    desk = as_(cast, "mira")
    page = reverse("admin:consulting_engagement_refund", args=[engagement.pk])
    assert "S-1: 300.00 U left" in text(desk.get(page))
    fields = {"unit": "S-1:0", "amount": "50", "reason": "Late"}
    assert desk.post(page, fields).status_code == 302
    again = desk.post(page, fields)
    assert (again.status_code, Refund.objects.count()) == (422, 1)
    assert "refunded since you looked" in text(again)
    much = desk.post(page, {"unit": "S-1:50000000", "amount": "250.000001", "reason": "Late"})
    assert "250 U of this can still be refunded" in text(much)
    assert as_(cast, "lin").post(page, fields).status_code == 302
    assert Refund.objects.count() == 1


def test_the_treasurer_agrees_milestones(cast: Cast) -> None:
    engagement = fixed(cast)
    desk = as_(cast, "mira")
    page = reverse("admin:consulting_engagement_milestones", args=[engagement.pk])
    assert desk.get(page).status_code == 200
    fields = {"title_1": "Look", "price_1": "600", "title_2": "Mend", "price_2": "399", "due_2": "2026-12-24"}
    refused = desk.post(page, fields)
    assert refused.status_code == 422
    assert "The milestones come to 999" in text(refused)
    assert desk.post(page, fields | {"price_2": "400"}).status_code == 302
    assert list(Milestone.objects.values_list("reference", "title", "price_micro")) == [
        ("M1", "Look", 600 * MICRO),
        ("M2", "Mend", 400 * MICRO),
    ]


def test_the_treasurer_puts_a_payback_on_record(cast: Cast, engagement: Engagement) -> None:
    refund(cast, engagement, 100 * MICRO, "S-1")
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by="test", at=AT)
    desk = as_(cast, "mira")
    page = reverse("admin:treasury_client_payback", args=[engagement.client.pk])
    assert "The credit is 100.00 U." in text(desk.get(page))
    fields = {"amount": "100.5", "evidence": "B-1", "paid_on": "2026-11-20"}
    assert "cannot be paid back" in text(desk.post(page, fields))
    assert desk.post(page, fields | {"amount": "100"}).status_code == 302
    assert "on record already" in text(desk.post(page, fields | {"amount": "1"}))
    assert Payback.objects.count() == 1
    change = desk.get(reverse("admin:consulting_engagement_change", args=[engagement.pk]))
    assert "Not as agreed" in text(change)
