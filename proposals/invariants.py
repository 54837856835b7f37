"""What `manage.py verify` checks of proposals."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet

from journal.clock import database_clock
from journal.hashing import digest
from journal.models import Entry
from journal.registry import invariant
from journal.rules import WORKER, utc_text
from proposals.models import Ballot, BallotSignature, Evidence, Execution, Outcome, Proposal, Round
from proposals.rules import receipts
from proposals.selectors import comments as remarks
from proposals.selectors import replays, visibility
from proposals.selectors import signatures as signed
from proposals.selectors.declarations import broken_declarations
from proposals.selectors.guards import missing_guards
from proposals.selectors.motions import broken_motions, timed

# The sweep runs every few seconds; a round that waits longer than this has no worker.
CLOSED_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True)
class Link:
    """A table whose rows stand in the journal: how to read their link, time and actor, and where their round is.

    `by` is the actor's text where no member stands there. Two of one verb share its entries.
    """

    verb: str
    rows: QuerySet[Any]
    link: str
    at: str
    number: str = ""
    actor: str = ""
    round: str = ""
    by: str = ""


LINKED = (
    Link("round.open", Round.objects.all(), "digest", "opened_at", actor="opened_by__handle", by=WORKER),
    Link(
        "ballot.cast",
        Ballot.objects.filter(seat__round__hidden=False),
        "receipt",
        "cast_at",
        number="number",
        actor="seat__member__handle",
        round="seat__round__",
    ),
    # Those of a hidden round stand there without a seat, from its end on and not before.
    Link(
        "ballot.cast",
        visibility.of_closed_rounds(Ballot.objects.filter(seat__round__hidden=True)),
        "receipt",
        "cast_at",
        number="number",
        round="seat__round__",
        by=WORKER,
    ),
    Link(
        "ballot.sign",
        BallotSignature.objects.all(),
        "digest",
        "signed_at",
        number="ballot__number",
        actor="ballot__seat__member__handle",
        round="ballot__seat__round__",
    ),
    # The worker ends a round, or the leader by opening the next: no row says which.
    Link("round.close", Outcome.objects.all(), "digest", "decided_at", round="round__"),
)


@invariant("proposals.chains")
def chains() -> Iterable[str]:
    """Rounds, receipts, outcomes give their digests in one chain a proposal; outcomes are the tally of the ballots."""
    return replays.broken_proposals()


@invariant("proposals.rounds closed")
def closed() -> Iterator[str]:
    """A round whose deadline is over has its outcome, and it was decided by its own ballots."""
    late = timed(Round.objects.filter(outcome=None)).filter(ends_at__lt=database_clock() - CLOSED_WITHIN)
    for held in late.order_by("pk"):
        yield f"proposals_round {held.pk}: its deadline is over and it has no outcome"
    after = Ballot.objects.filter(seat__round__outcome__decided_at__lt=F("cast_at"))
    for ballot in after.order_by("pk"):
        yield f"proposals_ballot {ballot.pk}: was cast after its round was decided"


@invariant("proposals.executions")
def executions() -> Iterator[str]:
    """What was carried out had passed, in the same proposal, and the journal says so once."""
    done = Execution.objects.select_related("proposal", "outcome__round")
    for execution in done.order_by("pk"):
        outcome, proposal = execution.outcome, execution.proposal
        if outcome.result != Outcome.Result.SUCCEEDED or outcome.round.proposal_id != proposal.pk:
            yield f"proposals_execution {execution.pk}: its proposal has not passed"
    told: dict[str, Entry] = {}
    for entry in Entry.objects.filter(verb="proposal.execute").order_by("pk"):
        if entry.subject in told:
            yield f"journal: {entry.subject} was carried out twice"
        told[entry.subject] = entry
    for execution in done:
        found = told.get(f"proposal/{execution.proposal.number}")
        if found is None:
            yield f"proposals_execution {execution.pk}: the journal does not know it"
        elif (found.data, found.at) != (_done(execution), execution.executed_at):
            yield f"proposals_execution {execution.pk}: is not what the journal says was done"


def _done(execution: Execution) -> dict[str, Any]:
    acts = receipts.carried_out(execution.proposal.acts, execution.outcome.tally)
    return {"effect": execution.effect, "acts": digest("acts", acts)}


@invariant("proposals.proposed")
def proposed() -> Iterator[str]:
    """What was proposed, by whom and when, is what the journal says of it, and what was announced has its words."""
    told = {entry.subject: entry for entry in Entry.objects.filter(verb="proposal.open")}
    for row in Proposal.objects.select_related("proposed_by", "words").order_by("number"):
        entry = told.pop(f"proposal/{row.number}", None)
        words = entry.data.get("words") if entry else None
        data = {
            "kind": row.kind,
            # An election's acts are made when it opens.
            "acts": digest("acts", []) if row.kind == Proposal.Kind.ELECTION else row.acts_digest,
            "application": row.application_id,
            "opens_at": row.opens_at and utc_text(row.opens_at),
            "words": words,
        }
        actor = f"member:{row.proposed_by.handle}" if row.proposed_by else WORKER
        if entry is None or (entry.data, entry.at, entry.actor) != (data, row.proposed_at, actor):
            yield f"proposals_proposal {row.pk}: is not the one in the journal"
        if not _as_announced(row, words):
            yield f"proposals_proposal {row.pk}: its words are not those that were announced"
    for subject in told:
        yield f"journal: {subject} was opened and has no row any more"


def _as_announced(row: Proposal, told: str | None) -> bool:
    """Erased words have no salt and say nothing; what opened at once announced none."""
    kept = getattr(row, "words", None)
    if kept is None or not kept.salt:
        return (told is None) == (kept is None) and not (kept and kept.content)
    return told == receipts.wording_digest(salt=kept.salt, content=kept.content, changes="")


@invariant("proposals.journal")
def journal() -> Iterator[str]:
    """Every link of every chain stands in the journal's entry of its change, and no entry's link is missing."""
    verbs = [linked.verb for linked in LINKED]
    told = {
        (entry.verb, entry.subject, entry.data.get("number", 0)): entry
        for entry in Entry.objects.filter(verb__in=verbs).iterator(chunk_size=2000)
    }
    for linked in LINKED:
        for pk, key, stands in _links(linked):
            entry = told.pop(key, None)
            if entry is None or _told(entry, linked) != stands:
                yield f"{linked.rows.model._meta.db_table} {pk}: its digest is not the one in the journal"
    sealed = Round.objects.filter(hidden=True, outcome=None).values_list("proposal__number", "number")
    running = {f"proposal/{proposal}/round/{number}" for proposal, number in sealed}
    for verb, subject, number in told:
        if verb == "ballot.cast" and subject in running:
            yield f"journal: tells of ballot {number} of {subject}, which is hidden and not closed"
        else:
            yield f"journal: {verb} {number or ''} of {subject} has no row any more"


def _links(linked: Link) -> Iterator[tuple[int, tuple[str, str, int], tuple[Any, ...]]]:
    """Each row's key, the entry it has to stand in, and what that entry has to say: link, time, actor."""
    columns = [f"{linked.round}proposal__number", f"{linked.round}number", linked.link, linked.at]
    more = [name for name in (linked.number, linked.actor) if name]
    rows = linked.rows.order_by("pk").values("pk", *columns, *more)
    for row in rows.iterator(chunk_size=2000):
        proposal, round_number, link, at = (row[name] for name in columns)
        subject = f"proposal/{proposal}/round/{round_number}"
        actor = f"member:{row[linked.actor]}" if linked.actor and row[linked.actor] else linked.by
        yield row["pk"], (linked.verb, subject, row[linked.number] if linked.number else 0), (link, at, actor)


