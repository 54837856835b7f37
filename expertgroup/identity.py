"""Whose pages these are and who reads them: what the frame asks of the apps below, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from charter import selectors as charter
from charter.refusals import NoGroup
from charter.rules.terms import Timeline
from journal import writing
from members.selectors import people
from treasury.models import Client


@dataclass(frozen=True)
class Person:
    """Who reads: a name, what they are here in words, and the roles that decide the menu."""

    name: str
    role: str | Promise
    roles: frozenset[str]


VISITOR = Person("", "", frozenset(("visitor",)))


class Reading:
    """What the frame asks of the records for one response: each part once, when it is first drawn."""

    def __init__(self, user: User | AnonymousUser | None, at: datetime) -> None:
        self.user = user
        self.at = at

    @cached_property
    def timeline(self) -> Timeline:
        """The charter over time: two queries."""
        return charter.timeline()

    @cached_property
    def day(self) -> date:
        """The group's calendar day."""
        return self.timeline.day_of(self.at)

    @cached_property
    def zone(self) -> tzinfo:
        """The zone all moments are shown in, as the charter of the day has it."""
        return self.timeline.terms_on(self.day).time_zone

    @cached_property
    def group_name(self) -> str | Promise:
        """One query; before the founding a stand-in."""
        try:
            return charter.group().name
        except NoGroup:
            return _("Technical Expert Group")

    @cached_property
    def person(self) -> Person:
        """Who reads, with the roles of the day: two queries, a third for a stranger who may be a client."""
        user = self.user
        if not isinstance(user, User):
            return VISITOR
        roles = people.roles_on(user, self.day)
        member = people.member_of(user)
        client = None if roles or member else Client.objects.filter(user=user).first()
        if not roles:
            roles = frozenset(("client" if client else "builder",))
        return Person(str(member or client or user), self._role_text(roles), roles)

    def _role_text(self, roles: frozenset[str]) -> str:
        """The most telling of somebody's roles in words: `Leader, Q4 2026`."""
        if "leader" in roles:
            quarter = self.timeline.quarter_on(self.day)
            return _("Leader, %(quarter)s") % {"quarter": writing.quarter(quarter.year, quarter.number)}
        texts = {
            "deputy": _("Member, deputy for claims"),
            "member": _("Member"),
            "treasurer": _("Treasurer"),
            "applicant": _("Applicant"),
            "former": _("Former member"),
            "client": _("Client"),
        }
        return next((text for role, text in texts.items() if role in roles), _("Builder"))
