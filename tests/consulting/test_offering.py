"""What experts offer: who may change it, what is refused, what readers find, and how many queries that takes."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from consulting import invariants
from consulting.models import DayException, Piece, Profile, Window
from consulting.refusals import (
    DayPast,
    FormUnknown,
    HeadlineMissing,
    HorizonOutOfBounds,
    HoursListed,
    LanguageMissing,
    LanguageUnknown,
    LinkListed,
    LinkUnreadable,
    MinutesOffGrid,
    NoForm,
    NoRate,
    NoticeOutOfBounds,
    OwnOfferOnly,
    ProfileMissing,
    RateOutOfBounds,
    TooManyWords,
    WindowBackwards,
    ZoneUnknown,
)
from consulting.rules import matching, offering
from consulting.rules.matching import Facts, Need
from consulting.services import availability, profiles
from journal.models import Entry
from members.services import memberships
from tests.cast import AT, Cast
from tests.consulting.offers import MICRO, draft, offered


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"time_zone": "Asia/Nowhere"}, ZoneUnknown),
        ({"time_zone": "../etc/passwd"}, ZoneUnknown),
        ({"skills": tuple(f"s{number}" for number in range(13))}, TooManyWords),
        ({"fields": ("x" * 41,)}, TooManyWords),
        ({"languages": ("klingon",)}, LanguageUnknown),
        ({"forms": ("gift",)}, FormUnknown),
        ({"rate_micro": 200 * MICRO + 1}, RateOutOfBounds),
        ({"rate_micro": 100 * MICRO - 1}, RateOutOfBounds),
        ({"notice_hours": -1}, NoticeOutOfBounds),
        ({"horizon_days": 121}, HorizonOutOfBounds),
    ],
)
def test_a_profile_keeps_its_bounds(cast: Cast, more: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        profiles.save(member=cast.chen, draft=draft(**more), by=cast.chen, at=AT)
    assert not Profile.objects.exists()


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"headline": ""}, HeadlineMissing),
        ({"forms": ()}, NoForm),
        ({"rate_micro": None}, NoRate),
        ({"languages": ()}, LanguageMissing),
    ],
)
def test_only_a_complete_profile_is_public_and_stays_so(
    cast: Cast, more: dict[str, Any], refusal: type[Exception]
) -> None:
    profile = profiles.save(member=cast.chen, draft=draft(**more), by=cast.chen, at=AT)
    with pytest.raises(refusal):
        profiles.publish(member=cast.chen, by=cast.chen, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Profile.objects.filter(pk=profile.pk).update(published_at=AT)
    offered(cast.bo)
    with pytest.raises(refusal):
        profiles.save(member=cast.bo, draft=draft(**more), by=cast.bo, at=AT)
    profiles.withdraw(member=cast.bo, by=cast.bo, at=AT)
    profiles.save(member=cast.bo, draft=draft(**more), by=cast.bo, at=AT)


def test_each_changes_their_own_only(cast: Cast) -> None:
    offered(cast.chen)
    window = Window.objects.get()
    for by in (cast.lin, cast.mira, cast.otto):
        with pytest.raises(OwnOfferOnly):
            profiles.save(member=cast.chen, draft=draft(), by=by, at=AT)
        with pytest.raises(OwnOfferOnly):
            availability.remove_window(member=cast.chen, pk=window.pk, by=by, at=AT)
    offered(cast.bo, (3, 540, 600))
    availability.remove_window(member=cast.bo, pk=window.pk, by=cast.bo, at=AT)
    assert Window.objects.filter(pk=window.pk).exists(), "another's hours are not there for bo"
    memberships.declare_exit(member=cast.bo, exited_on=date(2026, 11, 20), by=cast.bo, at=AT)
    with pytest.raises(OwnOfferOnly):
        profiles.withdraw(member=cast.bo, by=cast.bo, at=AT + timedelta(days=2))


def test_hours_and_days_are_refused_by_name(cast: Cast) -> None:
    act: dict[str, Any] = {"member": cast.chen, "by": cast.chen, "at": AT}
    with pytest.raises(ProfileMissing):
        availability.add_window(**act, weekday=1, starts_minute=540, ends_minute=600)
    offered(cast.chen, (1, 540, 600))
    for starts, ends, refusal in [
        (545, 600, MinutesOffGrid),
        (540, 1470, MinutesOffGrid),
        (600, 600, WindowBackwards),
        (540, 600, HoursListed),
    ]:
        with pytest.raises(refusal):
            availability.add_window(**act, weekday=1, starts_minute=starts, ends_minute=ends)
    with pytest.raises(DayPast):
        availability.add_exception(**act, falls_on=date(2026, 11, 19), kind="away")
    availability.add_exception(**act, falls_on=date(2026, 11, 20), kind="away")
    with pytest.raises(HoursListed):
        availability.add_exception(**act, falls_on=date(2026, 11, 20), kind="away")
    availability.remove_exception(**act, pk=DayException.objects.get().pk)
    assert not DayException.objects.exists()


def test_work_is_listed_once_by_a_whole_link(cast: Cast) -> None:
    act: dict[str, Any] = {"member": cast.chen, "by": cast.chen, "at": AT, "written_on": date(2026, 3, 1)}
    offered(cast.chen)
    for url in ("javascript:alert(1)", "ftp://x.example/a", "x.example", "https://a b.example"):
        with pytest.raises(LinkUnreadable):
            profiles.add_piece(**act, title="T", url=url)
    profiles.add_piece(**act, title="T", url="https://x.example/1")
    with pytest.raises(LinkListed):
        profiles.add_piece(**act, title="T", url="https://x.example/1")
    profiles.remove_piece(member=cast.chen, pk=Piece.objects.get().pk, by=cast.chen, at=AT)
    assert not Piece.objects.exists()


@pytest.mark.parametrize("change", ["weekday = 8", "starts_minute = 545", "ends_minute = 540", "ends_minute = 1470"])
def test_the_database_keeps_the_grid(cast: Cast, change: str) -> None:
    offered(cast.chen)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE consulting_window SET {change}")


def test_the_journal_has_promises_and_no_words_about_people(cast: Cast) -> None:
    offered(cast.chen)
    entries = Entry.objects.filter(subject="profile/chen").order_by("pk")
    assert [entry.verb for entry in entries] == ["profile.save", "profile.publish", "availability.add"]
    assert entries[0].data["rate_micro"] == 150 * MICRO
    assert "Reviews" not in str([entry.data for entry in entries])


def test_words_are_read_once_each() -> None:
    assert offering.words(" Solidity, solidity ,,Foundry，合约审查； Threat   models\n") == (
        "Solidity", "Foundry", "合约审查", "Threat models"
    )  # fmt: skip


def test_verify_names_what_does_not_hold(cast: Cast) -> None:
    offered(cast.chen)
    assert list(invariants.offers_hold()) == []
    Profile.objects.update(time_zone="EST5EDT")
    assert list(invariants.offers_hold()) == ["chen’s profile is in the zone EST5EDT, which is none."]


# --- who fits


FACTS = Facts(("Security",), ("Contract review", "Solidity"), ("en",), ("hourly",), "technical", "vault audits", 400)


def points(**more: Any) -> int | None:
    found = matching.match(Need(**{"text": "a review of our Solidity vault"} | more), FACTS)
    assert all(reason.endswith(".") for reason in found.reasons)
    return found.points if found.fits else None


def test_reasons_add_up() -> None:
    assert points() == 2 * matching.SKILL + matching.TEXT
    assert points(text="security") == matching.FIELD
    assert points(language="en") == 2 * matching.SKILL + matching.TEXT + matching.LANGUAGE
    assert points(hours_centi=400) == 2 * matching.SKILL + matching.TEXT + matching.HOURS
    assert points(hours_centi=401) == 2 * matching.SKILL + matching.TEXT


def test_wishes_must_be_met_and_something_must_fit() -> None:
    assert points(language="fr") is None
    assert points(form="workshop") is None
    assert points(domain="business") is None
    assert points(text="accounting for bakeries") is None
    assert points(text="we need to") == 0, "idle words ask for nothing"
