"""What experts of the tests offer."""

from typing import Any

from consulting.models import Profile
from consulting.rules.offering import Draft
from consulting.services import availability, profiles
from members.models import Member
from tests.cast import AT

MICRO = 1_000_000
DRAFT: dict[str, Any] = {
    "domain": "technical",
    "headline": "Reviews contracts before somebody else does",
    "about": "Sends questions before the call.\n\nWritten findings two days after it.",
    "fields": ("Security",),
    "skills": ("Contract review", "Solidity"),
    "languages": ("en", "zh-hans"),
    "forms": ("hourly", "workshop"),
    "rate_micro": 150 * MICRO,
    "time_zone": "Europe/Prague",
    "notice_hours": 24,
    "horizon_days": 60,
}


def draft(**more: Any) -> Draft:
    """A complete draft."""
    return Draft(**DRAFT | more)


def offered(member: Member, *windows: tuple[int, int, int], public: bool = True, **more: Any) -> Profile:
    """A profile, public, with (weekday, from minute, to minute) windows: Tuesday 9 to 12 unless said otherwise."""
    profile = profiles.save(member=member, draft=draft(**more), by=member, at=AT)
    if public:
        profile = profiles.publish(member=member, by=member, at=AT)
    for weekday, starts, ends in windows or ((2, 540, 720),):
        availability.add_window(
            member=member, weekday=weekday, starts_minute=starts, ends_minute=ends, by=member, at=AT
        )
    return profile
