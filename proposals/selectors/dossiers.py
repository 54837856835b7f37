"""A decision as one file that a stranger checks without this program: docs/proof.md."""

import json
from collections.abc import Sequence
from typing import Any

from journal.hashing import canonical, digest
from journal.models import Entry
from journal.rules import utc_text
from journal.selectors import head, segment
from proposals.models import Execution, Proposal, Round
from proposals.rules import receipts
from proposals.selectors.files import files_of

FORMAT = "expertgroup/dossier/v1"
# After the proposal's own last entry; the links of the API go on from there.
LINKS_MOST = 10_000
# What the file shows of the journal in full; whatever else a proposal does there stays a digest.
VERBS = (
    "proposal.open",
    "proposal.stand",
    "proposal.step_down",
    "proposal.recuse",
    "proposal.unrecuse",
    "round.open",
    "round.hold",
    "round.release",
    "round.ask",
    "round.extend",
    "round.cancel",
    "ballot.cast",
    "ballot.sign",
    "round.close",
    "proposal.execute",
)


def dossier(number: int, *, until: int | None = None) -> dict[str, Any] | None:
    """The rounds that have ended, with their place in the journal; None before the sealer has given the first end its.

    With `until` it is what the head of that number binds. The same for every reader: nothing of a round that still runs
    is in it. A fixed number of queries.
    """
    until = head().number if until is None else until
    proposal = Proposal.objects.filter(number=number).select_related("execution__outcome").first()
    if proposal is None:
        return None
    rounds = list(Round.objects.filter(proposal=proposal).select_related("outcome", "proposal").order_by("number"))
    entries, ended = _sealed(proposal, rounds, until)
    if not ended:
        return None
    # An execution or a signature whose entry waits for its seal waits with it.
    told = {(entry.verb, entry.data.get("number", 0)) for entry in entries}
    files = files_of(ended)
    for ballot in (ballot for file in files for ballot in file["ballots"]):
        ballot["signature"] = ballot["signature"] if ("ballot.sign", ballot["number"]) in told else None
    content = {
        "format": FORMAT,
        "proposal": {
            "number": proposal.number,
            "kind": proposal.kind,
            "proposed_at": utc_text(proposal.proposed_at),
            "acts": proposal.acts,
            "acts_digest": proposal.acts_digest,
        },
        "rounds": files,
        "execution": _execution(proposal) if ("proposal.execute", 0) in told else None,
        "journal": segment(
            after=entries[0].seal.number - 1,
            until=min(until, entries[-1].seal.number + LINKS_MOST),
            whole={entry.pk for entry in entries},
        ),
    }
    # As it was hashed: text in form C.
    return dict(json.loads(canonical(content)))


def _sealed(proposal: Proposal, rounds: Sequence[Round], until: int) -> tuple[list[Entry], list[Round]]:
    """The proposal's entries that have their seal, in that order, and the rounds whose end is among them."""
    subjects = {f"proposal/{proposal.number}/round/{held.number}": held for held in rounds}
    found = list(
        Entry.objects.filter(subject__in=[f"proposal/{proposal.number}", *subjects], verb__in=VERBS)
        .filter(seal__number__lte=until)
        .select_related("seal")
        .order_by("seal__number")
    )
    ended = [subjects[entry.subject] for entry in found if entry.verb == "round.close"]
    running = subjects.keys() - {f"proposal/{proposal.number}/round/{held.number}" for held in ended}
    return [entry for entry in found if entry.subject not in running], ended


def _execution(proposal: Proposal) -> dict[str, Any]:
    execution: Execution = proposal.execution
    acts = receipts.carried_out(proposal.acts, execution.outcome.tally)
    return {
        "effect": execution.effect,
        "acts": digest("acts", acts),
        "executed_at": utc_text(execution.executed_at),
    }
