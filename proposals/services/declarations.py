"""What a member declares of themself before a round opens: one row more, its words apart, and its journal entry."""

import secrets
from datetime import datetime

from journal.hashing import salted
from journal.services import entries
from members.models import Member
from members.selectors import people
from proposals.models import NONCE_DIGITS, Declaration, DeclarationWords, Proposal
from proposals.selectors import declarations as selectors

Kind = Declaration.Kind


def declare(
    *,
    proposal: Proposal,
    by: Member,
    kind: Kind,
    last: Declaration | None,
    words: str,
    at: datetime,
    deputy: Member | None = None,
) -> Declaration:
    """Writes the declaration after `last`; without `words` it takes that one back.

    In the caller's transaction, which holds the proposal's lock and has checked that nothing is open.
    """
    salt = secrets.token_hex(NONCE_DIGITS // 2)
    digest = salted(salt, words) if words else ""
    written = Declaration.objects.create(
        proposal=proposal,
        member=by,
        kind=kind,
        seq=last.seq + 1 if last else 1,
        stands=bool(words),
        deputy=deputy,
        words_digest=digest,
        declared_at=at,
    )
    if words:
        DeclarationWords.objects.create(declaration=written, salt=salt, text=words)
    entries.append(
        actor=people.actor(by),
        verb=selectors.VERBS[kind, written.stands],
        subject=f"proposal/{proposal.number}",
        data=selectors.entry_data(written),
        at=at,
    )
    return written
