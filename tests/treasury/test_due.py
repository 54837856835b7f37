"""The month in SQL against the month by hand, over generated groups, charters and claims."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charter.models import Amendment, Edition, Group
from members.models import Member, Membership, Term
from tests.treasury.reference import month_by_hand
from treasury.models import Claim
from treasury.rules.months import Month
from treasury.selectors import due, payouts
from treasury.selectors.payouts import Line, terms_of

FIRST = date(2026, 1, 20)
HANDLES = ("amy", "amy-b", "pob", "pool-2", "zoe")
# Days from three weeks before February 2026 to two weeks after it: every way to lie across a month.
DAYS = st.integers(0, 55).map(lambda offset: FIRST + timedelta(days=offset))
VALUES = {
    "stipend.member": st.sampled_from(["400", "433.333333", "0", "0.000001", "1000000"]),
    "stipend.leader": st.sampled_from(["1200", "0.000007", "3200"]),
    "stipend.lxp_share": st.sampled_from(["50%", "1/3", "0%", "100%", "2/7"]),
    "lxp.per_u": st.sampled_from(["1", "1.000007", "7/3", "0.000001"]),
    "pow.hourly_rate": st.sampled_from(["60", "61.37", "60.00005", "0", "999999999.999999"]),
    "pow.flexible_rate": st.sampled_from(["0", "2.5", "0.000001"]),
    "pow.lxp_share": st.sampled_from(["0%", "33.3%", "100%", "1/3"]),
}
AMENDED = st.sampled_from(sorted(VALUES)).flatmap(lambda key: st.tuples(st.just(key), VALUES[key], DAYS))


@st.composite
def stays(draw: st.DrawFn) -> list[tuple[date, date | None]]:
    """Periods that follow each other with a gap, the last perhaps open."""
    days = sorted(draw(st.sets(DAYS, min_size=1, max_size=4)))
    pairs = list(zip(days[::2], [*days[1::2], None], strict=False))
    return [(first, last) for first, last in pairs]


@st.composite
def groups(draw: st.DrawFn) -> dict[str, Any]:
    """Members with their periods, leaders in turn, amendments, claims."""
    handles = draw(st.sets(st.sampled_from(HANDLES), min_size=1))
    leaders = draw(stays())
    return {
        "members": {handle: draw(stays()) for handle in sorted(handles)},
        "leaders": [(draw(st.sampled_from(sorted(handles))), *days) for days in leaders],
        "amendments": draw(st.lists(AMENDED, max_size=5)),
        "claims": draw(st.lists(st.tuples(st.sampled_from(sorted(handles)), DAYS, st.integers(1, 2400)), max_size=8)),
    }


def build(group: dict[str, Any]) -> None:
    """The rows of a generated group; who decides is somebody else."""
    Group.objects.create(id=1, name="G", time_zone="Asia/Shanghai", founded_on=FIRST)
    Edition.objects.create(number=1, effective_on=FIRST, act="founding", actor="test")
    for number, (key, value, day) in enumerate(group["amendments"], start=2):
        edition = Edition.objects.create(number=number, effective_on=day, act="test", actor="test")
        Amendment.objects.create(edition=edition, key=key, value=value)
    clerk = Member.objects.create(handle="clerk", name="Clerk")
    people = {handle: Member.objects.create(handle=handle, name=handle) for handle in group["members"]}
    for handle, periods in group["members"].items():
        for joined, exited in periods:
            Membership.objects.create(member=people[handle], joined_on=joined, exited_on=exited, decided_by="test")
    for handle, starts, ends in group["leaders"]:
        Term.objects.create(role="leader", member=people[handle], starts_on=starts, ends_on=ends, decided_by="test")
    for number, (handle, day, hours) in enumerate(group["claims"]):
        Claim.objects.create(
            reference=f"C-{number}",
            member=people[handle],
            worked_on=day,
            hours_centi=hours,
            project="P",
            description="D",
            status="approved",
            quarter="2026-Q1",
            value_e8=1,
            decided_by=clerk,
            decided_on=day,
        )


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(group=groups())
def test_the_sql_is_the_rule(db: None, group: dict[str, Any]) -> None:
    with transaction.atomic():
        build(group)
        for month in ("2026-01", "2026-02", "2026-03"):
            found = payouts.preview(month)
            assert {line.reference: line.amount_micro for line in found} == month_by_hand(month)
            assert [line.reference for line in found] == sorted(line.reference for line in found)
            assert all(said(line) for line in found)
        assert in_parts("2026-02") == payouts.preview("2026-02")
        transaction.set_rollback(True)


def in_parts(month: str) -> list[Line]:
    """The same month asked for in spans of payees and put together again."""
    ends = ["amy", "pob", "pool", due.LAST]
    parts = [payouts.preview(month, after=after, upto=upto) for after, upto in zip(["", *ends], ends, strict=False)]
    return sorted((line for part in parts for line in part), key=lambda line: line.reference)


def said(line: Line) -> bool:
    """The sentence names the clause and the charter's edition."""
    return line.clause in line.explanation and "charter edition" in line.explanation


def test_numbers_beyond_bigint_are_still_exact(db: None) -> None:
    """A share whose numerators do not fit 64 bits: the relation falls back on numeric, and the month stays exact."""
    with transaction.atomic():
        build(
            {
                "members": {"amy": [(FIRST, None)]},
                "leaders": [],
                "amendments": [
                    ("pow.hourly_rate", "999999999.999999", FIRST),
                    ("pow.lxp_share", "333333333333/999999999989", FIRST),
                    ("lxp.per_u", "999999999989/999999999961", FIRST),
                ],
                "claims": [("amy", date(2026, 2, 3), 1777)],
            }
        )
        assert "pow_u numeric" in terms_of(Month.parse("2026-02")).columns
        found = {line.reference: line.amount_micro for line in payouts.preview("2026-02")}
        assert found == month_by_hand("2026-02")
        transaction.set_rollback(True)
