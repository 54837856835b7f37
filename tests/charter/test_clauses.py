"""Edition 1: complete in both languages, every setting typed, every mark leads to a setting."""

import re
import typing
from datetime import date

import pytest

from charter.refusals import UnknownSetting
from charter.rules import clauses, number, numbering, reading, wording
from charter.rules.terms import Terms, Timeline
from tests.charter.founding import CLAUSES, SETTINGS

HAN = re.compile(r"[\u4e00-\u9fff]")
EDITION = clauses.first()
VALUES = {key: item.value for key, item in EDITION.parameters.items()}


def test_every_clause_stands_there_in_order_and_nothing_else() -> None:
    assert [clause.id for clause in EDITION.clauses if not clause.heading] == CLAUSES


def test_every_clause_is_written_in_both_languages() -> None:
    for clause in EDITION.clauses:
        for words in (clause.text, clause.reading):
            if words is not None:
                assert set(words) == set(clauses.LANGUAGES)
                assert not HAN.search(words["en"]), clause.id
                assert HAN.search(words["zh-Hans"]), clause.id


def test_every_setting_is_as_the_charter_gives_it() -> None:
    assert [(item.key, item.basis, item.clause) for item in EDITION.parameters.values()] == [
        (key, basis, clause) for key, _value, basis, clause in SETTINGS
    ]
    for key, value, _basis, _clause in SETTINGS:
        assert EDITION.parameter(key).parse(value) == EDITION.parameter(key).parse(VALUES[key]), key


def test_every_silent_setting_says_what_the_charter_does_not() -> None:
    for item in EDITION.parameters.values():
        assert HAN.search(item.label["zh-Hans"])
        assert not HAN.search(item.label["en"])
        assert (item.note is not None) == (item.basis == "silent"), item.key
        assert item.note is None or HAN.search(item.note["zh-Hans"])


def test_every_said_setting_is_marked_in_its_clause_in_both_languages() -> None:
    for clause in EDITION.clauses:
        english, chinese = (sorted(re.findall(r"\{([^}]+)\}", clause.text[own])) for own in clauses.LANGUAGES)
        assert english == chinese, clause.id
    for item in EDITION.parameters.values():
        if item.basis == "said":
            assert item.clause is not None
            assert item.key in clauses.keys_in(EDITION.clause(item.clause).text["en"]), item.key


def test_terms_carry_every_setting_in_its_type() -> None:
    terms = Timeline().terms_on(date(2026, 11, 20))
    hints = typing.get_type_hints(Terms)
    assert {item.attribute for item in EDITION.parameters.values()} == set(hints) - {"edition", "effective_on"}
    for item in EDITION.parameters.values():
        assert type(getattr(terms, item.attribute)) is hints[item.attribute], item.key


@pytest.mark.parametrize(
    ("identifier", "shown"),
    [("why.1", "1.1"), ("duty.1.8.1", "2.1.8.1"), ("req.1.a", "3.1.a"), ("join.2.4", "4.2.4"), ("income", "7")],
)
def test_numbers_follow_the_chapters(identifier: str, shown: str) -> None:
    assert number(identifier) == shown


def test_numbers_lead_back_to_their_clause() -> None:
    assert [clauses.by_number(number(clause.id)) for clause in EDITION.clauses] == [item.id for item in EDITION.clauses]
    assert tuple(chapter.id for chapter in EDITION.chapters) == numbering.CHAPTERS
    assert [chapter.number for chapter in EDITION.chapters] == [1, 2, 3, 4, 5, 6, 7]


def test_an_unknown_setting_is_refused_by_name() -> None:
    with pytest.raises(UnknownSetting, match=r"stipend\.king"):
        EDITION.parameter("stipend.king")


def test_values_stand_in_the_sentence_of_both_languages() -> None:
    text, values = EDITION.clause("income.2.1").text, VALUES | {"consulting.individual_share": "81%"}
    english, chinese = (reading.said_in(tongue, text[tongue], values) for tongue in clauses.LANGUAGES)
    assert (
        str(english) == "Of outside projects’ income 81\u00a0% goes to the individuals, 19\u00a0% to the group’s pool."
    )
    assert str(chinese) == "外部项目的收入，81% 归个人，19% 归小组资金池。"
    assert [part.key for part in english.parts if part.key] == ["consulting.individual_share"] * 2


@pytest.mark.parametrize(
    ("key", "value", "english", "chinese"),
    [
        ("stipend.member", "1415.5", "1,415.5 (U+LXP) a month", "每月 1,415.5（U+LXP）"),
        ("voting.days", "1", "1\u00a0day", "1\u00a0天"),
        ("voting.days", "2", "2\u00a0days", "2\u00a0天"),
        ("report.weekday", "Monday", "Monday", "周一"),
        ("quarter.first_month", "3", "March", "3月"),
        ("stipend.lxp_share", "1/3", "1/3", "1/3"),
        ("lxp.per_u", "1.000007", "1.000007\u00a0LXP for 1\u00a0U", "1\u00a0U 折合 1.000007\u00a0LXP"),
        (
            "admission.threshold",
            "unanimous",
            "100\u00a0% of all members, everybody voting",
            "全体成员的 100%，每位成员都须投票",
        ),
        (
            "budget.threshold",
            "share>=40% against=2",
            "at least 40\u00a0% of all members, each vote against takes away 2 in favour",
            "不少于全体成员的 40%，每张反对票抵消 2 张赞成票",
        ),
        (
            "budget.threshold",
            "share>1/2 of=cast against<=2 turnout>=2/3",
            "more than 50\u00a0% of the votes cast, at most 2 against, at least 2/3 of all members voting",
            "超过已投票数的 50%，反对票不超过 2 张，投票人数不少于全体成员的 2/3",
        ),
    ],
)
def test_values_in_words(key: str, value: str, english: str, chinese: str) -> None:
    parameter = EDITION.parameter(key)
    assert wording.table_value(parameter, value, "en") == english
    assert wording.table_value(parameter, value, "zh-Hans") == chinese
