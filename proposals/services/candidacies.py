"""Standing in an election, and stepping down, until its first round opens."""

from datetime import date, datetime

from django.db import transaction

import charter.selectors
from charter import registry
from charter.rules.terms import Terms
from journal.clock import Clock, database_clock
from members.models import Member
from members.refusals.people import DeputyIsLeader, NotMember, UnknownHandle
from members.selectors import people
from proposals import refusals
from proposals.models import Declaration, Proposal, Round
from proposals.rules.casting import LONGEST, words
from proposals.selectors import elections
from proposals.selectors.elections import Slate
from proposals.services import locks
from proposals.services.declarations import Kind, declare


def stand(
    *, proposal: Proposal, by: Member, statement: str, deputy: str = "", clock: Clock = database_clock
) -> Declaration:
    """A member stands, or stands with another statement or deputy (a handle, empty for none) than before.

    Raises NoElection, CandidaciesClosed, MembersOnly, StatementMissing, TextTooLong, UnknownHandle, DeputyIsLeader,
    NotMember (the deputy), Leaving, SameCandidacy.
    """
    statement = words(statement)
    with transaction.atomic():
        day, at, proposal = _hold(proposal, by, clock)
        if not statement:
            raise refusals.StatementMissing
        if len(statement) > LONGEST:
            raise refusals.TextTooLong(field="statement")
        named = _deputy(deputy.strip(), by, day)
        terms = charter.selectors.timeline().terms_on(day)
        if not elections.stays([by], elections.next_term(day, terms), day):
            raise refusals.Leaving
        last = elections.declaration_of(proposal, by)
        if last is not None and last.stands and _same(last, statement, named):
            raise refusals.SameCandidacy
        return declare(proposal=proposal, by=by, kind=Kind.CANDIDACY, last=last, words=statement, deputy=named, at=at)


def step_down(*, proposal: Proposal, by: Member, clock: Clock = database_clock) -> Declaration:
    """A candidate takes the candidacy back. Raises NoElection, CandidaciesClosed, MembersOnly, NotStanding."""
    with transaction.atomic():
        _day, at, proposal = _hold(proposal, by, clock)
        last = elections.declaration_of(proposal, by)
        if last is None or not last.stands:
            raise refusals.NotStanding
        return declare(proposal=proposal, by=by, kind=Kind.CANDIDACY, last=last, words="", at=at)


def _hold(proposal: Proposal, by: Member, clock: Clock) -> tuple[date, datetime, Proposal]:
    """Waits for the lock that an opening takes too; then the day, the moment and the proposal as it is now."""
    if proposal.kind != Proposal.Kind.ELECTION:
        raise refusals.NoElection
    locks.hold(proposal.pk)
    at = clock()
    day = charter.selectors.today(at)
    if not people.is_active(by, day):
        raise refusals.MembersOnly
    proposal = Proposal.objects.get(pk=proposal.pk)
    if proposal.taken_back_at is not None or Round.objects.filter(proposal=proposal).exists():
        raise refusals.CandidaciesClosed
    return day, at, proposal


def _deputy(handle: str, by: Member, day: date) -> Member | None:
    if not handle:
        return None
    found = people.by_handle(handle)
    if found is None:
        refused = UnknownHandle.of(handle)
        refused.field = "deputy"
        raise refused
    if found.pk == by.pk:
        raise DeputyIsLeader
    if not people.is_active(found, day):
        raise NotMember(field="deputy")
    return found


def _same(last: Declaration, statement: str, deputy: Member | None) -> bool:
    said = getattr(last, "words", None)
    return said is not None and said.text == statement and last.deputy_id == (deputy.pk if deputy else None)


def fix(proposal: Proposal, *, day: date, terms: Terms) -> Slate:
    """Makes the acts of an election, one for each candidate in the tie order, in the transaction that opens it.

    The caller holds the lock. Raises NoCandidates.
    """
    slate = elections.slate(proposal, day=day, terms=terms)
    proposal.acts = [step.plain() for step in slate.steps]
    proposal.acts_digest = registry.fingerprint(slate.steps)
    proposal.save(update_fields=["acts", "acts_digest"])
    return slate
