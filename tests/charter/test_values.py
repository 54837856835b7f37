"""Reading and writing values: exact, bounded, one writing for each, whatever is typed."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.refusals import OutOfBounds, UnreadableValue
from charter.rules import clauses, kinds, numbers
from charter.rules.kinds import Kind

DECIMALS = st.decimals(min_value=-(10**12), max_value=10**12, places=6, allow_nan=False, allow_infinity=False).map(
    lambda value: format(value, "f")
)
FRACTIONS = st.builds(lambda top, bottom: f"{top}/{bottom}", st.integers(-(10**11), 10**11), st.integers(1, 10**11))
WRITTEN = st.one_of(DECIMALS, DECIMALS.map(lambda text: text + "%"), FRACTIONS)


def exact(text: str) -> Fraction:
    """What a text means, worked out another way."""
    if "/" in text:
        top, bottom = text.split("/")
        return Fraction(int(top), int(bottom))
    return Fraction(text.rstrip("%")) / (100 if text.endswith("%") else 1)


@given(WRITTEN)
def test_a_number_means_exactly_what_is_written(text: str) -> None:
    assert numbers.parse(text) == exact(text)


@given(WRITTEN)
def test_the_one_writing_means_the_same_and_stays(text: str) -> None:
    once = numbers.canonical(text)
    assert numbers.parse(once) == exact(text)
    assert numbers.canonical(once) == once
    assert "%" in once or "%" not in text
    digits = once.rstrip("%").lstrip("-")
    assert "." not in digits or not digits.endswith(("0", "."))
    assert digits == "0" or not digits.startswith("00")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("61.37", "61.37"),
        ("061.370", "61.37"),
        ("100", "100"),
        ("0.50", "0.5"),
        ("-0", "0"),
        ("81.0%", "81%"),
        ("33.3%", "33.3%"),
        ("100%", "100%"),
        ("4/6", "2/3"),
        ("6/3", "2"),
        ("0/5", "0"),
    ],
)
def test_numbers_are_kept_as_written_without_needless_zeros(text: str, written: str) -> None:
    assert numbers.canonical(text) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "NaN",
        "inf",
        "1e3",
        "+1",
        "1,000",
        "1.",
        ".5",
        "1/0",
        "1/2%",
        "1/-2",
        "0x1",
        "٣",
        "1 000",
        "1" * 16,
        "--1",
        "%",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(UnreadableValue):
        numbers.parse(text)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_never_an_error(text: str) -> None:
    for key in ("stipend.member", "admission.threshold", "report.weekday", "group.time_zone", "voting.days"):
        parameter = clauses.first().parameter(key)
        try:
            written = kinds.canonical(parameter.kind, text)
            parameter.parse(written)
        except (UnreadableValue, OutOfBounds):
            continue
        assert kinds.canonical(parameter.kind, written) == written


# kind, what the specification allows with its stored value, what it does not
BOUNDS: list[tuple[str, list[tuple[str, object]], list[str]]] = [
    ("stipend.member", [("0", 0), ("415.5", 415_500_000), ("433.333333", 433_333_333)], ["-1", "-0.000001"]),
    ("pow.hourly_rate", [("60.00005", 60_000_050), ("121/2", 60_500_000)], ["-60"]),
    ("pow.lxp_share", [("0", Fraction(0)), ("1", Fraction(1)), ("100%", Fraction(1))], ["-1%", "100.1%", "4/3"]),
    ("lxp.per_u", [("1.000007", Fraction(1_000_007, 10**6)), ("1/3", Fraction(1, 3))], ["0", "-1"]),
    ("consulting.weekly_hours_max", [("168", 16_800), ("0.01", 1)], ["0", "168.01", "-1"]),
    ("voting.days", [("0", 0), ("365", 365)], ["-1", "366"]),
    ("admission.builder_months", [("0", 0), ("120", 120)], ["-1", "121"]),
    ("quarter.first_month", [("1", 1), ("3", 3)], ["0", "4"]),
]


@pytest.mark.parametrize(("key", "inside", "outside"), BOUNDS)
def test_bounds(key: str, inside: list[tuple[str, object]], outside: list[str]) -> None:
    parameter = clauses.first().parameter(key)
    assert [(text, parameter.parse(text)) for text, _value in inside] == inside
    for text in outside:
        with pytest.raises(OutOfBounds, match="is not in"):
            parameter.parse(text)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("stipend.member", "0.0000001"),
        ("pow.hourly_rate", "1/3"),
        ("consulting.weekly_hours_max", "1.005"),
        ("voting.days", "1.5"),
        ("quarter.first_month", "3/2"),
        ("admission.interview_required", "Yes"),
        ("admission.interview_required", "1"),
        ("report.weekday", "Sun"),
        ("group.time_zone", "Mars/Base"),
        ("group.time_zone", "localtime"),
        ("group.time_zone", "../etc/passwd"),
    ],
)
def test_what_a_kind_cannot_hold_is_refused(key: str, text: str) -> None:
    with pytest.raises(UnreadableValue):
        clauses.first().parameter(key).parse(text)


@pytest.mark.parametrize(
    ("kind", "text", "written"),
    [
        ("weekday", " sunday ", "Sunday"),
        ("choice", "no", "no"),
        ("time_zone", "Europe/Berlin", "Europe/Berlin"),
        ("threshold", "  share>=70.0%   of=cast  ", "share>=70% of=cast"),
        ("threshold", "unanimous", "unanimous"),
        ("money_per_hour", " 60.50 ", "60.5"),
    ],
)
def test_one_writing_of_each_kind(kind: Kind, text: str, written: str) -> None:
    assert kinds.canonical(kind, text) == written


def test_a_bound_is_told_as_the_charter_writes_it() -> None:
    parameters = clauses.first().parameters
    assert str(parameters["consulting.weekly_hours_max"].bounds) == "(0, 168]"
    assert str(parameters["pow.lxp_share"].bounds) == "[0, 1]"
    assert str(parameters["voting.days"].bounds) == "0..365"
