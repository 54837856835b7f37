"""Acceptance: the client takes the whole, the split is fixed, the gross moves into escrow."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from charter.selectors import timeline
from consulting.models import Acceptance, Engagement, Session, Share
from consulting.refusals import AcceptedInFuture, NothingToAccept, SplitChanged
from consulting.rules import acceptances
from consulting.rules.acceptances import Split
from consulting.selectors.engagements import work_out
from consulting.services.engagements import locked, refuse_accepted, require_treasurer, subject
from journal.services import entries
from members.models import Member
from members.selectors.people import By, actor
from treasury.rules.accounts import Move, escrow, receivable
from treasury.services import ledger


def accept(
    *, engagement: Engagement, accepted_on: date, by: By, at: datetime, seal: str | None = None
) -> list[Acceptance]:
    """The client accepted the whole engagement: one acceptance a session by the hour, one for a fixed price.

    In one transaction the shares are fixed and the client's debt moves receivable → escrow. With `seal` only if that
    is still what would be fixed. Raises TreasurerOnly, AcceptedAlready, AcceptedInFuture, AcceptedBeforeOpening,
    HeldAfterAcceptance, NoBasis, NothingToAccept, SplitChanged.
    """
    with transaction.atomic():
        require_treasurer(by, at)
        engagement = locked(engagement)
        refuse_accepted(engagement)
        charter = timeline()
        if accepted_on > charter.day_of(at):
            raise AcceptedInFuture
        splits = work_out(engagement, accepted_on, charter)
        if not splits:
            raise NothingToAccept
        if seal is not None and seal != acceptances.seal_of(splits):
            raise SplitChanged
        engagement.accepted_on = accepted_on
        engagement.save(update_fields=["accepted_on"])
        stored = store([(engagement, splits)])
        post(engagement, splits, by=actor(by), at=at)
        entries.append(
            actor=actor(by),
            verb="engagement.accept",
            subject=subject(engagement),
            data=acceptances.facts(splits),
            at=at,
        )
    return stored


def store(accepted: Iterable[tuple[Engagement, Sequence[Split]]]) -> list[Acceptance]:
    """Writes acceptances and shares of any number of engagements in four queries; the caller holds the locks."""
    pairs = [(engagement, split) for engagement, splits in accepted for split in splits]
    session_ids = _session_ids({split.session for _engagement, split in pairs if split.session})
    member_ids = _member_ids({part.handle for _engagement, split in pairs for part in split.parts})
    rows = Acceptance.objects.bulk_create(
        Acceptance(
            engagement=engagement,
            session_id=session_ids[split.session] if split.session else None,
            accepted_on=split.accepted_on,
            gross_micro=split.gross_micro,
            individuals_micro=split.individuals_micro,
            pool_micro=split.pool_micro,
            share=split.share,
            edition=split.edition,
        )
        for engagement, split in pairs
    )
    Share.objects.bulk_create(
        Share(
            acceptance=row,
            member_id=member_ids[part.handle],
            reference=part.reference,
            amount_micro=part.amount_micro,
            inputs=part.inputs,
        )
        for row, (_engagement, split) in zip(rows, pairs, strict=True)
        for part in split.parts
    )
    return rows


def post(engagement: Engagement, splits: Sequence[Split], *, by: str, at: datetime) -> None:
    """Moves what the client owes into the engagement's escrow, one transfer an acceptance (receivable → escrow)."""
    moves = moves_of(engagement, splits)
    # Hours and rates so small that they round to nothing owe nothing.
    if moves:
        ledger.post(
            kind="acceptance",
            key=engagement.reference,
            occurred_on=splits[0].accepted_on,
            moves=moves,
            by=by,
            at=at,
        )


def moves_of(engagement: Engagement, splits: Iterable[Split]) -> list[Move]:
    """The transfers of an acceptance; what rounds to nothing is left out."""
    return [
        Move(
            debit=receivable(engagement.client.key),
            credit=escrow(engagement.reference),
            amount_micro=split.gross_micro,
            reference="/".join(filter(None, ("acceptance", engagement.reference, split.session))),
        )
        for split in splits
        if split.gross_micro
    ]


def _session_ids(references: set[str]) -> dict[str, int]:
    return dict(Session.objects.filter(reference__in=references).values_list("reference", "pk"))


def _member_ids(handles: set[str]) -> dict[str, int]:
    return dict(Member.objects.filter(handle__in=handles).values_list("handle", "pk"))
