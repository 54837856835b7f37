"""What the treasurer of the cast enters in these tests."""

from datetime import date
from typing import Any

from consulting.models import Engagement, Session
from consulting.services import engagements
from members.models import Member
from tests.cast import AT, Cast
from treasury.models import Client
from treasury.services.clients import client_named

MICRO = 1_000_000
OPENED = date(2026, 10, 1)
# Monday to Sunday of ISO week 43 of 2026, long after the group was founded.
MONDAY, SUNDAY = date(2026, 10, 19), date(2026, 10, 25)


def harbor() -> Client:
    """The client."""
    return client_named(name="Harbor Labs", at=AT)


def hourly(cast: Cast, reference: str = "E-1") -> Engagement:
    """An engagement by the hour."""
    return engagements.open_engagement(
        reference=reference, client=harbor(), title="Advice", pricing="hourly", opened_on=OPENED, by=cast.mira, at=AT
    )


def fixed(cast: Cast, reference: str = "F-1", price_micro: int = 1000 * MICRO) -> Engagement:
    """An engagement at a fixed price."""
    return engagements.open_engagement(
        reference=reference,
        client=harbor(),
        title="Audit",
        pricing="fixed",
        price_micro=price_micro,
        opened_on=OPENED,
        by=cast.mira,
        at=AT,
    )


def session(cast: Cast, engagement: Engagement, reference: str, member: Member, **changes: Any) -> Session:
    """A session of two hours on the Monday, at 150 U an hour unless the price is fixed."""
    values: dict[str, Any] = {
        "held_on": MONDAY,
        "hours_centi": 200,
        "rate_micro": 150 * MICRO if engagement.pricing == "hourly" else None,
    }
    return engagements.record_session(
        engagement=engagement, reference=reference, member=member, by=cast.mira, at=AT, **(values | changes)
    )
