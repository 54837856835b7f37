"""Numbers and dates: exact to the last digit, in both languages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from journal import writing

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 15, 10, tzinfo=SHANGHAI)
SOON = datetime(2026, 11, 20, 20, 0, tzinfo=SHANGHAI)


def read_back(text: str) -> Decimal:
    """The number that a reader sees."""
    return Decimal(text.replace(",", "").replace(writing.MINUS, "-"))


@given(st.integers(-(10**18), 10**18), st.sampled_from(["en", "zh-hans"]))
def test_an_amount_reads_back_to_the_very_same_micro_units(micro: int, language: str) -> None:
    with override(language):
        assert read_back(writing.amount(micro)) * 10**6 == micro
        assert read_back(writing.money(micro)) * 10**6 == micro


@given(st.integers(-(10**12), 10**12))
def test_an_amount_has_no_needless_digit_and_client_money_two_at_least(micro: int) -> None:
    assert not writing.amount(micro).partition(".")[2].endswith("0")
    assert len(writing.money(micro).partition(".")[2]) >= 2


@pytest.mark.parametrize(
    ("micro", "text"),
    [
        (1_320_000_000, "1,320"),
        (412_500_000, "412.5"),
        (1, "0.000001"),
        (-5_688_000_000, "−5,688"),
        (0, "0"),
        (999_999_999_999_999, "999,999,999.999999"),
    ],
)
def test_amounts(micro: int, text: str) -> None:
    assert writing.amount(micro) == text


def test_client_money_never_loses_what_is_behind_the_second_digit() -> None:
    assert [writing.money(micro) for micro in (240_000_000, 240_100_000, 240_123_456)] == [
        "240.00",
        "240.10",
        "240.123456",
    ]


def test_parts_of_a_sum_have_their_sign_and_a_space() -> None:
    assert [writing.signed(micro) for micro in (2_472_000_000, -5_688_000_000, 0)] == [
        "+\u00a02,472",
        "−\u00a05,688",
        "0",
    ]


@pytest.mark.parametrize(
    ("language", "hours", "share"), [("en", "62.5\u00a0h", "80\u00a0%"), ("zh-hans", "62.5\u00a0小时", "80%")]
)
def test_units_of_each_language(language: str, hours: str, share: str) -> None:
    with override(language):
        assert writing.hours(6250) == hours
        assert writing.share(Decimal("0.8")) == share


def test_a_share_without_end_stays_a_fraction_and_is_not_rounded() -> None:
    assert writing.share(Fraction(2, 3)) == "2/3"
    assert writing.share(Fraction(1, 8)) == "12.5\u00a0%"


@pytest.mark.parametrize(
    ("shape", "english", "chinese"),
    [
        ("full", "Fri 20 Nov, 20:00 (UTC+8)", "11月20日 周五 20:00（UTC+8）"),
        ("year", "Fri 20 Nov 2026, 20:00 (UTC+8)", "2026年11月20日 周五 20:00（UTC+8）"),
        ("seconds", "Fri 20 Nov 2026, 20:00:00 (UTC+8)", "2026年11月20日 周五 20:00:00（UTC+8）"),
        ("long", "Friday 20 November 2026, 20:00 (UTC+8)", "2026年11月20日 周五 20:00（UTC+8）"),
        ("short", "Fri 20 Nov, 20:00", "11月20日 周五 20:00"),
        ("time", "20:00 (UTC+8)", "20:00（UTC+8）"),
        (
            "near",
            "today 20:00 (UTC+8), in 4\u00a0h 50\u00a0min",
            "今天 20:00（UTC+8），还剩 4\u00a0小时 50\u00a0分",
        ),
    ],
)
def test_shapes_of_a_moment(shape: str, english: str, chinese: str) -> None:
    with override("en"):
        assert writing.moment(SOON, now=NOW, shape=shape) == english
    with override("zh-hans"):
        assert writing.moment(SOON, now=NOW, shape=shape) == chinese


@pytest.mark.parametrize(
    ("ahead", "text"),
    [
        (timedelta(hours=-7), "today 08:10 (UTC+8)"),
        (timedelta(), "today 15:10 (UTC+8)"),
        (timedelta(seconds=59), "today 15:10 (UTC+8), in under 1\u00a0min"),
        (timedelta(minutes=40), "today 15:50 (UTC+8), in 40\u00a0min"),
        (timedelta(hours=8), "today 23:10 (UTC+8), in 8\u00a0h"),
        (timedelta(hours=24), "tomorrow 15:10 (UTC+8), in 24\u00a0h"),
        (timedelta(hours=24, minutes=1), "Sat 21 Nov, 15:11 (UTC+8)"),
        (timedelta(hours=-16), "Thu 19 Nov, 23:10 (UTC+8)"),
        (timedelta(days=11), "Tue 1 Dec 2026, 15:10 (UTC+8)"),
        (timedelta(days=365), "Sat 20 Nov 2027, 15:10 (UTC+8)"),
    ],
)
def test_a_near_moment_says_how_long_only_within_a_day(ahead: timedelta, text: str) -> None:
    assert writing.moment(NOW + ahead, now=NOW, shape="near") == text


def test_the_month_is_compared_in_the_zone_of_the_moment() -> None:
    # In UTC it is still November, in Shanghai already December: the year may be left out.
    now = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
    assert writing.moment(datetime(2026, 12, 1, 9, 0, tzinfo=SHANGHAI), now=now) == "Tue 1 Dec, 09:00 (UTC+8)"


@pytest.mark.parametrize(
    ("zone", "name"),
    [("UTC", "UTC"), ("Asia/Kolkata", "UTC+5:30"), ("America/St_Johns", "UTC−3:30"), ("America/New_York", "UTC−5")],
)
def test_zone_names(zone: str, name: str) -> None:
    assert writing.zone_name(NOW.astimezone(ZoneInfo(zone))) == name


@pytest.mark.parametrize(
    ("language", "shape", "text"),
    [
        ("en", "day", "Sun 1 Mar"),
        ("en", "day_year", "Sun 1 Mar 2026"),
        ("en", "plain", "1 Mar"),
        ("en", "long", "Sunday 1 March 2026"),
        ("en", "month", "March 2026"),
        ("zh-hans", "day", "3月1日 周日"),
        ("zh-hans", "day_year", "2026年3月1日 周日"),
        ("zh-hans", "plain_year", "2026年3月1日"),
        ("zh-hans", "month", "2026年3月"),
    ],
)
def test_shapes_of_a_day(language: str, shape: str, text: str) -> None:
    with override(language):
        assert writing.day(date(2026, 3, 1), shape=shape) == text


def test_quarters() -> None:
    assert writing.quarter(2026, 4) == "Q4 2026"
    with override("zh-hans"):
        assert writing.quarter(2026, 4) == "2026 年第四季度"
