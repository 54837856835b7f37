"""What a round that was hidden owes the journal when it is closed: the entries of its casts (docs/hidden.md)."""

from journal.rules import WORKER
from journal.services import entries
from proposals.models import Ballot, Round


def publish(held: Round, *, proposal: int) -> None:
    """Appends the entry of every ballot in the order of the chain; the caller closes the round in its transaction.

    `proposal` is the number. An open round's entries were written with its ballots: nothing to do. The entries name no
    seat: the file of the round does, from the same moment on.
    """
    if not held.hidden:
        return
    subject = f"proposal/{proposal}/round/{held.number}"
    rows = Ballot.objects.filter(seat__round=held).order_by("number").values_list("number", "receipt", "cast_at")
    entries.append_all(
        entries.Line(WORKER, "ballot.cast", subject, cast_at, {"number": number, "receipt": receipt})
        for number, receipt, cast_at in rows.iterator(chunk_size=2000)
    )
