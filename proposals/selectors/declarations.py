"""Replaying what members declared of themselves: one sentence for each row or entry that does not hold."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from journal.hashing import salted
from journal.models import Entry
from proposals.models import Declaration

Kind = Declaration.Kind
# The verb of a declaration by its kind and whether it stands.
VERBS = {
    (Kind.CANDIDACY, True): "proposal.stand",
    (Kind.CANDIDACY, False): "proposal.step_down",
    (Kind.RECUSAL, True): "proposal.recuse",
    (Kind.RECUSAL, False): "proposal.unrecuse",
}


def broken_declarations() -> Iterator[str]:
    """Each declaration stands in the journal as it was made, with the words as given, and none stands there alone."""
    told: dict[tuple[str, str, str], list[Entry]] = {}
    kinds = {verb: kind for (kind, _stands), verb in VERBS.items()}
    for entry in Entry.objects.filter(verb__in=kinds).order_by("pk"):
        told.setdefault((entry.subject, entry.actor, kinds[entry.verb]), []).append(entry)
    rows = Declaration.objects.select_related("proposal", "member", "deputy", "words")
    for row in rows.order_by("proposal", "kind", "member", "seq"):
        name, words = f"proposals_declaration {row.pk}", getattr(row, "words", None)
        if words is not None and words.salt and salted(words.salt, words.text) != row.words_digest:
            yield f"{name}: its words are not those that were given"
        entries = told.get((f"proposal/{row.proposal.number}", f"member:{row.member.handle}", row.kind), [])
        if not entries or not _same(entries.pop(0), row):
            yield f"{name}: is not the one in the journal"
    for (subject, actor, _kind), entries in told.items():
        for entry in entries:
            yield f"journal: {entry.verb} of {actor} on {subject} has no row any more"


def entry_data(row: Declaration) -> dict[str, Any]:
    """What the journal says of a declaration."""
    deputy = {"deputy": row.deputy.handle if row.deputy else None} if row.kind == Kind.CANDIDACY else {}
    return {"words": row.words_digest} | deputy


def _same(entry: Entry, row: Declaration) -> bool:
    stands = (VERBS[Kind(row.kind), row.stands], entry_data(row), row.declared_at)
    return (entry.verb, entry.data, entry.at) == stands


def standing(declared: Iterable[Declaration], kind: str, at: datetime) -> set[str]:
    """The handles whose last word of a kind until a moment stands; `declared` are in the order of `seq`."""
    last = {row.member.handle: row.stands for row in declared if row.kind == kind and row.declared_at <= at}
    return {handle for handle, stands in last.items() if stands}