def _told(entry: Entry, linked: Link) -> tuple[Any, ...]:
    """The same of the entry."""
    return entry.data.get(linked.link), entry.at, entry.actor if linked.actor or linked.by else ""


@invariant("proposals.motions")
def motions() -> Iterable[str]:
    """What was asked of rounds and answered stands in the journal as it was done, with the reasons as given."""
    return broken_motions()


@invariant("proposals.declarations")
def declarations() -> Iterable[str]:
    """Every candidacy and recusal, and each that was taken back, stands in the journal with the words as given."""
    return broken_declarations()


@invariant("proposals.guards")
def guards() -> Iterable[str]:
    """The live database has every trigger that holds the rules of voting."""
    return missing_guards()


@invariant("proposals.signatures")
def signatures() -> Iterable[str]:
    """Every signature of a ballot gives its address and its digest."""
    return signed.broken_signatures()


@invariant("proposals.evidence")
def evidence() -> Iterator[str]:
    """Every vote from Snapshot is what its address signed, and stands in the journal as it was added."""
    yield from signed.broken_evidence()
    told = {(entry.subject, entry.data["number"]): entry for entry in Entry.objects.filter(verb="evidence.add")}
    for row in Evidence.objects.select_related("proposal", "added_by").order_by("pk"):
        entry = told.pop((f"proposal/{row.proposal.number}", row.number), None)
        stands = (row.digest, row.added_at, f"member:{row.added_by.handle}")
        if entry is None or (entry.data["digest"], entry.at, entry.actor) != stands:
            yield f"proposals_evidence {row.pk}: is not the one in the journal"
    for subject, number in told:
        yield f"journal: evidence {number} of {subject} has no row any more"


@invariant("proposals.comments")
def comments() -> Iterable[str]:
    """Every comment and retraction is what the journal says, its words what was written, or gone."""
    return remarks.broken_comments()
