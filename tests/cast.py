"""The cast of the tests: three members, a treasurer, an applicant and a stranger, on one day in the group's zone.

    lin   leader, a member with an account     mira   treasurer, an account that is no member
    bo    deputy, a member with an account     noor   applicant with a complete, sent application
    chen  member with an account               otto   an account and nothing else

All addresses are verified and the password of each is PASSWORD.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from allauth.account.models import EmailAddress

from accounts.models import User
from members.models import Application, Member
from members.selectors.people import by_handle
from members.services import applications, groups

PASSWORD = "correct horse battery"
FOUNDED_ON = date(2026, 1, 1)
DAY = date(2026, 11, 20)
# Friday 20 November 2026, 15:10 in Shanghai.
AT = datetime(2026, 11, 20, 7, 10, tzinfo=UTC)
ANSWERS: dict[str, Any] = {
    "name": "Noor Haddad",
    "handle": "noor",
    "criteria": ["req.1.b"],
    "experience": {"req.1.b": {"month": "3", "year": "2021", "field": "indexing"}},
    "evidence": [{"url": "https://code.example/indexer/pull/7", "shows": "The decoder that I rewrote"}],
    "project": "An indexer that 40 teams use; I wrote the decoder and its tests.",
    "open_source": "Reviewer of two libraries since 2022.",
    "communication": "I write weekly notes and hold office hours.",
    "weekly_hours_centi": 800,
    "builder_since": date(2026, 9, 28),
}


@dataclass
class Cast:
    """Who plays in a test."""

    lin: Member
    bo: Member
    chen: Member
    mira: User
    noor: User
    otto: User
    application: Application

    def user(self, name: str) -> User:
        """The account of one of the cast by name."""
        person = getattr(self, name)
        user = person.user if isinstance(person, Member) else person
        assert isinstance(user, User)
        return user


def person(email: str, name: str = "", *, at: datetime = AT) -> User:
    """An account with a proved address and the password PASSWORD."""
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, name=name)
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user


def assemble(at: datetime = AT, founded_on: date = FOUNDED_ON) -> Cast:
    """Founds the group and sends the application."""
    for name in ("lin", "bo", "chen", "mira"):
        person(f"{name}@cast.example", name.capitalize())
    since = date(founded_on.year - 1, 1, 1)
    founders = [
        groups.Founder("lin", "Lin Wei", "lin@cast.example", since),
        groups.Founder("bo", "Bo Berg", "bo@cast.example", since),
        groups.Founder("chen", "Chen Yu", "chen@cast.example", since),
    ]
    groups.found(
        name="Experts of the tests",
        founders=founders,
        leader="lin",
        deputy="bo",
        treasurer_email="mira@cast.example",
        founded_on=founded_on,
        by="system:test",
        at=at,
    )
    noor = person("noor@cast.example", "Noor Haddad")
    applications.save_draft(user=noor, changes=ANSWERS, at=at)
    sent = applications.submit(application=Application.objects.get(user=noor), by=noor, at=at)
    members = {handle: by_handle(handle) for handle in ("lin", "bo", "chen")}
    return Cast(
        **members,  # type: ignore[arg-type]
        mira=User.objects.get(email="mira@cast.example"),
        noor=noor,
        otto=person("otto@cast.example", "Otto"),
        application=sent,
    )
