"""The rules of joining, leading and deciding, at the rules themselves."""

import calendar
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from charter.rules.terms import Change, Timeline
from journal.refusals import Refusal
from members.models import Member
from members.refusals import applications as no
from members.refusals import people as not_people
from members.rules import answers, handles, interviews, wallets
from members.rules.admission import Facts, builder_long_enough_on, ready_for_proposal
from members.rules.deciding import Deciders
from members.rules.months import months_after
from tests.cast import ANSWERS, DAY

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
TERMS = Timeline.of([]).terms_on(DAY)
READY = Facts(
    submitted=True,
    ended=False,
    criteria=("req.1.b",),
    builder_since=date(2026, 9, 28),
    builder_confirmed=True,
    interviews=1,
)


def whole(**changes: Any) -> answers.Answers:
    links = [answers.Link(**item) for item in ANSWERS["evidence"]]
    return answers.Answers(**({**ANSWERS, "evidence": links} | changes))


def codes(found: Any) -> list[tuple[str, str | None]]:
    return [(one.code, one.field) for one in found]


@given(DAYS, st.integers(0, 120))
@example(date(2024, 1, 31), 1)
@example(date(2024, 2, 29), 12)
def test_a_month_later_is_the_same_day_number_or_the_last_day(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    last = calendar.monthrange(later.year, later.month)[1]
    assert later.day == min(day.day, last)
    assert later.day == day.day or later.day == last < day.day


@given(DAYS, DAYS, st.integers(0, 36))
def test_who_was_a_builder_earlier_may_join_no_later(one: date, other: date, months: int) -> None:
    first, second = sorted((one, other))
    assert builder_long_enough_on(first, months) <= builder_long_enough_on(second, months)


@pytest.mark.parametrize(
    ("since", "enough"),
    [
        ("2026-01-31", "2026-02-28"),
        ("2024-01-31", "2024-02-29"),
        ("2026-01-28", "2026-02-28"),
        ("2026-10-20", "2026-11-20"),
        ("2026-12-31", "2027-01-31"),
        ("2026-03-31", "2026-04-30"),
    ],
)
def test_the_day_before_a_month_is_over_is_too_early(since: str, enough: str) -> None:
    facts = replace(READY, builder_since=date.fromisoformat(since))
    day = date.fromisoformat(enough)
    assert ready_for_proposal(facts, TERMS, day) == []
    (refused,) = ready_for_proposal(facts, TERMS, day - timedelta(days=1))
    assert (refused.code, refused.clause) == ("builder-too-new", "join.1")
    assert str(day.day) in str(refused)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, []),
        ({"submitted": False}, ["not-submitted"]),
        ({"ended": True, "submitted": False}, ["application-ended"]),
        ({"criteria": ()}, ["criterion-missing"]),
        ({"criteria": ("req.1.z",)}, ["criterion-missing"]),
        ({"builder_since": None, "builder_confirmed": False}, ["builder-since-missing"]),
        ({"builder_confirmed": False}, ["builder-unconfirmed"]),
        ({"interviews": 0}, ["interview-missing"]),
        ({"interviews": 0, "builder_confirmed": False, "criteria": ()}, 3),
    ],
)
def test_each_thing_that_is_missing_is_named(changes: dict[str, Any], missing: Any) -> None:
    found = [refused.code for refused in ready_for_proposal(replace(READY, **changes), TERMS, DAY)]
    assert found == missing or len(found) == missing


def test_the_charter_decides_about_months_and_interview() -> None:
    amended = Timeline.of(
        [
            Change(date(2026, 1, 1), 2, "admission.builder_months", "3"),
            Change(date(2026, 1, 1), 2, "admission.interview_required", "no"),
        ]
    ).terms_on(DAY)
    found = ready_for_proposal(replace(READY, interviews=0), amended, DAY)
    assert [refused.code for refused in found] == ["builder-too-new"]


@pytest.mark.parametrize("handle", ["lin", "a1", "a-b-c", "x" * 31, "z9"])
def test_handles(handle: str) -> None:
    assert handles.check(handle) == handle


