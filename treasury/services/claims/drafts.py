"""A member's own claims: logged, changed, sent, or taken back while they are drafts."""

import secrets
from datetime import datetime

from django.db import connection, transaction

from charter import selectors as charter
from charter.rules.terms import Timeline
from journal.hashing import salted
from journal.services import entries
from members.models import Member
from members.selectors import people
from treasury.models import Claim
from treasury.refusals import ClaimSent, NotMemberThen, NotYours
from treasury.rules import claims as rules
from treasury.rules.claims import Work

Status = Claim.Status
# One numbering at a time per quarter; any number that no other lock of the house uses.
NUMBERING_LOCK = 0xC1A1


@transaction.atomic
def log(*, work: Work, by: Member, at: datetime, send: bool = False) -> Claim:
    """A member's claim, numbered within its quarter: a draft, or sent at once. Refusals as in `rules.claims.check`."""
    timeline = charter.timeline()
    work = _checked(work, by, timeline, at)
    quarter = str(timeline.quarter_on(work.worked_on))
    claim = Claim.objects.create(
        reference=_next_reference(quarter), member=by, quarter=quarter, salt=secrets.token_hex(16), **vars(work)
    )
    return submit(claim=claim, by=by, at=at) if send else claim


@transaction.atomic
def change(*, claim: Claim, work: Work, by: Member, at: datetime, send: bool = False) -> Claim:
    """Changes a draft, and sends it if told so. Its reference stays. NotYours, ClaimSent."""
    draft = _own_draft(claim, by)
    timeline = charter.timeline()
    for name, value in vars(_checked(work, by, timeline, at)).items():
        setattr(draft, name, value)
    draft.quarter = str(timeline.quarter_on(work.worked_on))
    draft.save()
    return submit(claim=draft, by=by, at=at) if send else draft


@transaction.atomic
def remove(*, claim: Claim, by: Member, at: datetime) -> None:
    """Throws a draft away. NotYours, ClaimSent. Nobody else has seen it, so the journal has no word of it."""
    _own_draft(claim, by).delete()


@transaction.atomic
def submit(*, claim: Claim, by: Member, at: datetime) -> Claim:
    """Sends a draft to whoever decides it; from now on it stays as it is. NotYours, ClaimSent, NotMemberThen."""
    draft = _own_draft(claim, by)
    _checked(work_of(draft), by, charter.timeline(), at)
    draft.status, draft.submitted_at = Status.PENDING, at
    draft.save(update_fields=["status", "submitted_at"])
    entries.append(
        actor=people.actor(by), verb="claim.sent", subject=f"claim/{draft.reference}", data=facts(draft), at=at
    )
    return draft


def work_of(claim: Claim) -> Work:
    """What a claim says."""
    return Work(claim.worked_on, claim.hours_centi, claim.project, claim.description, claim.evidence_url)


def facts(claim: Claim) -> dict[str, object]:
    """What the journal keeps of a claim: its numbers, and a salted digest of its texts."""
    return {
        "handle": claim.member.handle,
        "worked_on": claim.worked_on.isoformat(),
        "hours_centi": claim.hours_centi,
        "texts": salted(claim.salt, f"{claim.project}\n{claim.description}\n{claim.evidence_url}"),
    }


def _checked(work: Work, by: Member, timeline: Timeline, at: datetime) -> Work:
    work = rules.check(work, timeline.day_of(at))
    if not people.is_active(by, work.worked_on):
        raise NotMemberThen(handle=by.handle, day=work.worked_on.isoformat())
    return work


def _own_draft(claim: Claim, by: Member) -> Claim:
    row = Claim.objects.select_for_update(of=("self",)).select_related("member").get(pk=claim.pk)
    if row.member_id != by.pk:
        raise NotYours
    if row.status != Status.DRAFT:
        raise ClaimSent
    return row


def _next_reference(quarter: str) -> str:
    """`C2026Q4-0001`: the next number of the quarter, under a lock that ends with the transaction."""
    start = f"C{quarter.replace('-', '')}-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [NUMBERING_LOCK, quarter])
        # '.' is the byte after '-': the references with this start, read from the index. Records from elsewhere
        # may go on otherwise.
        cursor.execute(
            "SELECT coalesce(max(substr(reference, %s)::int), 0) + 1 FROM treasury_claim"
            " WHERE reference >= %s AND reference < %s AND substr(reference, %s) ~ '^[0-9]{1,8}$'",
            [len(start) + 1, start, f"{start[:-1]}.", len(start) + 1],
        )
        (number,) = cursor.fetchone()
    return f"{start}{number:04d}"
