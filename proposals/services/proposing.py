"""Putting a drafted proposal to the vote: its row, its acts with their digest, its first round, in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from charter import registry
from journal.services import entries
from members.models import Application, Member
from members.selectors import people
from proposals.models import Proposal
from proposals.refusals import SameProposed
from proposals.rules import kinds
from proposals.rules.casting import words
from proposals.selectors import drafts
from proposals.services import locks, rounds

Kind = Proposal.Kind


def propose(
    *, kind: str, params: Mapping[str, Any], text: str, by: Member, at: datetime, final_ballots: bool = False
) -> Proposal:
    """Opens a proposal of one of `kinds.ACTS` with its first round; everything it is decided by is frozen now.

    `params` are the act's as plain JSON, `text` why. Raises UnknownKind, and in this order LeaderOnly or MembersOnly,
    PurposeMissing, TextTooLong, UnreadableAct, what the act refuses, NoElectors, NoVotingTime, SameProposed.
    """
    chosen = kinds.kind_of(kind)
    text = words(text)
    with transaction.atomic():
        # Two clicks wait here: the second one finds the first.
        locks.hold_numbering()
        draft = drafts.draft(kind=chosen, params=params, text=text, roles=rounds.roles_of(by, at), at=at)
        for refused in draft.missing:
            raise refused
        if drafts.running(draft.steps):
            raise SameProposed
        proposal = write(kind=chosen, about=draft.about, concerns=draft.concerns, steps=draft.steps, by=by, at=at)
        content = {"name": draft.about, "text": text}
        rounds.open_round(proposal=proposal, changes="", by=by, at=at, content=content, final_ballots=final_ballots)
    return proposal


def write(
    *,
    kind: Kind,
    about: str,
    steps: Sequence[registry.Step],
    by: Member,
    at: datetime,
    application: Application | None = None,
    concerns: Member | None = None,
) -> Proposal:
    """The proposal's row and its journal entry, in the caller's transaction and under the lock of the numbers."""
    proposal = Proposal.objects.create(
        number=(Proposal.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        kind=kind,
        about=about,
        application=application,
        concerns=concerns,
        proposed_by=by,
        proposed_at=at,
        acts=[step.plain() for step in steps],
        acts_digest=registry.fingerprint(steps),
    )
    entries.append(
        actor=people.actor(by),
        verb="proposal.open",
        subject=f"proposal/{proposal.number}",
        data={"kind": proposal.kind, "acts": proposal.acts_digest, "application": proposal.application_id},
        at=at,
    )
    return proposal
