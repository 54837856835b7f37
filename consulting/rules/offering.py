"""What an expert may offer: the profile's bounds, what a public one must say, half hours on the clock (income.2.2)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _

from charter.rules.terms import Terms
from consulting.models.availability import DAY_MINUTES, GRID_MINUTES
from consulting.models.offering import BUFFER_MOST, HORIZON_MOST, NOTICE_MOST, WORD_LONGEST, Profile
from consulting.refusals import (
    BufferOutOfBounds,
    FormUnknown,
    HeadlineMissing,
    HorizonOutOfBounds,
    LanguageMissing,
    LanguageUnknown,
    LinkUnreadable,
    MinutesOffGrid,
    NoForm,
    NoRate,
    NoticeOutOfBounds,
    RateOutOfBounds,
    TooManyWords,
    WindowBackwards,
    ZoneUnknown,
)
from consulting.rules import orders
from journal.refusals import Refusal

WORDS_MOST = 12
REGIONS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)
LINK = re.compile(r"https?://[^\s]{3,490}")
# One code for one language, as its readers write its name: en English, zh-hans 简体中文.
LANGUAGES = {
    code: str(info["name_local"])
    for code, info in LANG_INFO.items()
    if "name_local" in info and code not in {"zh-cn", "zh-tw", "en-au", "en-gb"} and not code.startswith("es-")
}


@dataclass(frozen=True)
class Draft:
    """A profile as it was filled in; the rate in micro-units, None where nothing was entered."""

    domain: str
    headline: str
    about: str
    fields: tuple[str, ...]
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    forms: tuple[str, ...]
    rate_micro: int | None
    time_zone: str
    notice_hours: int = 24
    horizon_days: int = 60
    buffer_minutes: int = 0


@cache
def zones() -> tuple[str, ...]:
    """The zones of the world by region and city, and UTC."""
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(REGIONS)))


def zone(name: str) -> ZoneInfo:
    """The zone of a name; ZoneUnknown for one that is none."""
    if name not in zones():
        raise ZoneUnknown
    return ZoneInfo(name)


def words(typed: str | Iterable[str]) -> tuple[str, ...]:
    """Short texts as typed between commas, without blanks and repetitions: `Solidity, solidity, Foundry` is two."""
    parts = re.split(r"[,;，；、\n]", typed) if isinstance(typed, str) else typed
    found: dict[str, str] = {}
    for part in parts:
        word = " ".join(part.split())
        if word:
            found.setdefault(word.casefold(), word)
    return tuple(found.values())


def problems(draft: Draft, terms: Terms) -> Iterator[Refusal]:
    """Everything that a profile cannot be saved with; `terms` is the charter of today."""
    if draft.time_zone not in zones():
        yield ZoneUnknown()
    for field in ("fields", "skills"):
        listed: tuple[str, ...] = getattr(draft, field)
        if len(listed) > WORDS_MOST or any(len(word) > WORD_LONGEST for word in listed):
            yield TooManyWords(field=field)
    if set(draft.languages) - set(LANGUAGES):
        yield LanguageUnknown()
    if set(draft.forms) - set(Profile.Form.values):
        yield FormUnknown()
    if draft.rate_micro is not None:
        try:
            orders.check_rate("hourly", draft.rate_micro, terms)
        except RateOutOfBounds as refusal:
            yield refusal
    if not 0 <= draft.notice_hours <= NOTICE_MOST:
        yield NoticeOutOfBounds()
    if not 1 <= draft.horizon_days <= HORIZON_MOST:
        yield HorizonOutOfBounds()
    if not 0 <= draft.buffer_minutes <= BUFFER_MOST:
        yield BufferOutOfBounds()


def missing(profile: Profile | Draft) -> Iterator[Refusal]:
    """What a profile lacks to be public."""
    if not profile.headline:
        yield HeadlineMissing()
    if not profile.forms:
        yield NoForm()
    if profile.rate_micro is None:
        yield NoRate()
    if not profile.languages:
        yield LanguageMissing()


def check_minutes(starts_minute: int, ends_minute: int) -> None:
    """Half hours of one day in order; MinutesOffGrid, WindowBackwards."""
    if any(not 0 <= minute <= DAY_MINUTES or minute % GRID_MINUTES for minute in (starts_minute, ends_minute)):
        raise MinutesOffGrid
    if starts_minute >= ends_minute:
        raise WindowBackwards


def check_link(url: str) -> None:
    """LinkUnreadable unless it begins with http:// or https:// and names a place."""
    if not LINK.fullmatch(url):
        raise LinkUnreadable


def clock(minute: int) -> str:
    """`09:30`; the end of a day is `24:00`."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def weekday(number: int) -> str:
    """The name of a weekday, 1 is Monday."""
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    return names[number - 1]
