"""The terms of a day: the latest change up to it holds, told in the group's own days."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from charter.rules.terms import Change, Held, Timeline

DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 20))
CHANGES = st.lists(
    st.builds(
        Change, DAYS, st.integers(2, 9), st.sampled_from(["voting.days", "notice.days"]), st.integers(0, 365).map(str)
    ),
    max_size=12,
    unique_by=lambda change: (change.edition, change.key),
)


@given(CHANGES, DAYS)
def test_the_change_with_the_highest_day_and_edition_holds(changes: list[Change], day: date) -> None:
    terms = Timeline.of(changes).terms_on(day)
    for key, value, default in (("voting.days", terms.voting_days, 7), ("notice.days", terms.notice_days, 5)):
        past = [item for item in changes if item.key == key and item.effective_on <= day]
        latest = max(past, key=lambda item: (item.effective_on, item.edition), default=None)
        assert value == (int(latest.value) if latest else default)


@given(CHANGES, DAYS, st.integers(0, 25))
def test_periods_cover_every_day_once_with_its_terms(changes: list[Change], first_on: date, length: int) -> None:
    timeline = Timeline.of(changes)
    last_on = first_on + timedelta(days=length)
    days = [
        (period.first_on + timedelta(days=offset), period.terms)
        for period in timeline.periods(first_on, last_on)
        for offset in range((period.last_on - period.first_on).days + 1)
    ]
    expected = [first_on + timedelta(days=offset) for offset in range(length + 1)]
    assert days == [(day, timeline.terms_on(day)) for day in expected]


@given(CHANGES, DAYS)
def test_history_tells_the_same_as_the_terms(changes: list[Change], day: date) -> None:
    timeline = Timeline.of(changes)
    held = [item for item in timeline.history("voting.days") if item.since is None or item.since <= day]
    assert held[-1] == timeline.held_on(day)["voting.days"]


def test_a_span_that_ends_before_it_begins_has_no_periods() -> None:
    assert Timeline().periods(date(2026, 1, 2), date(2026, 1, 1)) == []


def test_terms_name_the_edition_that_holds() -> None:
    timeline = Timeline.of(
        [
            Change(date(2026, 3, 1), 3, "voting.days", "9"),
            Change(date(2026, 3, 1), 2, "notice.days", "3"),
            Change(date(2026, 2, 1), 4, "stipend.lxp_share", "1/3"),
        ]
    )
    assert (timeline.terms_on(date(2026, 1, 31)).edition, timeline.terms_on(date(2026, 1, 31)).effective_on) == (
        1,
        None,
    )
    assert timeline.terms_on(date(2026, 2, 1)).edition == 4
    assert timeline.terms_on(date(2026, 2, 1)).stipend_lxp_share == Fraction(1, 3)
    assert timeline.terms_on(date(2026, 3, 1)).edition == 3
    assert timeline.terms_on(date(2026, 3, 1)).effective_on == date(2026, 3, 1)


def test_a_threshold_is_found_by_its_key() -> None:
    terms = Timeline().terms_on(date(2026, 1, 1))
    assert terms.threshold("admission.threshold").unanimous
    assert terms.threshold("election.threshold") == terms.election_threshold


def test_what_another_edition_replaced_on_its_day_never_held() -> None:
    timeline = Timeline.of(
        [Change(date(2026, 3, 1), 2, "voting.days", "9"), Change(date(2026, 3, 1), 3, "voting.days", "10")]
    )
    assert timeline.history("voting.days") == [Held("7", None, 1), Held("10", date(2026, 3, 1), 3)]


def test_a_day_is_a_day_in_the_groups_zone() -> None:
    late = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    assert Timeline().day_of(late) == date(2026, 11, 21)
    assert Timeline(zone="America/New_York").day_of(late) == date(2026, 11, 20)


def test_a_new_zone_begins_at_its_own_midnight_and_no_day_is_lost() -> None:
    timeline = Timeline.of([Change(date(2026, 7, 10), 2, "group.time_zone", "America/Los_Angeles")])
    midnight_there = datetime(2026, 7, 10, 7, 0, tzinfo=UTC)
    assert timeline.day_of(midnight_there - timedelta(seconds=1)) == date(2026, 7, 10)  # still Shanghai
    assert timeline.day_of(midnight_there) == date(2026, 7, 10)
    assert timeline.day_of(midnight_there + timedelta(hours=24)) == date(2026, 7, 11)


@given(st.sampled_from(["America/Los_Angeles", "Europe/Berlin", "Pacific/Auckland", "Pacific/Kiritimati", "UTC"]))
def test_days_never_run_backwards_over_a_change_of_zone(zone: str) -> None:
    timeline = Timeline.of([Change(date(2026, 7, 10), 2, "group.time_zone", zone)])
    begin = datetime(2026, 7, 8, tzinfo=UTC)
    days = [timeline.day_of(begin + timedelta(hours=hour)) for hour in range(96)]
    assert days == sorted(days)
    assert set(days) == {date(2026, 7, 8) + timedelta(days=offset) for offset in range((days[-1] - days[0]).days + 1)}
