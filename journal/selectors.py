"""Reading the journal: its head, a subject's history, and the chain from its first link."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from journal.appendonly import TABLES
from journal.models import Entry, Job, Seal, Unsealed
from journal.refusals import UnknownLink
from journal.rules import GENESIS, entry_digest, seal_digest, utc_text

SEALED_WITHIN = timedelta(minutes=1)
HEADS_MOST, HEADS_OUT_OF = 50, 5000
DIGITS_MOST = 19
# By the key only: the newest links, then one of each hour.
HEADS = """
SELECT number, digest, sealed_at FROM (
  SELECT DISTINCT ON (date_trunc('hour', sealed_at AT TIME ZONE 'UTC')) number, digest, sealed_at
  FROM (SELECT number, digest, sealed_at FROM journal_seal ORDER BY number DESC LIMIT %s) newest
  ORDER BY date_trunc('hour', sealed_at AT TIME ZONE 'UTC') DESC, number DESC) hourly
ORDER BY number DESC LIMIT %s
"""


@dataclass(frozen=True)
class Head:
    """The last link of the chain: what a sceptic writes down."""

    number: int
    digest: str
    sealed_at: datetime | None


def head() -> Head:
    """The chain's head; number 0 and 64 zeros before the first seal."""
    last = Seal.objects.order_by("-number").first()
    return Head(last.number, last.digest, last.sealed_at) if last else Head(0, GENESIS, None)


def heads() -> list[Head]:
    """The newest head, then the last one of each hour before: at most 50, out of the newest 5,000 links."""
    with connection.cursor() as cursor:
        cursor.execute(HEADS, [HEADS_OUT_OF, HEADS_MOST])
        return [Head(*row) for row in cursor.fetchall()]


def link_number(text: str, *, default: int) -> int:
    """The number of a link that a request names, `default` for an empty text; UnknownLink beyond the head."""
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < DIGITS_MOST and int(text) <= head().number):
        raise UnknownLink
    return int(text)


def segment(*, after: int, until: int, whole: Collection[int] = ()) -> dict[str, Any]:
    """The links after one number, to another, as plain JSON: `first`, `previous`, `links`, `head` (docs/proof.md).

    A link is `[entry, digest]`; the entries whose ids are in `whole` stand there with all that they say. Three queries.
    """
    before = Seal.objects.filter(pk=after).first()
    found = Seal.objects.filter(number__range=(after + 1, until)).order_by("number")
    rows = list(found.values_list("number", "digest", "entry_id", "entry__digest"))
    told = {entry.pk: entry for entry in Entry.objects.filter(pk__in=whole)}
    previous = before.digest if before else GENESIS
    number, digest = rows[-1][:2] if rows else (after, previous)
    return {
        "first": after + 1,
        "previous": previous,
        "links": [_plain(told[pk]) if pk in told else [pk, bound] for _number, _digest, pk, bound in rows],
        "head": {"number": number, "digest": digest},
    }


def _plain(entry: Entry) -> dict[str, Any]:
    return {
        "entry": entry.pk,
        "actor": entry.actor,
        "verb": entry.verb,
        "subject": entry.subject,
        "data": entry.data,
        "at": utc_text(entry.at),
    }


def entries_about(subject: str) -> QuerySet[Entry]:
    """The entries of one subject, oldest first."""
    return Entry.objects.filter(subject=subject).order_by("pk")


def job_of(*, kind: str, key: str) -> Job | None:
    """The job of this kind and key, if there is one."""
    return Job.objects.filter(kind=kind, key=key).first()


def broken_links() -> Iterator[str]:
    """Replays the chain from its first link; a sentence for each link or entry that does not hold."""
    expected, previous = 1, GENESIS
    rows = Seal.objects.order_by("number").select_related("entry")
    for link in rows.iterator(chunk_size=2000):
        entry = link.entry
        if link.number != expected:
            yield f"journal_seal {link.number}: number {expected} is missing"
            expected = link.number
        if link.previous != previous:
            yield f"journal_seal {link.number}: does not continue the link before it"
        own = entry_digest(actor=entry.actor, verb=entry.verb, subject=entry.subject, data=entry.data, at=entry.at)
        if own != entry.digest:
            yield f"journal_entry {entry.pk}: its content does not give its digest"
        bound = seal_digest(number=link.number, previous=link.previous, entry_id=entry.pk, entry_digest=own)
        if bound != link.digest:
            yield f"journal_seal {link.number}: its digest does not hold"
        expected, previous = link.number + 1, link.digest


def unsealed_too_long(now: datetime) -> Iterable[str]:
    """Entries that have waited for the sealer longer than a minute, and entries that are in no queue at all."""
    oldest = Unsealed.objects.order_by("pk").select_related("entry").first()
    if oldest and oldest.entry.recorded_at < now - SEALED_WITHIN:
        yield f"journal_entry {oldest.pk}: waits for its seal since {oldest.entry.recorded_at:%Y-%m-%d %H:%M:%S}"
    lost = Entry.objects.filter(seal=None).exclude(pk__in=Unsealed.objects.values("pk")).order_by("pk").first()
    if lost:
        yield f"journal_entry {lost.pk}: neither sealed nor waiting"


def missing_triggers() -> Iterable[str]:
    """Append-only tables whose guard is gone or switched off in the live database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname = c.relname || '_append_only' AND t.tgenabled IN ('O', 'A')"
        )
        guarded = {name for (name,) in cursor.fetchall()}
    for table in sorted(TABLES - guarded):
        yield f"{table}: the trigger that refuses change is missing or switched off"
