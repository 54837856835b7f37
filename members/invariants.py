"""What `manage.py verify` checks about people."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from journal.models import Entry
from journal.registry import invariant
from members.models import Leave, Membership, Term

GUARDS = (
    "members_member_guard",
    "members_membership_guard",
    "members_term_guard",
    "members_leave_guard",
    "members_member_stays",
    "members_membership_stays",
    "members_term_stays",
    "members_leave_stays",
)


def _rows(sql: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows: list[tuple[str, ...]] = cursor.fetchall()
    return rows


@invariant("members.guards")
def guards() -> Iterator[str]:
    """One sentence for each trigger that is missing or switched off."""
    standing = {name for (name,) in _rows("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'")}
    for name in GUARDS:
        if name not in standing:
            yield f"trigger {name} is missing or switched off"


@invariant("members.periods")
def periods() -> Iterator[str]:
    """A member's row is only made together with a period."""
    found = _rows(
        "SELECT m.handle FROM members_member m"
        " WHERE NOT EXISTS (SELECT FROM members_membership p WHERE p.member_id = m.id) ORDER BY 1"
    )
    for (handle,) in found:
        yield f"member {handle} has no period of membership"


@invariant("members.apart")
def apart() -> Iterator[str]:
    """The exclusion constraint says so; this finds what came in while it was off."""
    found = _rows(
        "SELECT m.handle, a.joined_on::text, b.joined_on::text FROM members_membership a"
        " JOIN members_membership b ON b.member_id = a.member_id AND b.id > a.id"
        " AND daterange(a.joined_on, a.exited_on, '[]') && daterange(b.joined_on, b.exited_on, '[]')"
        " JOIN members_member m ON m.id = a.member_id ORDER BY 1, 2, 3"
    )
    for handle, first, second in found:
        yield f"member {handle}: the periods of {first} and {second} overlap"


@invariant("members.leaders")
def leaders() -> Iterator[str]:
    """No day has two leaders."""
    found = _rows(
        "SELECT a.starts_on::text, b.starts_on::text FROM members_term a JOIN members_term b"
        " ON a.role = 'leader' AND b.role = 'leader' AND b.id > a.id"
        " AND daterange(a.starts_on, a.ends_on, '[]') && daterange(b.starts_on, b.ends_on, '[]') ORDER BY 1, 2"
    )
    for first, second in found:
        yield f"leader terms of {first} and {second} overlap"


@invariant("members.terms")
def inside() -> Iterator[str]:
    """Whoever leads is a member on every day of the term."""
    found = _rows(
        "SELECT m.handle, t.starts_on::text FROM members_term t JOIN members_member m ON m.id = t.member_id"
        " WHERE t.role = 'leader' AND NOT EXISTS (SELECT FROM members_membership p WHERE p.member_id = t.member_id"
        " AND daterange(p.joined_on, p.exited_on, '[]') @> daterange(t.starts_on, t.ends_on, '[]')) ORDER BY 2, 1"
    )
    for handle, start in found:
        yield f"the leader's term of {handle} from {start} lies outside of the membership"


@invariant("members.admitted")
def admitted() -> Iterator[str]:
    """Whoever was admitted by an application is that applicant."""
    found = _rows(
        "SELECT a.id::text, m.handle FROM members_application a JOIN members_member m ON m.id = a.member_id"
        " WHERE m.user_id IS DISTINCT FROM a.user_id OR a.closed_at IS NULL ORDER BY a.id"
    )
    for application, handle in found:
        yield f"application {application} names the member {handle}, who is not its author"


def _told(*verbs: str) -> Iterator[Entry]:
    return Entry.objects.filter(verb__in=verbs).order_by("pk").iterator(chunk_size=2000)


def _imported(file: str) -> bool:
    """Whether records were imported: a file's rows have one entry with the digest of all, not one each."""
    return Entry.objects.filter(verb="records.import", subject=f"records/{file}").exists()


@invariant("members.journal")
def as_told() -> Iterator[str]:
    """Every period of membership has the days and the decision that the journal tells, and none it tells is gone."""
    joined = {entry.data["period"]: entry for entry in _told("member.join")}
    left = {entry.data["period"]: entry.data["exited_on"] for entry in _told("member.exit")}
    free = _imported("members.csv")
    for period in Membership.objects.select_related("member").order_by("pk"):
        entry = joined.pop(period.pk, None)
        days = {"joined_on": period.joined_on.isoformat(), "decided_by": period.decided_by, "period": period.pk}
        known = entry and (entry.subject, entry.data) == (f"member/{period.member.handle}", days)
        exited_on = period.exited_on.isoformat() if period.exited_on else None
        ended = left[period.pk] == exited_on if period.pk in left else exited_on is None or free
        if not ended or not (free if entry is None else known):
            yield f"membership {period.pk} of {period.member.handle} is not the one in the journal"
    for pk in joined:
        yield f"membership {pk} is told in the journal and has no row any more"


@invariant("members.terms told")
def terms_as_told() -> Iterator[str]:
    """Who leads, with which deputy and until when, is what the journal tells of the seating and of the term's end."""
    told: dict[str, dict[str, Any]] = {}
    for entry in _told("term.seat", "term.end", "term.drop"):
        if entry.verb == "term.end":
            told.setdefault(entry.subject, {}).update(entry.data)
        else:
            told[entry.subject] = dict(entry.data)
    free = _imported("leaders.csv")
    for term in Term.objects.filter(role=Term.Role.LEADER).select_related("member", "deputy").order_by("starts_on"):
        data = told.get(f"term/leader/{term.starts_on.isoformat()}", {})
        ends_on = term.ends_on.isoformat() if term.ends_on else None
        seated = {"member": term.member and term.member.handle, "deputy": term.deputy and term.deputy.handle}
        known = {name: data.get(name) for name in seated} == seated and data.get("decided_by") == term.decided_by
        if not (known or (free and "member" not in data)) or (ends_on != data.get("ends_on") and not free):
            yield f"the leader's term from {term.starts_on} is not the one in the journal"


@invariant("members.leaves told")
def leaves_as_told() -> Iterator[str]:
    """Every leave has the member and the days that the journal tells, and none it tells is gone."""
    told = {entry.data["leave"]: (entry.subject, entry.data) for entry in _told("leave.declare")}
    ended = {entry.data["leave"]: entry.data["ended_on"] for entry in _told("leave.end")}
    for leave in Leave.objects.select_related("member").order_by("pk"):
        days = {"first_on": leave.first_on.isoformat(), "last_on": leave.last_on.isoformat(), "leave": leave.pk}
        back = leave.ended_on.isoformat() if leave.ended_on else None
        if told.pop(leave.pk, None) != (f"member/{leave.member.handle}", days) or ended.get(leave.pk) != back:
            yield f"leave {leave.pk} of {leave.member.handle} is not the one in the journal"
    for pk in told:
        yield f"leave {pk} is told in the journal and has no row any more"
