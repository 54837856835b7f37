"""Who stands in an election, what the next term is, and whether an election is missing (daily.1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

import charter.selectors
from charter import registry
from charter.rules.terms import Terms
from journal.refusals import Refusal
from members.models import Member, Membership, Term
from members.selectors.people import covers
from proposals.models import Declaration, Outcome, Proposal, Round
from proposals.refusals import ElectionRunning, NoCandidates, SuccessorSeated
from proposals.rules import elections, receipts, successions
from proposals.rules.elections import IN_RUN_OFF, RUN_OFF, Election, two_highest
from proposals.rules.successions import STANDING_TIME, Ending
from proposals.rules.tallies import Tally
from proposals.selectors.visibility import Reader, sees_words

SEAT = "members.seat_leader"
CANDIDACY = Declaration.Kind.CANDIDACY


@dataclass(frozen=True)
class Candidacy:
    """Somebody who stands; `statement` is None for who may not read it, and empty once erased."""

    member: Member
    since: date
    deputy: Member | None
    statement: str | None
    declared_at: datetime


def declaration_of(proposal: Proposal, member: Member) -> Declaration | None:
    """A member's latest candidacy in an election, taken back or not."""
    rows = Declaration.objects.filter(proposal=proposal, member=member, kind=CANDIDACY)
    return rows.select_related("deputy", "words").order_by("-seq").first()


def candidacies(proposal: Proposal, *, day: date, reader: Reader | None = None) -> list[Candidacy]:
    """Who stands and is a member on a day, in the tie order; two queries. Without a reader, all their words."""
    latest = (
        Declaration.objects.filter(proposal=proposal, kind=CANDIDACY)
        .order_by("member_id", "-seq")
        .distinct("member_id")
        .select_related("member", "deputy", "words")
    )
    standing = {row.member.handle: row for row in latest if row.stands}
    since = _since((row.member for row in standing.values()), day)
    words = reader is None or sees_words(reader, proposal)
    return [_candidacy(standing[handle], since[handle], words=words) for handle in elections.tie_order(since)]


def _candidacy(row: Declaration, since: date, *, words: bool) -> Candidacy:
    said = getattr(row, "words", None)
    return Candidacy(
        member=row.member,
        since=since,
        deputy=row.deputy,
        statement=(said.text if said else "") if words else None,
        declared_at=row.declared_at,
    )


def _since(members: Iterable[Member], day: date) -> dict[str, date]:
    """The first day of the membership that lasts on a day, by handle; who has none is not in it."""
    rows = Membership.objects.filter(covers(day), member__in=list(members)).select_related("member")
    return {row.member.handle: row.joined_on for row in rows}


def latest_term() -> Term | None:
    """The leader's term that began last or will begin; its holder may have left."""
    return Term.objects.filter(role=Term.Role.LEADER).order_by("-starts_on").first()


def ending(terms: Terms) -> Ending | None:
    """The latest term as the election's calendar takes it; None before there was a leader."""
    term = latest_term()
    return Ending(term.starts_on, term.ends_on, terms.time_zone) if term else None


def next_term(day: date, terms: Terms) -> registry.Step:
    """The act of seating without its holder, as an election that opens on a day would do it."""
    term = latest_term()
    begins_on = successions.begins_on(term.ends_on if term else None, day)
    params = {"starts_on": begins_on.isoformat(), "ends_on": None, "quarters": terms.leader_term_quarters}
    return registry.Step(SEAT, {"handle": "", "deputy": None, **params})


def stays(members: Sequence[Member], seating: registry.Step, day: date) -> set[int]:
    """Who of some members is one during the whole term that would be seated on a day."""
    first, last = registry.get(SEAT).read(seating.params).days(day)
    holds = Q(exited_on=None) | Q(exited_on__gte=last)
    rows = Membership.objects.filter(holds, covers(first), member__in=members)
    return set(rows.values_list("member_id", flat=True))


@dataclass(frozen=True)
class Slate:
    """What the first round of an election is about: candidates in the tie order, their acts, their words."""

    candidates: tuple[str, ...]
    steps: tuple[registry.Step, ...]
    words: tuple[dict[str, Any], ...]


def slate(proposal: Proposal, *, day: date, terms: Terms) -> Slate:
    """Who can be voted for in a round that opens on a day; NoCandidates if nobody stands who could be seated."""
    found, seating = candidacies(proposal, day=day), next_term(day, terms)
    able = stays([item.member for item in found], seating, day)
    standing = [item for item in found if item.member.pk in able]
    if not standing:
        raise NoCandidates
    deputies = [item.deputy.handle if item.deputy else None for item in standing]
    return Slate(
        candidates=tuple(item.member.handle for item in standing),
        steps=tuple(
            registry.Step(SEAT, seating.params | {"handle": item.member.handle, "deputy": deputy})
            for item, deputy in zip(standing, deputies, strict=True)
        ),
        words=tuple(
            {
                "handle": item.member.handle,
                "since": item.since.isoformat(),
                "deputy": deputy or "",
                "statement": item.statement or "",
            }
            for item, deputy in zip(standing, deputies, strict=True)
        ),
    )


