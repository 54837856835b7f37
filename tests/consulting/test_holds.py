"""Holding a time: what is refused, how long it is kept, how a guest proves the address, what the proof makes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from charter.selectors import timeline
from consulting.models import Booking, Engagement, Invoice, Profile
from consulting.refusals import MinutesUnknown, RateOutOfBounds, WeekFull, ZoneUnknown
from consulting.refusals.booking import (
    CodeSpent,
    CodeWrong,
    HoldLapsed,
    HoldOpen,
    NotByTheHour,
    OwnTime,
    SlotTaken,
)
from consulting.selectors import slots as slots_selector
from consulting.selectors.bookings import opened, token_of
from consulting.selectors.slots import free_slots
from consulting.services import holds, profiles
from journal.models import Entry, Outbox
from members.models import Member
from tests.cast import AT, Cast
from tests.consulting.agenda import TUESDAY, clock_at, code_of, held, mails_to, proved
from tests.consulting.desk import MICRO, hourly, session
from tests.consulting.offers import offered
from treasury.models import Client

HALF, HOUR = timedelta(minutes=30), timedelta(hours=1)


@pytest.fixture
def expert(cast: Cast) -> Profile:
    """Chen, free on Tuesdays from nine to twelve in Prague."""
    return offered(cast.chen)


def starts(profile: Profile, minutes: int = 60, at: datetime = AT) -> list[datetime]:
    """The times of the Tuesday that pages show."""
    day = datetime(2026, 11, 24, tzinfo=UTC)
    span: dict[str, Any] = {"first_at": day, "until": day + timedelta(days=1), "minutes": minutes, "at": at}
    found = free_slots([profile], timeline=timeline(), **span)[profile.pk].starts
    return [datetime.fromtimestamp(start, UTC) for start in found]


def test_a_held_time_is_nobody_else_s_for_half_an_hour(expert: Profile, cast: Cast) -> None:
    assert starts(expert) == [TUESDAY + HALF * number for number in range(5)]
    booking = held(cast.chen, starts_at=TUESDAY + HALF)
    assert (booking.price_micro, booking.hold_until) == (150 * MICRO, AT + HALF)
    assert starts(expert) == [TUESDAY + HALF * 3, TUESDAY + HALF * 4]
    with pytest.raises(SlotTaken):
        held(cast.chen, 2, starts_at=TUESDAY)
    # By itself, without anybody releasing it: on the page and for the next one who books.
    assert len(starts(expert, at=AT + HALF)) == 5
    held(cast.chen, 2, starts_at=TUESDAY, at=AT + HALF)
    booking.refresh_from_db()
    assert booking.released_at == AT + HALF


@pytest.mark.parametrize(("pause", "free"), [(0, [0, 3, 4]), (30, [4]), (60, [])])
def test_the_pause_is_kept_on_both_sides(cast: Cast, pause: int, free: list[int]) -> None:
    expert = offered(cast.chen)
    Profile.objects.update(buffer_minutes=pause)
    held(cast.chen, starts_at=TUESDAY + HALF * 2, minutes=30)
    assert starts(expert, 60) == [TUESDAY + HALF * number for number in free]


@pytest.mark.parametrize("without", ["- asked.pause", "+ asked.pause", "booking.member_id = asked.member_id AND"])
def test_without_a_part_of_the_statement_another_time_is_offered(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, without: str
) -> None:
    expert = offered(cast.chen)
    Profile.objects.update(buffer_minutes=30)
    held(cast.chen if "member" not in without else other(cast), starts_at=TUESDAY + HALF * 2, minutes=30)
    before = starts(expert, 30)
    monkeypatch.setattr(slots_selector, "FREE", slots_selector.FREE.replace(without, ""))
    assert starts(expert, 30) != before


def other(cast: Cast) -> Member:
    """Somebody else with the same hours: what is sold of theirs takes nothing of Chen's."""
    offered(cast.bo)
    return cast.bo


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"minutes": 45}, MinutesUnknown),
        ({"time_zone": "Mars/Base"}, ZoneUnknown),
        ({"starts_at": TUESDAY + timedelta(minutes=10)}, SlotTaken),
        ({"starts_at": TUESDAY + timedelta(microseconds=1)}, SlotTaken),
        ({"starts_at": TUESDAY + HOUR * 3}, SlotTaken),
        ({"starts_at": TUESDAY - timedelta(days=7)}, SlotTaken),
        ({"starts_at": TUESDAY + timedelta(days=70)}, SlotTaken),
        ({"at": TUESDAY - HOUR}, SlotTaken),
    ],
)
def test_a_time_that_is_not_offered_is_refused(
    expert: Profile, cast: Cast, values: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        held(cast.chen, **values)
    assert not Booking.objects.exists()


def test_who_sells_no_hours_is_not_booked(expert: Profile, cast: Cast) -> None:
    with pytest.raises(NotByTheHour):
        held(cast.bo)
    with pytest.raises(OwnTime):
        held(cast.chen, by=cast.chen.user)
    Profile.objects.update(rate_micro=1)
    with pytest.raises(RateOutOfBounds):
        held(cast.chen)
    Profile.objects.update(rate_micro=150 * MICRO, forms=["quote"])
    with pytest.raises(NotByTheHour):
        held(cast.chen)
    profiles.withdraw(member=cast.chen, by=cast.chen, at=AT)
    with pytest.raises(NotByTheHour):
        held(cast.chen)


def test_holds_count_for_the_week_with_everything_else(expert: Profile, cast: Cast) -> None:
    """Ten hours: eight of another client, one that is held; the last one is sold, half an hour more is not."""
    session(cast, hourly(cast), "S-1", cast.chen, held_on=date(2026, 11, 26), hours_centi=800)
    held(cast.chen, 1, starts_at=TUESDAY)
    with pytest.raises(WeekFull, match="at most 10"):
        held(cast.chen, 2, starts_at=TUESDAY + HOUR, minutes=90)
    assert starts(expert, 90) == []
    held(cast.chen, 2, starts_at=TUESDAY + HOUR)
    with pytest.raises(WeekFull):
        held(cast.chen, 3, starts_at=TUESDAY + HOUR * 2, minutes=30)
    with pytest.raises(WeekFull):
        session(cast, hourly(cast, "E-2"), "S-2", cast.chen, held_on=date(2026, 11, 29), hours_centi=1)


def test_one_address_holds_one_time(expert: Profile, cast: Cast) -> None:
    offered(cast.bo)
    held(cast.chen, email="Dan@Kite.example ")
    with pytest.raises(HoldOpen):
        held(cast.bo, email="dan@kite.example")
    held(cast.bo, email="dan@kite.example", at=AT + HALF)
    assert Booking.objects.filter(released_at=None).count() == 1


# --- the code


def test_the_code_makes_client_engagement_and_invoice(expert: Profile, cast: Cast) -> None:
    booking = held(cast.chen, organisation="Kite Finance", silent=True)
    before = token_of(booking)
    assert mails_to("guest1@kite.example") == [f"Your code: {code_of(booking)}"]
    later = AT + timedelta(minutes=20)
    booking = holds.verify(
        booking=booking, code=f" {code_of(booking)[:3]} {code_of(booking)[3:]}", clock=clock_at(later)
    )
    engagement, invoice = Engagement.objects.get(), Invoice.objects.get()
    assert (booking.client, booking.engagement, booking.invoice) == (Client.objects.get(), engagement, invoice)
    assert (engagement.reference, engagement.pricing) == (booking.reference.replace("B-", "E-"), "hourly")
    assert engagement.terms == booking.terms
    assert engagement.terms["silent_accept_days"] == 7
    assert (invoice.total_micro, invoice.client.name) == (150 * MICRO, "Kite Finance")
    assert (booking.verified_at, booking.hold_until) == (later, later + HALF)
    assert Client.objects.get().user is None
    # The address from before the proof opens no more than the fact; the new one does.
    old, new = opened(before), opened(token_of(booking))
    assert (old and old.full, new and new.full) == (False, True)
    assert opened(before[:-1] + "?") is None


def test_a_wrong_code_counts_and_the_fifth_gives_the_time_back(expert: Profile, cast: Cast) -> None:
    booking = held(cast.chen)
    right = code_of(booking)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for number in range(5):
        assert Booking.objects.get().code_tries == number
        with pytest.raises(CodeWrong):
            holds.verify(booking=booking, code=wrong, clock=clock_at(AT))
    with pytest.raises(CodeSpent):
        holds.verify(booking=booking, code=right, clock=clock_at(AT))
    assert Booking.objects.get().released_at == AT
    assert len(starts(expert)) == 5
    assert not Invoice.objects.exists()


def test_an_old_code_and_a_used_one_are_none(expert: Profile, cast: Cast) -> None:
    booking = held(cast.chen)
    first = code_of(booking)
    holds.resend(booking=booking, clock=clock_at(AT))
    assert Outbox.objects.filter(payload__to="guest1@kite.example").count() == 2
    if code_of(booking) != first:
        with pytest.raises(CodeWrong):
            holds.verify(booking=booking, code=first, clock=clock_at(AT))
    holds.verify(booking=booking, code=code_of(booking), clock=clock_at(AT))
    for act in (lambda: holds.resend(booking=booking, clock=clock_at(AT)), lambda: verified(booking, "")):
        with pytest.raises(CodeSpent):
            act()
    assert Invoice.objects.count() == 1


def verified(booking: Booking, code: str, at: datetime = AT) -> Booking:
    return holds.verify(booking=booking, code=code, clock=clock_at(at))


def test_a_code_is_of_no_use_after_the_half_hour_nor_for_another_booking(expert: Profile, cast: Cast) -> None:
    first, other = held(cast.chen, 1), held(cast.chen, 2, starts_at=TUESDAY + HOUR)
    if code_of(first) != code_of(other):
        with pytest.raises(CodeWrong):
            verified(other, code_of(first))
    with pytest.raises(HoldLapsed):
        verified(first, code_of(first), AT + HALF)
    assert first.code_digest != code_of(first)
    assert code_of(first) not in str(Entry.objects.values_list("data", flat=True))


def test_who_is_signed_in_gets_the_invoice_at_once(expert: Profile, cast: Cast) -> None:
    booking = held(cast.chen, email="otto@cast.example", by=cast.otto)
    assert (booking.verified_at, booking.invoice) == (AT, Invoice.objects.get())
    # Signed in under another address proves nothing of this one.
    other = held(cast.chen, email="mira@cast.example", by=cast.otto, starts_at=TUESDAY + HOUR)
    assert other.verified_at is None


def test_a_hold_that_is_over_is_released_once(expert: Profile, cast: Cast) -> None:
    held(cast.chen, 1)
    proved(cast.chen, 2, starts_at=TUESDAY + HOUR)
    for at, count in ((AT + HALF - timedelta(seconds=1), 0), (AT + HALF, 2), (AT + HOUR, 0)):
        assert holds.release_due(clock=clock_at(at)) == count
    assert Entry.objects.filter(verb="booking.lapse").count() == 2


def test_nobody_s_name_or_words_are_in_the_journal(expert: Profile, cast: Cast) -> None:
    proved(cast.chen, name="Daniel Tan", organisation="Kite Finance", topic="The pool is empty")
    told = " ".join(str(data) for data in Entry.objects.values_list("data", flat=True))
    assert not [word for word in ("Daniel", "Kite", "guest1", "pool is") if word in told]
