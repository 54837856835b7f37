"""What new words of a clause may be, and which words they may follow: rules without a database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.refusals import (
    MarkMissing,
    ReplacedUnnamed,
    TextMoved,
    TextUnchanged,
    TextWaits,
    UnknownClause,
    UnknownMark,
    UnwrittenText,
)
from charter.rules import clauses, rewordings
from charter.rules.rewordings import Rewording
from charter.rules.texts import Text, Texts, fingerprint
from journal.refusals import Refusal

MEMBER, SHARE, VOTE = "income.1.2.2/en", "income.2.1/en", "join.2.4/en"
NEW = "An ordinary member is paid {stipend.member} a month."
AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)


def read(key: str, text: str) -> Rewording:
    """One text, against whatever."""
    (item,) = rewordings.read({key: text}, {key: "0" * 64})
    return item


def follows(standing: Texts, key: str, text: str, day: date, replaces: str = "") -> None:
    """Whether a text may follow what stands; without a digest, against the latest."""
    named = replaces or standing.latest(key).digest
    rewordings.check(standing, rewordings.read({key: text}, {key: named}), day)


def passed(text: str, edition: int, day: date) -> Text:
    return Text("income.1.2.2", "en", text, edition, day)


def test_a_text_is_one_paragraph_in_one_writing() -> None:
    item = read(MEMBER, "  Cafe\u0301s pay\r\n\r\n {stipend.member}\u00a0 a   month. ")
    assert item.text == "Caf\u00e9s pay {stipend.member} a month."
    assert (item.clause, item.language, item.key) == ("income.1.2.2", "en", MEMBER)


def test_every_text_of_edition_1_is_in_this_writing_and_fits_its_clause() -> None:
    for clause in clauses.first().clauses:
        for language in clauses.LANGUAGES:
            assert read(f"{clause.id}/{language}", clause.text[language]).text == clause.text[language]


REFUSED: list[tuple[str, str, type[Refusal]]] = [
    ("income.9/en", "Words.", UnknownClause),
    ("income/en", "Words.", UnknownClause),
    ("why.1/fr", "Des mots.", UnknownClause),
    ("why.1", "Words.", UnknownClause),
    ("why.1/zh-hans", "字", UnknownClause),
    ("why.1/en", "", UnwrittenText),
    ("why.1/en", " \n ", UnwrittenText),
    ("why.1/en", "a" * 1001, UnwrittenText),
    ("why.1/en", "a\u202eb", UnwrittenText),
    ("why.1/en", "a\x00b", UnwrittenText),
    (MEMBER, "An ordinary member: 400 a month.", MarkMissing),
    (SHARE, "{consulting.individual_share} goes to the individuals.", MarkMissing),
    (SHARE, "{rest:consulting.individual_share} goes to the pool.", MarkMissing),
    ("why.1/en", "For {stipend.member} a month.", UnknownMark),
    ("why.1/en", "For {nothing}.", UnknownMark),
    (MEMBER, NEW + " {rest:stipend.member}", UnknownMark),
    (MEMBER, NEW + " {", UnknownMark),
    (MEMBER, NEW + " {{stipend.member}}", UnknownMark),
    (MEMBER, NEW + " {stipend.leader}", UnknownMark),
]


@pytest.mark.parametrize(("key", "text", "refusal"), REFUSED)
def test_what_no_clause_may_say(key: str, text: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        read(key, text)
    assert (type(refused.value), refused.value.field) == (refusal, key)


def test_a_thousand_characters_are_enough_and_marks_may_move_and_be_added() -> None:
    assert read("why.1/en", "a" * 1000)
    assert read(VOTE, "{admission.threshold} must be in favour within {voting.days}, {admission.threshold} of all.")


def test_each_text_names_what_it_replaces_and_nothing_else_is_named() -> None:
    for texts, replaces in (({MEMBER: NEW}, {}), ({}, {MEMBER: "0" * 64}), ({MEMBER: NEW}, {SHARE: "0" * 64})):
        with pytest.raises(ReplacedUnnamed):
            rewordings.read(texts, replaces)


def test_texts_come_in_the_order_of_the_charter() -> None:
    words = {"income.1.2.3/zh-Hans": "按 POW。", "income.1.2.3/en": "By POW.", "why.1/en": "Advice."}
    assert [item.key for item in rewordings.read(words, dict.fromkeys(words, "0" * 64))] == [
        "why.1/en", "income.1.2.3/en", "income.1.2.3/zh-Hans",
    ]  # fmt: skip
    assert rewordings.alone(rewordings.read(words, dict.fromkeys(words, "0" * 64))) == [("why.1", "zh-Hans")]


def test_a_text_follows_the_one_it_was_written_against() -> None:
    first = Texts().latest(MEMBER).digest
    standing = Texts.of([passed(NEW, 2, AUGUST)])
    follows(Texts(), MEMBER, NEW, AUGUST)
    follows(standing, MEMBER, NEW + " More.", AUGUST)
    with pytest.raises(TextMoved, match="An ordinary member is paid") as refused:
        follows(standing, MEMBER, NEW + " More.", AUGUST, replaces=first)
    assert (refused.value.status, refused.value.clause) == (409, "income.1.2.2")


def test_what_waits_for_its_day_is_what_is_replaced_and_nobody_overtakes_it() -> None:
    standing = Texts.of([passed(NEW, 2, SEPTEMBER)])
    with pytest.raises(TextMoved):
        follows(standing, MEMBER, "Paid {stipend.member}.", AUGUST, replaces=Texts().latest(MEMBER).digest)
    with pytest.raises(TextWaits, match="Tue 1 Sep 2026"):
        follows(standing, MEMBER, "Paid {stipend.member}.", date(2026, 8, 31))
    follows(standing, MEMBER, "Paid {stipend.member}.", SEPTEMBER)


def test_the_same_words_again_are_refused() -> None:
    with pytest.raises(TextUnchanged, match=r"§\s7\.1\.2\.2 in English"):
        follows(Texts(), MEMBER, f" {Texts().latest(MEMBER).text} ", AUGUST)


def test_a_clause_reads_on_each_day_what_had_taken_effect() -> None:
    standing = Texts.of([passed("Third {stipend.member}.", 3, SEPTEMBER), passed(NEW, 2, AUGUST)])
    days = (date(2026, 7, 31), AUGUST, date(2026, 8, 31), SEPTEMBER)
    assert [standing.held_on(day)[MEMBER].edition for day in days] == [1, 2, 2, 3]
    assert [item.edition for item in standing.line(MEMBER)] == [1, 2, 3]
    assert standing.before(3, SEPTEMBER)[MEMBER].text == NEW
    named = standing.named(MEMBER, fingerprint("income.1.2.2", "en", NEW))
    assert named is not None
    assert named.edition == 2
    assert standing.named(MEMBER, "0" * 64) is None


MOVES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 5)), max_size=12)


@given(MOVES)
def test_whatever_is_tried_each_text_that_passes_follows_the_one_before(moves: list[tuple[int, int, int]]) -> None:
    """(which words, against which of those before, from which day on) by many who do not know of each other."""
    standing = Texts()
    for edition, (words, against, day) in enumerate(moves, start=2):
        line, begins_on = standing.line(MEMBER), date(2026, 8, 1 + day)
        named = line[min(against, len(line) - 1)]
        (item,) = rewordings.read({MEMBER: f"{words}: {{stipend.member}}."}, {MEMBER: named.digest})
        latest = line[-1]
        fits = named.digest == latest.digest != item.digest and (latest.since is None or latest.since <= begins_on)
        try:
            rewordings.check(standing, [item], begins_on)
        except (TextMoved, TextUnchanged, TextWaits):
            assert not fits
            continue
        assert fits
        standing = Texts.of([*standing.passed, item.passed(edition, begins_on)])
        assert standing.latest(MEMBER).edition == edition
    days = [standing.held_on(date(2026, 8, day))[MEMBER].edition for day in range(1, 12)]
    assert days == sorted(days)
    assert days[-1] == standing.latest(MEMBER).edition
