"""Claims that wait: the queue, what the picked ones would do to the budgets."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Case, Count, F, IntegerField, Q, Value, When

from charter.rules.terms import Timeline
from journal.refusals import Refusal
from treasury.models import Budget, Claim
from treasury.refusals import quarter_name
from treasury.rules import budgets as rules
from treasury.rules import worth
from treasury.rules.amounts import E8_PER_MICRO
from treasury.rules.worth import NOTHING, Worth, written
from treasury.selectors.pages.budgets import Pot, pots
from treasury.selectors.pages.looks import looked_at
from treasury.selectors.pages.readers import Reader

Status = Claim.Status
# Rows on the page; whoever decides them sees the next ones.
MOST = 300


@dataclass(frozen=True)
class Row:
    """A waiting claim, what it is worth, why to look at it, whether the reader decides it."""

    claim: Claim
    worth: Worth
    looks: Sequence[str]
    mine: bool


@dataclass(frozen=True)
class Tally:
    """So many claims come to so many hours (hundredths) and so much."""

    count: int = 0
    hours_centi: int = 0
    worth: Worth = NOTHING

    def plus(self, count: int, hours_centi: int, value: Worth) -> "Tally":
        """With more of them."""
        return Tally(self.count + count, self.hours_centi + hours_centi, self.worth + value)


@dataclass(frozen=True)
class After:
    """A quarter as it would stand after approving: approved in all, of what was granted, in 10⁻⁸ U."""

    quarter: str
    taken_e8: int
    granted_e8: int

    @property
    def taken(self) -> str:
        """`10,260`."""
        return written(self.taken_e8)

    @property
    def granted(self) -> str:
        """`16,800`."""
        return written(self.granted_e8)

    @property
    def left(self) -> str:
        """What remains then, `4,110`; nothing where it does not suffice."""
        return written(self.granted_e8 - self.taken_e8) if self.granted_e8 >= self.taken_e8 else ""

    @property
    def short(self) -> str:
        """What is missing then; nothing where it suffices."""
        return written(self.taken_e8 - self.granted_e8) if self.taken_e8 > self.granted_e8 else ""


@dataclass(frozen=True)
class Queue:
    """What the reader sees waiting: `mine` is what they decide, `pots` the quarters that it concerns."""

    rows: Sequence[Row]
    mine: Tally
    all: Tally
    looks: int
    pots: Sequence[Pot]
    mine_e8: dict[str, int]

    @property
    def after_all(self) -> After | None:
        """The quarter if all of the reader's were approved, where that concerns one quarter with a budget."""
        if len(self.mine_e8) != 1:
            return None
        ((quarter, wanted),) = self.mine_e8.items()
        pot = next(pot for pot in self.pots if pot.quarter == quarter)
        if pot.budget is None:
            return None
        return After(pot.name, pot.posted_e8 + pot.approved_e8 + wanted, pot.granted_e8)

    @property
    def picking(self) -> bool:
        """Whether there is anything for the reader to pick."""
        return self.mine.count > 0

    @property
    def unseen(self) -> int:
        """How many wait beyond those that are shown."""
        return self.all.count - len(self.rows)

    @property
    def mixed(self) -> bool:
        """Whether anything is paid in LXP: else the amount says it all."""
        return any(row.worth.lxp_micro for row in self.rows)


@dataclass(frozen=True)
class Effect:
    """What approving the picked claims would do, or the refusal that it would meet."""

    tally: Tally
    after: Sequence[After]
    refused: Refusal | None = None


def queue(reader: Reader, timeline: Timeline, current: str) -> Queue:
    """What waits, oldest first, the reader's own claims aside; `current` is the quarter that is always shown."""
    sums = _sums(reader, timeline)
    rows = _rows(reader, timeline)
    return Queue(
        rows=rows,
        mine=sums.mine,
        all=sums.others,
        looks=sum(bool(row.looks) for row in rows),
        pots=pots([current, *sums.waiting_e8], sums.waiting_e8, timeline),
        mine_e8=dict(sums.mine_e8),
    )


def decided(ids: Iterable[int]) -> list[Claim]:
    """Those of these claims that somebody has decided, with who and when."""
    rows = Claim.objects.filter(pk__in=ids, decided_by__isnull=False)
    return list(rows.select_related("decided_by").order_by("pk"))


def effect(ids: Iterable[int], reader: Reader, timeline: Timeline) -> Effect:
    """What approving these claims would do; those that are not the reader's to decide do not count."""
    picked = list(Claim.objects.filter(reader.mine, status=Status.PENDING, pk__in=ids).order_by("pk"))
    tally, wanted = Tally(), defaultdict[str, int](int)
    for claim in picked:
        value = worth.of(claim.hours_centi, timeline.terms_on(claim.worked_on))
        tally = tally.plus(1, claim.hours_centi, value)
        wanted[claim.quarter] += value.value_e8
    granted = {row.quarter: row for row in Budget.objects.filter(quarter__in=wanted)}
    after = [
        After(quarter_name(name), row.approved_e8 + wanted[name], row.pow_micro * E8_PER_MICRO)
        for name, row in sorted(granted.items())
    ]
    return Effect(tally, after, _refusal(wanted, granted))


def _refusal(wanted: dict[str, int], granted: dict[str, Budget]) -> Refusal | None:
    for name, value in sorted(wanted.items()):
        budget = granted.get(name)
        try:
            rules.check(
                quarter=name,
                granted_micro=budget.pow_micro if budget else None,
                approved_e8=budget.approved_e8 if budget else 0,
                wanted_e8=value,
            )
        except Refusal as refusal:
            return refusal
    return None


@dataclass
class Sums:
    """What waits: for the reader, of others than the reader, and by quarter in 10⁻⁸ U."""

    mine: Tally = Tally()
    others: Tally = Tally()
    mine_e8: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    waiting_e8: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def _sums(reader: Reader, timeline: Timeline) -> Sums:
    """Exact for any number of claims: equal hours of a day are worth the same."""
    found = Sums()
    kinds = (
        Claim.objects.filter(status=Status.PENDING)
        .annotate(decided=_when(reader.mine), own=_when(Q(member=reader.member)))
        .order_by()
        .values_list("quarter", "worked_on", "hours_centi", "decided", "own")
        .annotate(count=Count("pk"))
    )
    for quarter, day, hours, decided, own, count in kinds:
        value = worth.of(hours, timeline.terms_on(day)) * count
        found.waiting_e8[quarter] += value.value_e8
        if decided:
            found.mine = found.mine.plus(count, hours * count, value)
            found.mine_e8[quarter] += value.value_e8
        if not own:
            found.others = found.others.plus(count, hours * count, value)
    return found


def _when(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _rows(reader: Reader, timeline: Timeline) -> list[Row]:
    """The oldest waiting claims of others; what the reader decides comes first."""
    claims = list(
        Claim.objects.filter(status=Status.PENDING)
        .exclude(member=reader.member)
        .select_related("member")
        .annotate(turn=_when(reader.mine))
        .order_by("-turn", F("submitted_at").asc(nulls_first=True), "pk")[:MOST]
    )
    reasons = looked_at(claims)
    return [
        Row(
            claim=claim,
            worth=worth.of(claim.hours_centi, timeline.terms_on(claim.worked_on)),
            looks=reasons.get(claim.pk, ()),
            mine=reader.decides(claim),
        )
        for claim in claims
    ]


def reference_of(pk: int, reader: Reader) -> str | None:
    """The reference of a waiting claim that the reader decides."""
    rows = Claim.objects.filter(reader.mine, status=Status.PENDING, pk=pk)
    return rows.values_list("reference", flat=True).first()
