"""The menu: which pages there are, who sees them, and what waits on them.

A page that has no address yet is left out, so the menu never leads nowhere. Counts are registered by the module that
knows them: `@navigation.count("proposals")` over a function `(user, at) -> int`, at most one query each.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Count = Callable[[Any, datetime], int]
COUNTS: dict[str, Count] = {}

WORK = _("My work")
RECORD = _("Public record")
EVERYBODY = frozenset(
    ("visitor", "client", "builder", "applicant", "former", "member", "deputy", "leader", "treasurer")
)
GROUP = frozenset(("member", "leader"))
CANDIDATES = frozenset(("builder", "applicant", "former"))


@dataclass(frozen=True)
class Entry:
    """One line of the menu; `here` and `count` belong to one request."""

    key: str
    icon: str
    label: str | Promise
    short: str | Promise
    route: str
    who: frozenset[str]
    section: str | Promise
    url: str = ""
    here: bool = False
    count: int = 0


@dataclass(frozen=True)
class Section:
    """A labelled part of the menu."""

    label: str | Promise
    entries: tuple[Entry, ...]


ENTRIES = (
    Entry("today", "today", _("Today"), _("Today"), "today", EVERYBODY - {"visitor"}, WORK),
    Entry("proposals", "vote", _("Proposals"), _("Proposals"), "proposals:list", GROUP | {"treasurer"}, WORK),
    Entry("claims", "hours", _("POW claims"), pgettext_lazy("menu, short", "Claims"), "claims:list", GROUP, WORK),
    Entry(
        "engagements",
        "deal",
        _("Engagements"),
        _("Engagements"),
        "consulting:engagements",
        GROUP | {"treasurer", "former", "client"},
        WORK,
    ),
    Entry("bookings", "cal", _("Bookings"), _("Bookings"), "consulting:bookings", GROUP, WORK),
    Entry(
        "applications",
        "people",
        _("Applications"),
        _("Applications"),
        "members:applications",
        frozenset(("leader",)),
        WORK,
    ),
    Entry(
        "client",
        "pool",
        _("Bookings and invoices"),
        pgettext_lazy("menu, short", "Invoices"),
        "consulting:client",
        frozenset(("client",)),
        WORK,
    ),
    Entry("quotes", "deal", _("Quotes"), _("Quotes"), "consulting:quotes", GROUP | {"treasurer"}, WORK),
    Entry(
        "invoices",
        "pool",
        _("Invoices"),
        _("Invoices"),
        "consulting:invoices",
        frozenset(("treasurer", "leader")),
        WORK,
    ),
    Entry("apply", "vote", _("Application"), _("Application"), "members:apply", CANDIDATES, WORK),
    Entry("admin", "lock", _("Administration"), _("Administration"), "admin:index", frozenset(("treasurer",)), WORK),
    Entry("experts", "people", _("Experts"), _("Experts"), "consulting:experts", EVERYBODY, RECORD),
    Entry("articles", "report", _("Articles"), _("Articles"), "consulting:articles", EVERYBODY, RECORD),
    Entry(
        "record", "vote", _("Proposals"), _("Proposals"), "proposals:list", EVERYBODY - GROUP - {"treasurer"}, RECORD
    ),
    Entry("treasury", "pool", _("Treasury"), _("Treasury"), "treasury:overview", EVERYBODY, RECORD),
    Entry("members", "people", _("Members"), _("Members"), "members:list", EVERYBODY, RECORD),
    Entry("charter", "charter", _("Charter"), _("Charter"), "charter:page", EVERYBODY, RECORD),
)


def count(key: str) -> Callable[[Count], Count]:
    """Registers the function that says how many things wait for a person on a page."""

    def register(function: Count) -> Count:
        COUNTS[key] = function
        return function

    return register


def address(route: str, *args: object) -> str:
    """The address of a page, or nothing while it does not exist."""
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return ""


def entries(request: HttpRequest, roles: frozenset[str], at: datetime) -> tuple[Entry, ...]:
    """The lines this person sees, the current one marked, with what waits for them."""
    known = (replace(entry, url=address(entry.route)) for entry in ENTRIES if entry.who & roles)
    lines = [line for line in known if line.url]
    current = max((line.url for line in lines if request.path.startswith(line.url)), key=len, default="")
    if current == "/" and request.path != "/":
        current = ""
    return tuple(replace(line, here=line.url == current, count=_waiting(line.key, request, at)) for line in lines)


def sections(lines: tuple[Entry, ...]) -> tuple[Section, ...]:
    """The lines under their labels, in order; a label without lines is left out."""
    found = ((label, tuple(line for line in lines if line.section is label)) for label in (WORK, RECORD))
    return tuple(Section(label, part) for label, part in found if part)


def _waiting(key: str, request: HttpRequest, at: datetime) -> int:
    """What waits on one page for a person who is signed in."""
    function = COUNTS.get(key)
    return function(request.user, at) if function and request.user.is_authenticated else 0
