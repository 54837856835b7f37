"""Putting a drafted proposal to the vote: its row, its acts with their digest, its first round, in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

import charter.selectors
from charter import registry
from journal.rules import utc_text
from journal.services import entries
from members.models import Application, Member
from members.selectors import people
from members.selectors.people import By
from proposals.models import Proposal
from proposals.refusals import SameProposed
from proposals.rules import kinds
from proposals.rules.casting import words
from proposals.selectors import drafts
from proposals.services import announcing, locks, rounds

Kind = Proposal.Kind


def propose(
    *,
    kind: str,
    params: Mapping[str, Any],
    text: str,
    by: Member,
    at: datetime,
    final_ballots: bool = False,
    hidden: bool = False,
    opens_at: datetime | None = None,
    execute_on: date | None = None,
) -> Proposal:
    """Opens a proposal of one of `kinds.ACTS` with its first round; everything it is decided by is frozen now.

    `params` are the act's as plain JSON, `text` why; with `opens_at` it is only announced, and opens itself then; what
    passes is not carried out before `execute_on`. Raises UnknownKind, and in this order LeaderOnly or MembersOnly,
    PurposeMissing, TextTooLong, UnreadableAct, what the act refuses, NoElectors, NoVotingTime, ElectionTimes,
    HiddenUnanimous, HiddenFinal, SameProposed.
    """
    chosen = kinds.kind_of(kind)
    text = words(text)
    with transaction.atomic():
        # Two clicks wait here: the second one finds the first.
        locks.hold_numbering()
        draft = drafts.draft(
            kind=chosen,
            params=params,
            text=text,
            roles=people.roles_of(by, charter.selectors.today(at)),
            at=at,
            hidden=hidden,
            final_ballots=final_ballots,
            opens_at=opens_at,
            execute_on=execute_on,
        )
        for refused in draft.missing:
            raise refused
        if drafts.running(draft.steps):
            raise SameProposed
        content = {"name": draft.about, "text": text}
        proposal = write(
            kind=chosen,
            content=content,
            about=draft.about,
            concerns=draft.concerns,
            steps=draft.steps,
            hidden=hidden,
            final_ballots=final_ballots and not draft.threshold.unanimous,
            opens_at=draft.opens_at,
            execute_on=execute_on,
            by=by,
            at=at,
        )
        if draft.opens_at is None:
            rounds.open_round(proposal=proposal, changes="", by=by, at=at, content=content, final_ballots=final_ballots)
    return proposal


def write(
    *,
    kind: Kind,
    about: str,
    steps: Sequence[registry.Step],
    by: By,
    at: datetime,
    application: Application | None = None,
    concerns: Member | None = None,
    hidden: bool = False,
    final_ballots: bool = False,
    opens_at: datetime | None = None,
    execute_on: date | None = None,
    ending_term: date | None = None,
    content: Mapping[str, Any] | None = None,
) -> Proposal:
    """The proposal's row and its journal entry, in the caller's transaction and under the lock of the numbers.

    `opens_at` is when it opens by itself: until then its words are kept, and the entry has their digest. An election's
    acts are made then, and its worker's one names the `ending_term` by its first day.
    """
    proposal = Proposal.objects.create(
        number=(Proposal.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        kind=kind,
        about=about,
        application=application,
        concerns=concerns,
        hidden=hidden,
        final_ballots=final_ballots,
        proposed_by=by if isinstance(by, Member) else None,
        proposed_at=at,
        opens_at=opens_at,
        execute_on=execute_on,
        ending_term=ending_term,
        acts=[step.plain() for step in steps],
        acts_digest=registry.fingerprint(steps),
    )
    entries.append(
        actor=people.actor(by),
        verb="proposal.open",
        subject=f"proposal/{proposal.number}",
        data={
            "kind": proposal.kind,
            "acts": proposal.acts_digest,
            "application": proposal.application_id,
            "opens_at": utc_text(opens_at) if opens_at else None,
            "words": announcing.keep(proposal=proposal, content=dict(content or {})) if opens_at else None,
        },
        at=at,
    )
    return proposal
