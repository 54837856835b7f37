"""What the room says of money: paid hours and milestones with who got what of them, what comes next, the sums exact."""

from datetime import UTC, datetime

import pytest

from charter.selectors import timeline
from consulting.models import Engagement
from consulting.selectors import rooms as reading
from consulting.services import acceptances, engagements, sessions
from journal.services import jobs
from tests.cast import AT, DAY, Cast
from tests.consulting.desk import MICRO, SUNDAY, fixed, session
from tests.consulting.rooms import ordered
from tests.consulting.test_room_pages import as_, text
from treasury.models import PayoutLine
from treasury.services.payouts import start

pytestmark = pytest.mark.django_db


def run(month: str) -> None:
    """Posts a month, on the fifth day of the next one."""
    year, number = map(int, month.split("-"))
    start(month=month, by="test", at=datetime(year, number + 1, 5, 8, tzinfo=UTC))
    assert jobs.run_due() == 1


def seen(cast: Cast, engagement: Engagement) -> reading.Room:
    return reading.room(engagement, "client", cast.otto, at=AT, timeline=timeline())


def test_hours_are_paid_once_their_line_is_posted(cast: Cast) -> None:
    engagement = ordered(cast)
    sessions.deliver(
        engagement=engagement, member=cast.chen, held_on=DAY, hours_centi=150, title="x", by=cast.chen, at=AT
    )
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, units=["S-E-1"], by=cast.otto, at=AT)
    before = seen(cast, engagement)
    assert [unit.state for unit in before.units] == ["waits", "confirmed"]
    assert (before.hours.paid_centi, before.hours.done_centi, before.payouts) == (0, 250, [])
    run("2026-10")
    after = seen(cast, engagement)
    assert [unit.state for unit in after.units] == ["waits", "paid"]
    assert (after.hours.paid_centi, after.hours.done_centi) == (100, 150)
    (payout,) = after.payouts
    assert (payout.month, payout.hours_centi, payout.parts) == ("2026-10", 100, (("Chen Yu", 120 * MICRO),))
    assert (payout.gross_micro, payout.pool_micro) == (150 * MICRO, 30 * MICRO)
    assert after.next_micro == 225 * MICRO
    page = text(as_(cast, "otto").get("/engagements/E-1/"))
    assert "Payout of October 2026" in page
    assert "20 % of 150 <a" in page
    assert "120 U to the experts, 30 U to the pool" in page
    assert "225.00 U so far, of which 180.00 U for the work and 45.00 U for the pool" in page
    assert "1 h Paid, 1.5 h Done, not paid" in page


def test_other_engagements_lines_are_not_this_one_s(cast: Cast) -> None:
    first = ordered(cast)
    for reference in ("E-10", "E-1.2", "E-1-b"):
        acceptances.accept(engagement=ordered(cast, reference), accepted_on=SUNDAY, by=cast.mira, at=AT)
    run("2026-10")
    assert PayoutLine.objects.filter(kind="consulting").count() == 3
    assert seen(cast, first).payouts == []


def test_a_fixed_price_is_paid_as_a_whole_or_by_milestones(cast: Cast) -> None:
    whole = fixed(cast)
    session(cast, whole, "S-F", cast.chen)
    parts = fixed(cast, "F-2")
    engagements.set_weights(engagement=parts, weights={cast.chen: 1, cast.bo: 1}, by=cast.mira, at=AT)
    first = parts.milestones.create(reference="M1", title="Report", price_micro=400 * MICRO)
    parts.milestones.create(reference="M2", title="Check", price_micro=600 * MICRO)
    assert [unit.state for unit in seen(cast, parts).units] == ["recorded", "recorded"]
    sessions.deliver_milestone(milestone=first, by=cast.user("chen"), at=AT)
    assert [unit.state for unit in seen(cast, parts).units] == ["waits", "recorded"]
    acceptances.accept(engagement=parts, accepted_on=SUNDAY, units=["M1"], by=cast.mira, at=AT)
    acceptances.accept(engagement=whole, accepted_on=SUNDAY, by=cast.mira, at=AT)
    run("2026-10")
    assert [unit.state for unit in seen(cast, parts).units] == ["paid", "recorded"]
    assert [unit.state for unit in seen(cast, whole).units] == ["paid"]
    assert seen(cast, parts).payouts[0].parts == (("Bo Berg", 160 * MICRO), ("Chen Yu", 160 * MICRO))
    page = text(as_(cast, "lin").get("/engagements/F-2/"))
    assert "400 U Accepted, 600 U Open" in page
    assert "<b>400 of 1,000 U</b> are accepted." in page
    assert '<rect x="0%" width="40%"' in page
    # What nobody has said is done comes to nothing yet.
    assert seen(cast, parts).next_micro == 0
    assert "Say that it is done" in text(as_(cast, "chen").get("/engagements/F-2/"))
