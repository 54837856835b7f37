"""The list of proposals: what is open, what is announced and what is decided; six queries whatever their number."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import ngettext

from charter.rules import thresholds
from members.models import Member
from proposals.models import Outcome, Proposal, Round
from proposals.rules.elections import PREFIX, Election, counted
from proposals.rules.states import Facts, State, Times, state, unopened
from proposals.rules.tallies import FOR, Tally
from proposals.selectors.motions import timed, times_of
from proposals.selectors.visibility import Reader, is_sealed, sees_ballots

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
    """One proposal in its last round. `votes` and `tally` are empty where the reader may not know them yet.

    A vote for a candidate is drawn as one in favour; `names` by handle: of the candidates of an election.
    """

    proposal: Proposal
    held: Round
    times: Times
    outcome: Outcome | None
    state: State
    votes: tuple[str, ...]
    tally: Tally | None
    seats: int
    waits: bool
    voted: str
    names: Mapping[str, str]

    @property
    def sentence(self) -> str:
        """The arithmetic in words, empty where the reader may not know it."""
        if isinstance(self.tally, Election):
            return self.tally.sentence(self.names)
        return self.tally.sentence() if self.tally else ""

    @property
    def label(self) -> str:
        """What the small seats of an election say; empty for every other round, whose seats say it themselves."""
        if not isinstance(self.tally, Election):
            return ""
        words = {"cast": self.tally.count.cast, "all": self.seats}
        return ngettext("%(cast)d of %(all)d has voted", "%(cast)d of %(all)d have voted", self.seats) % words

    @property
    def paused(self) -> bool:
        """Whether an objection stands, as far as the reader may know."""
        return self.tally is not None and self.tally.objections > 0

    @property
    def ended_at(self) -> datetime | None:
        """When the round ended."""
        return self.outcome.decided_at if self.outcome else None


@dataclass(frozen=True)
class Unopened:
    """One proposal without a round: announced, or taken back before it opened."""

    proposal: Proposal
    state: State
    held: None = None
    outcome: None = None
    times: None = None
    votes: tuple[str, ...] = ()
    tally: None = None
    waits: bool = False
    paused: bool = False

    @property
    def opens_at(self) -> datetime | None:
        """The moment that was announced."""
        return self.proposal.opens_at

    @property
    def ended_at(self) -> datetime | None:
        """When it was taken back."""
        return self.proposal.taken_back_at


@dataclass(frozen=True)
class Listing:
    """What is open, the next deadline first, what is announced, the next opening first, and a page of what is decided,
    the newest first.
    """

    open: tuple[Row, ...]
    announced: tuple[Unopened, ...]
    decided: tuple[Row | Unopened, ...]
    page: Page[Proposal]


def chosen(state: str) -> QuerySet[Proposal]:
    """Proposals whose last round is `open` or `decided`, those without a round (`pending`; `decided` once taken back),
    what is open or pending (`standing`), or all of them; the newest first.
    """
    newest = Round.objects.filter(proposal=OuterRef("pk")).order_by("-number")
    rows = with_names(Proposal.objects.annotate(last_round=Subquery(newest.values("pk")[:1]))).order_by("-number")
    opened = Exists(Round.objects.filter(proposal=OuterRef("pk")))
    ended = Exists(Outcome.objects.filter(round_id=OuterRef("last_round")))
    lists = {
        "open": rows.filter(opened, ~ended),
        "pending": rows.filter(~opened, taken_back_at=None),
        "standing": rows.filter(~ended, taken_back_at=None),
        "decided": rows.filter(Q(taken_back_at__isnull=False) | ended),
    }
    return lists.get(state, rows)


def listing(*, reader: Reader, at: datetime, page: str | None = None) -> Listing:
    """The lists for a reader; `page` is the number of the page of decided ones, as typed."""
    standing = list(chosen("standing"))
    paged = Paginator(chosen("decided"), ROWS_A_PAGE).get_page(page)
    found = {row.proposal.pk: row for row in shown([*standing, *paged], reader=reader, at=at)}
    rows = [found[item.pk] for item in standing]
    return Listing(
        open=tuple(sorted((row for row in rows if isinstance(row, Row)), key=lambda row: row.times.deadline_at)),
        announced=tuple(sorted((row for row in rows if isinstance(row, Unopened)), key=lambda row: row.opens_at or at)),
        decided=tuple(found[item.pk] for item in paged),
        page=paged,
    )


def with_names(rows: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """With what a row shows."""
    return rows.select_related("application", "proposed_by", "execution")


def shown(proposals: Sequence[Proposal], *, reader: Reader, at: datetime) -> list[Row | Unopened]:
    """The rows of some proposals in their order, those without a round too: two queries."""
    rows = {row.proposal.pk: row for row in rows_of(proposals, reader=reader, at=at)}
    return [rows.get(item.pk) or Unopened(item, unopened(item.taken_back_at)) for item in proposals]


def rows_of(proposals: Sequence[Proposal], *, reader: Reader, at: datetime) -> list[Row]:
    """The rows of those among some proposals that have a round, in their order: two queries."""
    rounds = {
        held.proposal_id: held
        for held in timed(Round.objects.filter(proposal__in=proposals)).select_related("outcome").order_by(F("number"))
    }
    votes = _votes([held.pk for held in rounds.values()])
    opened = [(item, rounds[item.pk]) for item in proposals if item.pk in rounds]
    names = _names(rounds.values())
    return [_row(item, held, votes.get(held.pk, []), names, reader, at) for item, held in opened]


def _names(rounds: Iterable[Round]) -> dict[str, str]:
    """The names of all candidates by handle; one query where there is an election, else none."""
    handles = {handle for held in rounds for handle in held.candidates}
    return dict(Member.objects.filter(handle__in=handles).values_list("handle", "name")) if handles else {}


def _votes(rounds: Sequence[int]) -> dict[int, list[Vote]]:
    found: dict[int, list[Vote]] = {}
    with connection.cursor() as cursor:
        cursor.execute(VOTES, [list(rounds)])
        for round_id, *vote in cursor.fetchall():
            found.setdefault(round_id, []).append(tuple(vote))
    return found


def _row(
    proposal: Proposal, held: Round, votes: Sequence[Vote], names: Mapping[str, str], reader: Reader, at: datetime
) -> Row:
    said = Counter(choice for *_, choice in votes)
    tally = counted(thresholds.parse(held.rule), len(votes), said, held.candidates)
    outcome, application = getattr(held, "outcome", None), proposal.application
    executed = getattr(proposal, "execution", None) is not None
    ended = application is not None and application.has_ended
    facts = Facts(
        times=times_of(held),
        tally=tally,
        result=outcome.result if outcome else "",
        gone=ended and not executed,
        executed=executed,
        sealed=is_sealed(held),
        execute_at=outcome.execute_at if outcome else None,
        expires_at=outcome.expires_at if outcome else None,
    )
    where = state(facts, at=at)
    visible = sees_ballots(reader, held, closed=outcome is not None or at >= facts.times.deadline_at)
    own = next((choice for _seat, member, _seq, choice in votes if reader.member and member == reader.member.pk), None)
    return Row(
        proposal=proposal,
        held=held,
        times=facts.times,
        outcome=outcome,
        state=where,
        votes=tuple(_drawn(choice) for *_, choice in votes) if visible else (),
        tally=tally if visible else None,
        seats=len(votes),
        waits=where == State.ACTIVE and at < facts.times.deadline_at and reader.inside and own in ("", "withdrawn"),
        voted=own or "",
        names=names,
    )


def _drawn(choice: str) -> str:
    """A vote as a small seat shows it."""
    return FOR if choice.startswith(PREFIX) else choice
