"""Casting: every ballot is a new row with its receipt, written under the proposal's lock and the database's clock."""

import secrets
from datetime import datetime

from django.db import transaction

import charter.selectors
from accounts.models import User
from journal.clock import Clock, database_clock
from members.models import Member
from members.selectors import people
from proposals.models import NONCE_DIGITS, Ballot, Reason, Round
from proposals.refusals import SameBallot, UnknownRound, WordsMoved
from proposals.rules import casting, receipts
from proposals.rules.casting import Standing
from proposals.selectors import standings
from proposals.selectors.words import application_words, moved
from proposals.services import locks, rounds, rows

Choice = Ballot.Choice
REASONED = (Choice.OBJECT, Choice.AGAINST, Choice.ABSTAIN)


@transaction.atomic
def cast(
    *,
    round_id: int,
    by: Member | User,
    choice: str,
    reason: str = "",
    missing: str = "",
    within: int | None = None,
    clock: Clock = database_clock,
) -> Ballot:
    """Casts or changes a ballot; `reason` and `missing` (what information is missing) are what an objection needs.

    A vote against and an abstention may say their reason. `within` is the number of the proposal whose page was used.

    `by` is a member, or the user who is one. A ballot that makes the round unanimous when it may end closes it.
    Refusals: docs/proposals.md.
    """
    held = locks.hold_of_round(round_id)
    if held is None or within not in (None, held[1]):
        raise UnknownRound
    proposal_id, proposal_number = held
    now, standing = standings.standing(round_id=round_id, voter=by)
    at = now if clock is database_clock else clock()
    reason = casting.words(reason) if choice in REASONED else ""
    missing = casting.words(missing) if choice == Choice.OBJECT else ""
    _check(standing, at=at, choice=choice, reason=reason, missing=missing)
    ballot, words = _ballot(standing, proposal_id, choice=choice, reason=reason, missing=missing, at=at)
    subject = f"proposal/{proposal_number}/round/{standing.round_number}"
    if standing.hidden:
        rows.write_hidden(ballot)
    else:
        rows.write(ballot, actor=f"member:{standing.handle}", subject=subject, at=at)
    if words is not None:
        words.ballot_id = ballot.pk
        words.save(force_insert=True)
    if casting.completes(standing, choice=choice, at=at):
        rounds.close_held(proposal_id=proposal_id, at=at)
    return ballot


def withdraw(*, round_id: int, by: Member | User, clock: Clock = database_clock) -> Ballot:
    """Withdraws the author's standing objection: the seat has no vote until another ballot is cast."""
    return cast(round_id=round_id, by=by, choice=Choice.WITHDRAWN, clock=clock)


def _check(standing: Standing, *, at: datetime, choice: str, reason: str, missing: str) -> None:
    # Whoever has a membership without an end is a member today: only the others need the calendar.
    left = standing.seat is not None and not standing.staying and not _inside(standing.handle, at)
    refused = casting.refusal(standing, at=at, left=left) or casting.refusal_of(
        standing, choice=choice, reason=reason, missing=missing
    )
    if refused is not None:
        raise refused
    if standing.choice == choice and reason and choice != Choice.OBJECT and _same_words(standing, reason, missing):
        raise SameBallot
    if standing.choice == Choice.OBJECT:
        _check_objection(standing, choice=choice, reason=reason, missing=missing)


def _inside(handle: str, at: datetime) -> bool:
    return people.active_on(charter.selectors.today(at)).filter(handle=handle).exists()


def _check_objection(standing: Standing, *, choice: str, reason: str, missing: str) -> None:
    if choice == Choice.OBJECT:
        if _same_words(standing, reason, missing):
            raise SameBallot
        return
    # The applicant may have answered meanwhile; the lock on the application orders this ballot and that edit.
    held = Round.objects.select_related("proposal", "wording").get(pk=standing.round)
    if held.proposal.application_id is None:
        return
    application = locks.hold_application(held.proposal.application_id)
    if moved(held.wording.content, application_words(application)):
        raise WordsMoved


def _same_words(standing: Standing, reason: str, missing: str) -> bool:
    words = Reason.objects.filter(ballot__seat=standing.seat, ballot__seq=standing.seq)
    return words.filter(text=reason, missing=missing).exists()


def _ballot(
    standing: Standing, proposal_id: int, *, choice: str, reason: str, missing: str, at: datetime
) -> tuple[Ballot, Reason | None]:
    """The next link of the chain and its words, not yet written."""
    assert standing.seat is not None
    nonce, bound, words = secrets.token_hex(NONCE_DIGITS // 2), "", None
    if reason:
        salt = secrets.token_hex(NONCE_DIGITS // 2)
        bound = receipts.reason_digest(salt=salt, text=reason, missing=missing)
        words = Reason(salt=salt, text=reason, missing=missing)
    number = standing.number + 1
    commitment = receipts.commitment(nonce=nonce, choice=choice, reason=bound)
    ballot = Ballot(
        seat_id=standing.seat,
        proposal_id=proposal_id,
        number=number,
        seq=standing.seq + 1,
        choice=choice,
        nonce=nonce,
        reason_digest=bound,
        commitment=commitment,
        previous=standing.link,
        receipt=receipts.receipt(
            previous=standing.link,
            seat=receipts.seat_text(standing.round_number, standing.handle),
            number=number,
            commitment=commitment,
        ),
        cast_at=at,
    )
    return ballot, words