@pytest.mark.parametrize(
    "handle", ["", "a", "A1", "1a", "-a", "a_b", "a b", "x" * 32, "é1", "lin\n", "a.b", "a/b", "ａｂ"]
)
def test_what_is_no_handle(handle: str) -> None:
    with pytest.raises(not_people.BadHandle):
        handles.check(handle)


@pytest.mark.parametrize("handle", ["pool", "system"])
def test_the_ledgers_own_names_are_kept(handle: str) -> None:
    with pytest.raises(not_people.ReservedHandle):
        handles.check(handle)


@given(st.emails())
def test_a_suggested_handle_is_one_or_nothing(email: str) -> None:
    found = handles.suggest(email)
    assert found == "" or handles.check(found) == found


@pytest.mark.parametrize(
    "wallet",
    [
        "",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    ],
)
def test_wallets_by_eip_55(wallet: str) -> None:
    assert wallets.check(wallet) == wallet


@pytest.mark.parametrize(
    "wallet",
    [
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
        "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0X5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaedd",
        "0xg" + "0" * 39,
        "vitalik.eth",
        " 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
    ],
)
def test_what_is_no_wallet(wallet: str) -> None:
    with pytest.raises(not_people.BadWallet):
        wallets.check(wallet)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"name": "  "}, [("name-missing", "name")]),
        ({"handle": "No"}, [("bad-handle", "handle")]),
        ({"builder_since": None}, [("builder-since-missing", "builder_since")]),
        ({"builder_since": DAY + timedelta(days=1)}, [("builder-since-future", "builder_since")]),
        ({"criteria": ()}, [("criterion-missing", "criteria")]),
        ({"criteria": ("req.2",)}, [("unknown-criterion", "criteria")]),
        ({"criteria": ("req.1.c",), "experience": {}}, []),
        ({"evidence": []}, [("evidence-missing", "evidence.0.url")]),
        ({"evidence": [answers.Link("https://a.example", "")]}, [("evidence-unexplained", "evidence.0.shows")]),
        ({"evidence": [answers.Link(), answers.Link("ftp://a.example", "x")]}, [("evidence-link", "evidence.1.url")]),
        ({"evidence": [answers.Link("https://a.example", "x")] * 6}, []),
        ({"evidence": [answers.Link("https://a.example", "x")] * 7}, [("evidence-too-much", "evidence")]),
        ({"project": ""}, [("project-missing", "project")]),
        ({"project": "x" * 2001}, [("text-too-long", "project")]),
        ({"open_source": " "}, [("open-source-missing", "open_source")]),
        ({"communication": ""}, [("communication-missing", "communication")]),
        ({"weekly_hours_centi": None}, [("hours-out-of-bounds", "weekly_hours")]),
        ({"weekly_hours_centi": 49}, [("hours-out-of-bounds", "weekly_hours")]),
        ({"weekly_hours_centi": 50}, []),
        ({"weekly_hours_centi": 6000}, []),
        ({"weekly_hours_centi": 6001}, [("hours-out-of-bounds", "weekly_hours")]),
    ],
)  # fmt: skip
def test_every_answer_by_itself(changes: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert codes(answers.problems(whole(**changes), DAY)) == found


@pytest.mark.parametrize(
    ("criterion", "month", "year", "code", "part"),
    [
        ("req.1.b", "", "", "experience-unreadable", "month"),
        ("req.1.b", "0", "2020", "experience-unreadable", "month"),
        ("req.1.b", "13", "2020", "experience-unreadable", "month"),
        ("req.1.b", "٣", "2020", "experience-unreadable", "month"),
        ("req.1.b", "3", "21", "experience-unreadable", "year"),
        ("req.1.b", "3", "2027", "experience-unreadable", "year"),
        ("req.1.b", "12", "2024", "experience-too-short", "month"),
        ("req.1.b", "11", "2024", "", ""),
        ("req.1.a", "12", "2021", "experience-too-short", "month"),
        ("req.1.a", "11", "2021", "", ""),
        ("req.1.c", "", "", "", ""),
    ],
)
def test_experience_in_whole_months(criterion: str, month: str, year: str, code: str, part: str) -> None:
    typed = whole(criteria=(criterion,), experience={criterion: {"month": month, "year": year}})
    expected = [(code, f"experience.{criterion}.{part}")] if code else []
    assert codes(answers.problems(typed, DAY)) == expected


def test_an_empty_application_lists_everything_in_the_order_of_the_pages() -> None:
    found = [field for _code, field in codes(answers.problems(answers.Answers(), DAY))]
    assert found == [
        "name", "handle", "builder_since", "criteria", "evidence.0.url",
        "project", "open_source", "communication", "weekly_hours",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://a.example/x?y=1#z", True),
        ("http://a.example", True),
        ("HTTPS://a.example", True),
        ("https://", False),
        ("https://localhost/", False),
        ("https://a.example/" + "x" * 500, False),
        ("https://me:secret@a.example/", False),
        ("javascript:alert(1)", False),
        ("https://a.example/\n", False),
        ("https://[::1", False),
        ("//a.example", False),
        ("a.example", False),
        ("https://.", False),
    ],
)
def test_links(url: str, good: bool) -> None:
    assert answers.is_link(url) is good


