"""Why a passed proposal could not be carried out, as the journal has it."""

from collections.abc import Iterator
from datetime import datetime

from journal.models import Entry
from journal.refusals import Refusal
from proposals.models import Proposal

VERB = "proposal.execution_failed"


def last_failure(proposal: Proposal, *, since: datetime | None) -> str:
    """How the last attempt from a moment on failed: the refusal's sentence, else its code; empty if none failed."""
    told = Entry.objects.filter(subject=f"proposal/{proposal.number}", verb=VERB, at__gte=since).order_by("-pk").first()
    if told is None:
        return ""
    code = str(told.data["error"])
    return next((str(refusal.message) for refusal in _named(Refusal) if refusal.code == code), code)


def _named(base: type[Refusal]) -> Iterator[type[Refusal]]:
    for refusal in base.__subclasses__():
        yield refusal
        yield from _named(refusal)
