"""What every page's frame shows: group, person, menu, language, colours. Nothing is read until a template asks."""

from datetime import datetime, tzinfo
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language

from expertgroup import identity, navigation
from journal import writing

TABS = 4


class Shell:
    """The frame of one response. Each part is read once, when it is first drawn."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def now(self) -> datetime:
        """When the page is drawn."""
        return timezone.now()

    @cached_property
    def reading(self) -> identity.Reading:
        """What the records say about group and person."""
        return identity.Reading(getattr(self.request, "user", None), self.now)

    @property
    def group_name(self) -> str | Promise:
        """Whose pages these are."""
        return self.reading.group_name

    @property
    def zone(self) -> tzinfo:
        """The zone all moments are shown in."""
        return self.reading.zone

    @property
    def person(self) -> identity.Person:
        """Who reads; a visitor when nobody is signed in."""
        return self.reading.person

    @cached_property
    def zone_name(self) -> str:
        """The zone as people read it: `UTC+8`."""
        return writing.zone_name(self.now.astimezone(self.zone))

    @cached_property
    def kind(self) -> str:
        """`member` draws the side menu, `public` the row on top for whoever is not signed in."""
        return "public" if self.person.roles <= {"visitor"} else "member"

    @cached_property
    def entries(self) -> tuple[navigation.Entry, ...]:
        """The menu's lines."""
        return navigation.entries(self.request, self.person.roles, self.now)

    @cached_property
    def sections(self) -> tuple[navigation.Section, ...]:
        """The menu's lines under their labels."""
        return navigation.sections(self.entries)

    @cached_property
    def tabs(self) -> tuple[navigation.Entry, ...]:
        """The first lines again, for the bar at the bottom of a phone."""
        return self.entries[:TABS]

    @cached_property
    def join_url(self) -> str:
        """Where somebody applies."""
        return navigation.address("members:apply")

    @cached_property
    def settings_url(self) -> str:
        """Where a person sets colours and language."""
        return navigation.address("accounts:settings")

    @cached_property
    def theme(self) -> str:
        """`light`, `dark`, or nothing when the system decides."""
        user = getattr(self.request, "user", None)
        theme = getattr(user, "theme", "")
        return theme if theme in ("light", "dark") else ""

    @cached_property
    def language(self) -> str:
        """The page's language as HTML writes it: `en`, `zh-Hans`."""
        return tag_of(get_language() or settings.LANGUAGE_CODE)

    @cached_property
    def other_languages(self) -> list[tuple[str, str, str]]:
        """(code, HTML tag, name in that language) of the languages this page can be read in instead."""
        names = {"en": "English", "zh-hans": "中文"}
        active = get_language()
        return [(code, tag_of(code), names.get(code, code)) for code, _name in settings.LANGUAGES if code != active]


def tag_of(code: str) -> str:
    """`zh-hans` as `zh-Hans`."""
    language, _dash, script = code.partition("-")
    return f"{language}-{script.capitalize()}" if script else language


def shell(request: HttpRequest) -> dict[str, Shell]:
    """The context processor."""
    return {"shell": Shell(request)}
