"""Founding and amending: one group, editions without a gap, whole or not at all, and nothing changes afterwards."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from charter import selectors
from charter.models import Amendment, Edition, Group
from charter.refusals import (
    AmendedTwice,
    GroupExists,
    NoGroup,
    NothingToAmend,
    OutOfBounds,
    QuarterMidYear,
    RatesCrossed,
    UnknownSetting,
    UnreadableValue,
)
from charter.rules import amendments
from charter.services import editions
from journal.models import Entry
from journal.refusals import Refusal
from tests.charter.history import AT, FOUNDED_ON, SUMMER, amend, found, summer

pytestmark = pytest.mark.django_db


def test_founding_writes_edition_1_and_the_journal() -> None:
    group = found()
    assert (group.name, group.time_zone, group.founded_on) == ("Expert group", "Asia/Shanghai", FOUNDED_ON)
    assert list(Edition.objects.values_list("number", "effective_on", "act", "actor")) == [
        (1, FOUNDED_ON, "founding", "system:test")
    ]
    entry = Entry.objects.get()
    assert (entry.actor, entry.verb, entry.subject, entry.at) == ("system:test", "group.found", "group", AT)


def test_there_is_one_group_only() -> None:
    found()
    with pytest.raises(GroupExists):
        found()
    with pytest.raises(IntegrityError, match="group_only_one"), transaction.atomic():
        Group.objects.create(id=2, name="Second", time_zone="UTC", founded_on=FOUNDED_ON)
    assert Entry.objects.count() == 1


def test_a_zone_that_is_none_founds_nothing() -> None:
    with pytest.raises(UnreadableValue):
        found(time_zone="Mars/Base")
    assert not selectors.founded()


def test_before_the_founding() -> None:
    with pytest.raises(NoGroup):
        selectors.group()
    with pytest.raises(NoGroup):
        amend(date(2026, 8, 1), {"voting.days": "9"})
    assert selectors.terms_on(date(2026, 8, 1)).voting_days == 7


def test_an_amendment_is_one_edition_and_one_entry() -> None:
    found()
    edition = amend(date(2026, 8, 14), {"stipend.member": "415.50", "pow.lxp_share": "10.0%"})
    assert (edition.number, edition.effective_on, edition.act) == (2, date(2026, 8, 14), "proposal/1")
    assert dict(Amendment.objects.values_list("key", "value")) == {"stipend.member": "415.5", "pow.lxp_share": "10%"}
    entry = Entry.objects.latest("id")
    assert (entry.actor, entry.verb, entry.subject) == ("member:lin", "charter.amend", "edition/2")
    assert entry.data == {
        "effective_on": "2026-08-14",
        "act": "proposal/1",
        "changes": {"pow.lxp_share": "10%", "stipend.member": "415.5"},
        "texts": {},
    }


def test_an_amendment_holds_from_its_day() -> None:
    found()
    summer()
    before, after = selectors.terms_on(date(2026, 8, 13)), selectors.terms_on(date(2026, 8, 14))
    assert (before.stipend_member_micro, after.stipend_member_micro) == (400_000_000, 415_500_000)
    assert (before.edition, after.edition) == (6, 7)
    assert selectors.edition_on(date(2026, 7, 25)) == 1
    assert after.consulting_individual_share == Fraction(81, 100)


def test_a_span_is_read_in_two_queries(django_assert_num_queries: Any) -> None:
    found()
    summer()
    with django_assert_num_queries(2):
        terms = selectors.terms_by_day(date(2026, 7, 1), date(2026, 9, 30))
    assert len(terms) == 92
    assert [day for day in terms if terms[day] != terms.get(day - timedelta(days=1))] == [
        date(2026, 7, 1),
        *(day for day, _key, _value in SUMMER),
    ]
    assert terms[date(2026, 8, 9)] == selectors.terms_on(date(2026, 8, 9))


def test_history_of_a_setting() -> None:
    found()
    summer()
    held = selectors.history("pow.hourly_rate")
    assert [(item.value, item.since, item.edition) for item in held] == [
        ("60", None, 1),
        ("61.37", date(2026, 7, 26), 2),
    ]
    with pytest.raises(UnknownSetting):
        selectors.history("pow.rate")


REFUSED: list[tuple[dict[str, str], type[Refusal]]] = [
    ({}, NothingToAmend),
    ({"stipend.king": "1"}, UnknownSetting),
    ({"voting.days": "soon"}, UnreadableValue),
    ({"voting.days": "366"}, OutOfBounds),
    ({"voting.days": "9", "pow.lxp_share": "2"}, OutOfBounds),
    ({"consulting.rate_min": "200.000001"}, RatesCrossed),
    ({"consulting.rate_max": "99"}, RatesCrossed),
    ({"quarter.first_month": "3"}, QuarterMidYear),
]


@pytest.mark.parametrize(("changes", "refusal"), REFUSED)
def test_a_refused_amendment_leaves_nothing(changes: dict[str, str], refusal: type[Refusal]) -> None:
    found()
    with pytest.raises(refusal):
        amend(date(2026, 8, 1), changes)
    assert Edition.objects.count() == Entry.objects.count() == 1
    assert not Amendment.objects.exists()


def test_a_refusal_names_the_clause_of_the_setting() -> None:
    found()
    with pytest.raises(OutOfBounds) as refused:
        amend(date(2026, 8, 1), {"stipend.member": "-1"})
    assert (refused.value.clause, refused.value.field) == ("income.1.2.2", "value")


def test_both_rates_move_together_in_one_edition() -> None:
    found()
    amend(date(2026, 8, 1), {"consulting.rate_min": "250", "consulting.rate_max": "250"})
    with pytest.raises(RatesCrossed):
        amend(date(2026, 9, 1), {"consulting.rate_min": "251"})


def test_an_earlier_amendment_may_not_cross_a_later_one() -> None:
    found()
    amend(date(2026, 9, 1), {"consulting.rate_max": "120"})
    with pytest.raises(RatesCrossed, match="2026-09-01"):
        amend(date(2026, 8, 1), {"consulting.rate_min": "150"})


def test_quarters_change_on_the_first_of_january() -> None:
    found()
    amend(date(2027, 1, 1), {"quarter.first_month": "3"})
    amend(date(2027, 6, 1), {"quarter.first_month": "3"})  # no change
    with pytest.raises(QuarterMidYear):
        amend(date(2027, 7, 1), {"quarter.first_month": "1"})
    with pytest.raises(QuarterMidYear, match="2027-06-01"):
        amend(date(2027, 1, 1), {"quarter.first_month": "2"})
    assert str(selectors.quarter_on(date(2027, 2, 28))) == "2026-Q4"


def test_the_later_edition_of_the_same_day_holds() -> None:
    found()
    amend(date(2026, 8, 1), {"voting.days": "9"})
    amend(date(2026, 8, 1), {"voting.days": "10"})
    assert selectors.terms_on(date(2026, 8, 1)).voting_days == 10
    assert selectors.amendment_rows() == [(date(2026, 8, 1), "voting.days", "10")]


def test_a_later_edition_for_an_earlier_day_does_not_replace_what_follows() -> None:
    found()
    amend(date(2026, 9, 1), {"voting.days": "9"})
    amend(date(2026, 8, 1), {"voting.days": "10"})
    assert [selectors.terms_on(date(2026, month, 15)).voting_days for month in (7, 8, 9)] == [7, 10, 9]


def test_rows_go_out_as_they_came_in() -> None:
    found()
    summer()
    assert selectors.amendment_rows() == SUMMER


def test_another_zone_at_founding_goes_out_as_an_amendment() -> None:
    found(time_zone="Europe/Berlin")
    assert selectors.terms_on(date(2020, 1, 1)).time_zone.key == "Europe/Berlin"
    assert selectors.amendment_rows() == [(FOUNDED_ON, "group.time_zone", "Europe/Berlin")]


def test_rows_of_a_day_are_one_edition_and_no_key_stands_twice() -> None:
    day = date(2026, 8, 1)
    rows = [(day, "voting.days", "9"), (date(2026, 7, 1), "voting.days", "8"), (day, "notice.days", "3")]
    assert amendments.bundles(rows) == {
        date(2026, 7, 1): {"voting.days": "8"},
        day: {"voting.days": "9", "notice.days": "3"},
    }
    with pytest.raises(AmendedTwice, match=r"voting\.days.*2026-08-01"):
        amendments.bundles([*rows, (day, "voting.days", "9")])


@pytest.mark.parametrize("table", ["charter_edition", "charter_amendment"])
@pytest.mark.parametrize("attack", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_nothing_passed_is_changed_by_anybody(table: str, attack: str) -> None:
    found()
    amend(date(2026, 8, 1), {"voting.days": "9"})
    column = {"charter_edition": "act", "charter_amendment": "key"}[table]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(attack.format(table, column, column))


def test_the_database_numbers_editions_without_a_gap() -> None:
    found()
    for number in (1, 3):
        with pytest.raises(IntegrityError), transaction.atomic():
            Edition.objects.create(number=number, effective_on=FOUNDED_ON, act="sly", actor="sly")
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.create(number=2, effective_on=FOUNDED_ON, act="", actor="sly")


def test_founding_and_amending_are_the_only_services() -> None:
    own = {name for name, item in vars(editions).items() if callable(item) and item.__module__ == editions.__name__}
    public = {name for name in own if not name.startswith("_")}
    assert public == {"found", "amend"}