def run_off_of(acts: Sequence[dict[str, Any]], tally: Tally, day: date) -> list[str]:
    """The two of a rejected first round between whom a run-off opens on a day; empty if there is none.

    There is none of a run-off, with one candidate, or when one of the two cannot be seated any more.
    """
    if not isinstance(tally, Election) or tally.rule == RUN_OFF or len(tally.votes) < IN_RUN_OFF:
        return []
    handles = two_highest(tally.votes)
    members = list(Member.objects.filter(handle__in=handles))
    seating = registry.stored(acts[0])
    return handles if len(stays(members, seating, day)) == IN_RUN_OFF else []


def under_way(at: datetime) -> Proposal | None:
    """The election that waits, runs, or has elected somebody who can still be seated; None if there is none."""
    newest = Round.objects.filter(proposal=OuterRef("pk")).order_by("-number").values("pk")[:1]
    rows = Proposal.objects.filter(kind=Proposal.Kind.ELECTION, taken_back_at=None, execution=None)
    ended = Outcome.objects.filter(round=OuterRef("last_round"))
    rows = rows.annotate(last_round=Subquery(newest)).annotate(
        result=Subquery(ended.values("result")[:1]), expires_at=Subquery(ended.values("expires_at")[:1])
    )
    elected = rows.filter(result=Outcome.Result.SUCCEEDED, expires_at__gt=at).order_by("number")
    day = charter.selectors.today(at)
    return rows.filter(result=None).first() or next((row for row in elected if _can_be_seated(row, day)), None)


def _can_be_seated(election: Proposal, day: date) -> bool:
    """Whether who was elected could be seated on a day: once they have left, or will during the term, nobody waits."""
    outcome = Outcome.objects.filter(round__proposal=election).latest("round__number")
    steps = [registry.stored(act) for act in receipts.carried_out(election.acts, outcome.tally)]
    try:
        registry.check(steps, day)
    except Refusal:
        return False
    members = list(Member.objects.filter(handle__in=[step.params["handle"] for step in steps]))
    return all(stays(members, step, day) for step in steps)


def successor_seated(day: date) -> bool:
    """Whether the next leader's term is there and has not begun."""
    term = latest_term()
    return term is not None and term.starts_on > day


def unready(at: datetime) -> Refusal | None:
    """Why nobody can put an election forward now, or None."""
    if under_way(at) is not None:
        return ElectionRunning()
    return SuccessorSeated() if successor_seated(charter.selectors.today(at)) else None


def opens_at(at: datetime) -> datetime:
    """When the first round of an election that is put forward now opens."""
    timeline = charter.selectors.timeline()
    found = ending(timeline.terms_on(timeline.day_of(at)))
    return found.opens_at(at) if found else at + STANDING_TIME


def begins_on(at: datetime) -> date:
    """The first day of the term that an election opened at a moment is for, as far as it can be said before."""
    term = latest_term()
    return successions.begins_on(term.ends_on if term else None, charter.selectors.today(at))


def term_on(at: datetime) -> tuple[date, date]:
    """First and last day of the term that an election opened at a moment would be for, if it is carried out in time."""
    timeline = charter.selectors.timeline()
    day = timeline.day_of(at)
    first, last = registry.get(SEAT).read(next_term(day, timeline.terms_on(day)).params).days(day)
    return first, last


def missing(at: datetime) -> Ending | None:
    """The term whose election the worker has to put forward now, or None."""
    timeline = charter.selectors.timeline()
    day = timeline.day_of(at)
    found = ending(timeline.terms_on(day))
    if found is None or not found.is_due(at) or successor_seated(day) or under_way(at) is not None:
        return None
    return None if Proposal.objects.filter(ending_term=found.starts_on).exists() else found


def without_candidates() -> QuerySet[Proposal]:
    """Elections that wait to be opened and in which nobody stands."""
    latest = Declaration.objects.filter(proposal=OuterRef("proposal"), member=OuterRef("member"), kind=CANDIDACY)
    standing = Declaration.objects.filter(proposal=OuterRef("pk"), kind=CANDIDACY, stands=True).annotate(
        last=Subquery(latest.order_by("-seq").values("seq")[:1])
    )
    waiting = Proposal.objects.filter(kind=Proposal.Kind.ELECTION, rounds=None, taken_back_at=None)
    return waiting.exclude(Exists(standing.filter(seq=F("last")))).order_by("number")


def names_of(proposal: Proposal) -> dict[str, str]:
    """The names of an election's candidates and of their deputies, by handle; one query, none for anything else."""
    if proposal.kind != Proposal.Kind.ELECTION or not proposal.acts:
        return {}
    handles = {act["params"][key] for act in proposal.acts for key in ("handle", "deputy")}
    return dict(Member.objects.filter(handle__in=handles - {None}).values_list("handle", "name"))
