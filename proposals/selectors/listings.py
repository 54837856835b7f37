"""The list of proposals: what is open and what is decided; five queries whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from charter.rules import thresholds
from proposals.models import Outcome, Proposal, Round
from proposals.rules.states import Facts, State, state
from proposals.rules.tallies import Cast, Tally, tally
from proposals.selectors.replays import times_of
from proposals.selectors.visibility import Reader, sees_ballots

ROWS_A_PAGE = 25
# The latest ballot of every seat of some rounds, in the order of the seats.
VOTES = """
SELECT s.round_id, s.id, s.member_id, coalesce(b.seq, 0), coalesce(b.choice, '')
FROM proposals_seat s LEFT JOIN LATERAL (
  SELECT seq, choice FROM proposals_ballot WHERE seat_id = s.id ORDER BY seq DESC LIMIT 1) b ON true
WHERE s.round_id = ANY(%s) ORDER BY s.round_id, s.position
"""
Vote = tuple[int, int, int, str]


@dataclass(frozen=True)
class Row:
    """One proposal in its last round. `votes` and `tally` are empty where the reader may not know them yet."""

    proposal: Proposal
    held: Round
    outcome: Outcome | None
    state: State
    votes: tuple[str, ...]
    tally: Tally | None
    seats: int
    waits: bool
    voted: str

    @property
    def paused(self) -> bool:
        """Whether an objection stands, as far as the reader may know."""
        return self.tally is not None and self.tally.objections > 0


@dataclass(frozen=True)
class Listing:
    """What is open, the next deadline first, and a page of what is decided, the newest first."""

    open: tuple[Row, ...]
    decided: tuple[Row, ...]
    page: Page[Proposal]


def chosen(state: str) -> QuerySet[Proposal]:
    """Proposals whose last round is `open` or `decided`, or all of them; the newest first."""
    newest = Round.objects.filter(proposal=OuterRef("pk")).order_by("-number")
    rows = with_names(Proposal.objects.annotate(last_round=Subquery(newest.values("pk")[:1]))).order_by("-number")
    ended = Exists(Outcome.objects.filter(round_id=OuterRef("last_round")))
    return {"open": rows.filter(~ended), "decided": rows.filter(ended)}.get(state, rows)


def listing(*, reader: Reader, at: datetime, today: date, page: str | None = None) -> Listing:
    """Both lists for a reader; `page` is the number of the page of decided ones, as typed."""
    running = list(chosen("open"))
    paged = Paginator(chosen("decided"), ROWS_A_PAGE).get_page(page)
    found = {row.proposal.pk: row for row in rows_of([*running, *paged], reader=reader, at=at, today=today)}
    return Listing(
        open=tuple(sorted((found[item.pk] for item in running), key=lambda row: row.held.deadline_at)),
        decided=tuple(found[item.pk] for item in paged),
        page=paged,
    )


def with_names(rows: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """With what a row shows."""
    return rows.select_related("application", "proposed_by", "execution")


def rows_of(proposals: Sequence[Proposal], *, reader: Reader, at: datetime, today: date) -> list[Row]:
    """The rows of some proposals in their order: two queries."""
    rounds = {
        held.proposal_id: held
        for held in Round.objects.filter(proposal__in=proposals).select_related("outcome").order_by(F("number"))
    }
    votes = _votes([held.pk for held in rounds.values()])
    return [_row(item, rounds[item.pk], votes.get(rounds[item.pk].pk, []), reader, at, today) for item in proposals]


def _votes(rounds: Sequence[int]) -> dict[int, list[Vote]]:
    found: dict[int, list[Vote]] = {}
    with connection.cursor() as cursor:
        cursor.execute(VOTES, [list(rounds)])
        for round_id, *vote in cursor.fetchall():
            found.setdefault(round_id, []).append(tuple(vote))
    return found


def _row(proposal: Proposal, held: Round, votes: Sequence[Vote], reader: Reader, at: datetime, today: date) -> Row:
    counted = tally(
        thresholds.parse(held.rule),
        [seat for seat, *_ in votes],
        [Cast(seat, seq, choice) for seat, _member, seq, choice in votes if choice],
    )
    outcome, application = getattr(held, "outcome", None), proposal.application
    executed = getattr(proposal, "execution", None) is not None
    ended = application is not None and (application.withdrawn_at or application.closed_at) is not None
    facts = Facts(
        times=times_of(held),
        tally=counted,
        result=outcome.result if outcome else "",
        gone=ended and not executed,
        executed=executed,
    )
    where = state(facts, at=at, today=today)
    visible = sees_ballots(reader, closed=outcome is not None or at >= held.deadline_at)
    own = next((choice for _seat, member, _seq, choice in votes if reader.member and member == reader.member.pk), None)
    return Row(
        proposal=proposal,
        held=held,
        outcome=outcome,
        state=where,
        votes=tuple(choice for *_, choice in votes) if visible else (),
        tally=counted if visible else None,
        seats=len(votes),
        waits=where == State.ACTIVE and reader.inside and own in ("", "withdrawn"),
        voted=own or "",
    )
