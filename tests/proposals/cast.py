"""A small group, an applicant whose papers are complete, and a clock that stands still."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from accounts.models import User
from journal.clock import Clock
from members.models import Application, Member
from members.rules import interviews as template
from members.services import applications, groups, interviews
from members.services.groups import Founder
from proposals.models import Ballot, Proposal, Round
from proposals.services import admissions, ballots

NOW = datetime(2026, 11, 13, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AFTER_A_DAY, DEADLINE = NOW + DAY, NOW + 7 * DAY
FOUNDED_ON = date(2026, 1, 5)
NAMES = {"ana": "Ana Silva", "ben": "Ben Okoro", "chen": "陈雨"}
# The leader is ana.
ANSWERS = {key: f"On {key}." for key in template.KEYS}
OBJECTION = {"reason": "I cannot see a mature project.", "missing": "One that people used for half a year."}


def at(moment: datetime) -> Clock:
    """A clock that shows one moment."""
    return lambda: moment


def found(handles: Sequence[str] = ("ana", "ben", "chen"), *, users: bool = False) -> list[Member]:
    """Founds the group with these members; the first one leads. With `users` they can sign in."""
    groups.found(
        name="Technical Expert Group",
        founders=[
            Founder(handle, NAMES.get(handle, handle.title()), f"{handle}@group.example" if users else "")
            for handle in handles
        ],
        leader=handles[0],
        founded_on=FOUNDED_ON,
        by="import",
        at=NOW - 300 * DAY,
    )
    return [Member.objects.get(handle=handle) for handle in handles]


def applicant(name: str = "Noor Haddad", handle: str = "noor") -> User:
    """Somebody who can sign in and has not applied."""
    return User.objects.create_user(f"{handle}@world.example", "correct horse battery", name=name)


def papers(handle: str = "noor", name: str = "Noor Haddad") -> dict[str, Any]:
    """What a complete application says."""
    return {
        "name": name,
        "handle": handle,
        "criteria": ["req.1.a"],
        "experience": {"req.1.a": {"field": "data", "month": "3", "year": "2016"}},
        "evidence": [{"url": "https://code.example/noor/indexer", "shows": "the indexer"}],
        "project": "Two prototypes.",
        "open_source": "Fourteen merged pull requests.",
        "communication": "I write.",
        "weekly_hours_centi": 600,
        "builder_since": date(2026, 8, 14),
    }


def application(leader: Member, handle: str = "noor") -> Application:
    """An application that is ready for its proposal: sent, builder confirmed, interviewed."""
    user = applicant(handle=handle)
    before = NOW - 10 * DAY
    applications.save_draft(user=user, changes=papers(handle), at=before)
    sent = Application.objects.get(user=user)
    applications.submit(application=sent, by=user, at=before)
    applications.confirm_builder(
        application=sent, since=date(2026, 8, 14), url="https://forum.example/t/1", by=leader, at=before
    )
    interviews.record(
        application=sent,
        held_on=date(2026, 10, 28),
        minutes=50,
        interviewers=[leader],
        answers=ANSWERS,
        summary="Knows what she talks about.",
        by=leader,
        at=before,
    )
    sent.refresh_from_db()
    return sent


def opened(leader: Member, *, moment: datetime = NOW, handle: str = "noor") -> tuple[Proposal, Round]:
    """An admission proposal in its first round."""
    proposal = admissions.open_admission(application=application(leader, handle), by=leader, at=moment)
    return proposal, proposal.rounds.get()


def vote(
    held: Round,
    by: Member,
    choice: str = "for",
    moment: datetime = NOW + HOUR,
    *,
    reason: str | None = None,
    missing: str | None = None,
) -> Ballot:
    """Casts a ballot; an objection has the cast's words unless others are given."""
    words = OBJECTION if choice == "object" else {"reason": "", "missing": ""}
    return ballots.cast(
        round_id=held.pk,
        by=by,
        choice=choice,
        reason=words["reason"] if reason is None else reason,
        missing=words["missing"] if missing is None else missing,
        clock=at(moment),
    )
