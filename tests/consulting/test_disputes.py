"""Disputes: everything stands still, equal offers of all end it, else the group; and the percentage's arithmetic."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from charter import registry
from charter.refusals import UnreadableAct
from consulting import refusals
from consulting.acts import SettleDispute
from consulting.models import Acceptance, Dispute, Engagement
from consulting.refusals import escrow as refused
from consulting.rules import disputes as rules
from consulting.selectors import disputes as reading
from consulting.services import acceptances, disputes
from journal.models import Entry, Outbox
from tests.cast import AT, DAY, Cast
from tests.consulting.desk import MICRO, SUNDAY, fixed, hourly, session
from tests.consulting.held import broken, holds, pay, refund
from treasury.services.clients import client_named


def disputed(cast: Cast) -> Engagement:
    """Two hours of chen's and one of bo's, paid, in dispute by the client, who is otto."""
    client_named(name="Harbor Labs", email="otto@cast.example", at=AT)
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    session(cast, engagement, "S-2", cast.bo, hours_centi=100)
    pay(engagement, 450 * MICRO)
    disputes.open_dispute(engagement=engagement, reason="Half of it is missing", by=cast.otto, at=AT)
    return engagement


def offer(engagement: Engagement, percent: int, by: User | None) -> None:
    """Signs a percentage."""
    assert by is not None
    disputes.offer(engagement=engagement, percent=percent, by=by, at=AT)


def test_nothing_moves_while_it_is_open(cast: Cast) -> None:
    engagement = disputed(cast)
    accept: dict[str, Any] = {"engagement": engagement, "accepted_on": SUNDAY, "at": AT}
    for by in (cast.otto, cast.mira, "silence"):
        with pytest.raises(refused.InDispute):
            acceptances.accept(by=by, **accept)
    with pytest.raises(refused.InDispute):
        refund(cast, engagement, 1, "S-1")
    with pytest.raises(refused.InDispute):
        session(cast, engagement, "S-3", cast.chen)
    with pytest.raises(refused.InDispute):
        acceptances.close(engagement=engagement, closed_on=SUNDAY, by="test", at=AT)
    with pytest.raises(refused.DisputeOpened):
        disputes.open_dispute(engagement=engagement, reason="x", by=cast.user("chen"), at=AT)
    assert (holds("escrow", "E-1"), broken()) == (450 * MICRO, [])


def test_it_ends_when_all_have_signed_the_same(cast: Cast) -> None:
    engagement = disputed(cast)
    offer(engagement, 30, cast.otto)
    offer(engagement, 60, cast.chen.user)
    offer(engagement, 60, cast.otto)
    assert Dispute.objects.get().closed_at is None
    offer(engagement, 60, cast.bo.user)
    dispute = Dispute.objects.get()
    assert (dispute.percent, dispute.closed_at) == (60, AT)
    rows = Acceptance.objects.order_by("session__reference").values_list("gross_micro", "counted_off_micro")
    assert list(rows) == [(180 * MICRO, 120 * MICRO), (90 * MICRO, 60 * MICRO)]
    engagement.refresh_from_db()
    assert engagement.accepted_on == DAY
    assert (holds("escrow", "E-1"), holds("receivable", engagement.client.key)) == (270 * MICRO, 180 * MICRO)
    assert broken() == []
    with pytest.raises(refused.NoDispute):
        offer(engagement, 60, cast.otto)


@pytest.mark.parametrize(("percent", "held"), [(0, 0), (100, 450 * MICRO)])
def test_all_or_nothing(cast: Cast, percent: int, held: int) -> None:
    engagement = disputed(cast)
    disputes.settle(engagement=engagement, percent=percent, by="test", at=AT)
    assert (holds("escrow", "E-1"), holds("receivable", engagement.client.key)) == (held, 450 * MICRO - held)
    assert Acceptance.objects.count() == 2
    assert broken() == []


def test_nothing_of_a_fixed_price_needs_nobodys_hours(cast: Cast) -> None:
    client_named(name="Harbor Labs", email="otto@cast.example", at=AT)
    engagement = fixed(cast)
    pay(engagement, 1000 * MICRO)
    disputes.open_dispute(engagement=engagement, reason="Nobody came", by=cast.otto, at=AT)
    with pytest.raises(refusals.NoBasis):
        disputes.settle(engagement=engagement, percent=1, by="test", at=AT)
    disputes.settle(engagement=engagement, percent=0, by="test", at=AT)
    assert (holds("escrow", "F-1"), Acceptance.objects.get().gross_micro, broken()) == (0, 0, [])


def test_what_was_accepted_before_stays_accepted(cast: Cast) -> None:
    client_named(name="Harbor Labs", email="otto@cast.example", at=AT)
    engagement = hourly(cast)
    for number in (1, 2):
        session(cast, engagement, f"S-{number}", cast.chen)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, units=["S-1"], by=cast.otto, at=AT)
    disputes.open_dispute(engagement=engagement, reason="x", by=cast.user("chen"), at=AT)
    disputes.settle(engagement=engagement, percent=50, by="test", at=AT)
    rows = Acceptance.objects.order_by("session__reference").values_list("gross_micro", flat=True)
    assert list(rows) == [300 * MICRO, 150 * MICRO]
    assert broken() == []


def test_who_may_open_sign_and_take_back(cast: Cast) -> None:
    engagement = disputed(cast)
    assert cast.lin.user is not None
    for person in (cast.noor, cast.mira, cast.lin.user):
        with pytest.raises(refused.SidesOnly):
            offer(engagement, 50, person)
    with pytest.raises(refused.NotYoursToWithdraw):
        disputes.withdraw(engagement=engagement, by=cast.user("chen"), at=AT)
    disputes.withdraw(engagement=engagement, by=cast.otto, at=AT)
    with pytest.raises(refused.SidesOnly):
        disputes.open_dispute(engagement=engagement, reason="x", by=cast.noor, at=AT)
    with pytest.raises(refused.DisputeReasonMissing):
        disputes.open_dispute(engagement=engagement, reason=" ", by=cast.otto, at=AT)
    disputes.open_dispute(engagement=engagement, reason="Words of a person", by=cast.mira, at=AT)
    with pytest.raises(refused.PercentUnreadable):
        offer(engagement, 101, cast.otto)
    assert "Words" not in str(list(Entry.objects.values_list("data", flat=True)))


def test_the_other_side_is_told(cast: Cast) -> None:
    engagement = disputed(cast)
    told = [row.payload["to"] for row in Outbox.objects.filter(key__contains="dispute").order_by("pk")]
    assert sorted(told) == ["bo@cast.example", "chen@cast.example"]
    disputes.settle(engagement=engagement, percent=50, by="test", at=AT)
    told = [row.payload["to"] for row in Outbox.objects.filter(key__contains="settled").order_by("pk")]
    assert sorted(told) == ["bo@cast.example", "chen@cast.example", "otto@cast.example"]


def test_an_import_finds_what_is_in_dispute(cast: Cast) -> None:
    disputed(cast)
    hourly(cast, "E-2")
    assert reading.in_dispute(["E-1", "E-2", "E-3"]) == {"E-1"}


def test_the_group_decides_by_an_act(cast: Cast) -> None:
    engagement = disputed(cast)
    step = registry.step("consulting.settle_dispute", SettleDispute("E-1", 80))
    registry.check([step], DAY)
    assert registry.preview([step], DAY) == [
        "The dispute over E-1 ends at 80\u00a0%: 360.00 U are accepted and shared, 90.00 U go back to the client."
    ]
    assert registry.execute([step], at=AT, by="system:test", reference="proposal/7") == ["dispute/E-1"]
    engagement.refresh_from_db()
    assert engagement.accepted_on == DAY
    assert Entry.objects.get(verb="dispute.settle").data == {"percent": 80, "decided_by": "proposal/7"}
    with pytest.raises(refused.NoDispute):
        registry.check([step], DAY)
    with pytest.raises(refused.UnknownEngagement):
        registry.check([registry.step("consulting.settle_dispute", SettleDispute("E-9", 80))], DAY)
    with pytest.raises(refused.PercentUnreadable):
        registry.check([registry.step("consulting.settle_dispute", SettleDispute("E-1", 101))], DAY)
    with pytest.raises(UnreadableAct):
        registry.get("consulting.settle_dispute").read({"engagement": "E-1", "percent": "80"})


@pytest.mark.parametrize(
    ("offers", "experts", "agreed"),
    [
        ({"": 50, "bo": 50}, ["bo"], 50),
        ({"": 50, "bo": 50}, ["bo", "chen"], None),
        ({"bo": 50}, ["bo"], None),
        ({"": 0, "bo": 0}, ["bo"], 0),
        ({"": 50}, [], None),
        ({}, ["bo"], None),
    ],
)
def test_agreed_only_if_everybody_signed_the_same(
    offers: dict[str, int], experts: list[str], agreed: int | None
) -> None:
    assert rules.agreed(offers, experts) == agreed


def refuses(statement: str, said: str) -> None:
    """The database says why not."""
    with pytest.raises(DatabaseError, match=said), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_keeps_a_dispute_closed_once_and_the_engagement_still(cast: Cast) -> None:
    engagement = disputed(cast)
    chen = Acceptance(
        engagement=engagement,
        accepted_on=SUNDAY,
        gross_micro=0,
        individuals_micro=0,
        pool_micro=0,
        share="1",
        edition=1,
    )
    with pytest.raises(DatabaseError, match="is in dispute"), transaction.atomic():
        chen.save()
    again = (
        "INSERT INTO consulting_dispute (engagement_id, side, opened_by, reason, opened_at, closed_by)"
        " SELECT engagement_id, side, opened_by, reason, opened_at, '' FROM consulting_dispute"
    )
    late = (
        "INSERT INTO consulting_disputeoffer (dispute_id, percent, signed_by, signed_at)"
        " SELECT id, 1, 'x', opened_at FROM consulting_dispute"
    )
    open_statements = {
        "UPDATE consulting_dispute SET percent = 101, closed_at = opened_at, closed_by = 'x'": "dispute_percent",
        "UPDATE consulting_dispute SET percent = 1": "dispute_percent",
        "UPDATE consulting_dispute SET closed_at = opened_at": "dispute_closing",
        "UPDATE consulting_dispute SET opened_by = 'x'": "closes once",
        "DELETE FROM consulting_dispute": "append-only",
        again: "dispute_open_once",
    }
    for statement, said in open_statements.items():
        refuses(statement, said)
    disputes.withdraw(engagement=engagement, by=cast.otto, at=AT)
    refuses("UPDATE consulting_dispute SET closed_at = NULL, closed_by = ''", "closes once")
    refuses(late, "dispute is closed")