@given(st.text(max_size=30))
def test_any_text_can_be_quoted_in_a_link_and_none_breaks_the_check(text: str) -> None:
    link = f"https://a.example/{quote(text, safe='')}"
    assert answers.is_link(link)
    assert not answers.is_link(f"{link} {text}")
    # What comes of these depends on the text; that it comes at all does not.
    answers.is_link(text)
    answers.is_link(f"https://{text}")


def record(**changes: Any) -> list[tuple[str, str | None]]:
    told: dict[str, Any] = {
        "held_on": DAY,
        "minutes": 50,
        "interviewers": 1,
        "answers": dict.fromkeys(interviews.KEYS, "Well"),
        "summary": "Good.",
        "today": DAY,
    }
    return codes(interviews.problems(**(told | changes)))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"held_on": DAY + timedelta(days=1)}, ("interview-unreadable", "held_on")),
        ({"minutes": 4}, ("interview-unreadable", "minutes")),
        ({"minutes": 481}, ("interview-unreadable", "minutes")),
        ({"interviewers": 0}, ("interview-unreadable", "interviewers")),
        (
            {"answers": dict.fromkeys(interviews.KEYS[1:], "x")},
            ("interview-unanswered", f"answers.{interviews.KEYS[0]}"),
        ),
        ({"answers": dict.fromkeys((*interviews.KEYS, "shoe-size"), "x")}, ("unknown-question", None)),
        ({"summary": ""}, ("interview-unreadable", "summary")),
        ({"summary": "x" * 4001}, ("text-too-long", "summary")),
    ],
)
def test_an_interview_follows_the_template(changes: dict[str, Any], said: tuple[str, str | None]) -> None:
    assert record() == []
    assert record(**changes) == [said]


LEADER, DEPUTY, OTHER = (Member(pk=number, handle=name) for number, name in enumerate(("lin", "bo", "chen"), start=1))


def test_who_decides_whose_claims() -> None:
    deciders = Deciders(LEADER, DEPUTY)
    allowed = {
        (one.handle, other.handle)
        for one, other in product((LEADER, DEPUTY, OTHER), repeat=2)
        if deciders.may_decide(one, other)
    }
    assert allowed == {("lin", "bo"), ("lin", "chen"), ("bo", "lin")}


def test_without_a_deputy_any_other_member_decides_the_leaders_claims() -> None:
    deciders = Deciders(LEADER)
    assert deciders.named_for(LEADER) is None
    assert [deciders.may_decide(one, LEADER) for one in (LEADER, DEPUTY, OTHER)] == [False, True, True]
    assert [deciders.may_decide(one, OTHER) for one in (LEADER, DEPUTY, OTHER)] == [True, False, False]


def test_without_a_leader_nobody_decides() -> None:
    assert not any(Deciders(None, DEPUTY).may_decide(one, other) for one, other in product((DEPUTY, OTHER), repeat=2))


def all_refusals() -> list[type[Refusal]]:
    modules = (no, not_people)
    return [
        item
        for module in modules
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, Refusal) and item.__module__ == module.__name__
    ]


def test_every_refusal_has_its_own_code_and_a_status_that_pages_know() -> None:
    found = all_refusals()
    assert len({item.code for item in found}) == len(found)
    assert {item.status for item in found} <= {403, 409, 422}
