"""What changed between two texts, as a reader would mark it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.rules import comparing
from charter.rules.comparing import Piece, words

TEXTS = st.text(alphabet="ab 字\n.。", max_size=30)
LONG = "".join(f"第{number}条的内容不变。" for number in range(100))


@given(TEXTS, TEXTS, st.sampled_from([0, 4, 20, comparing.PAIRS_MOST]))
def test_both_texts_can_be_read_from_the_pieces(old: str, new: str, pairs_most: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(comparing, "PAIRS_MOST", pairs_most)
        pieces = words(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new


@given(TEXTS, TEXTS)
def test_no_space_alone_divides_what_changed(old: str, new: str) -> None:
    inner = words(old, new)[1:-1]
    assert not [piece for piece in inner if piece.kind == "same" and not piece.text.strip()]


def test_words_that_changed_together_stand_together() -> None:
    assert words("A small pipeline with tests.", "Two years with tests.") == (
        Piece("removed", "A small pipeline"),
        Piece("added", "Two years"),
        Piece("same", " with tests."),
    )


def test_one_word_in_a_sentence_is_marked_alone() -> None:
    assert words("300 hours a year", "400 hours a year") == (
        Piece("removed", "300"),
        Piece("added", "400"),
        Piece("same", " hours a year"),
    )


def test_a_full_stop_is_no_part_of_its_word_and_a_number_stays_whole() -> None:
    assert words("rich practice.", "rich practice, shown.") == (
        Piece("same", "rich practice"),
        Piece("added", ", shown"),
        Piece("same", "."),
    )
    assert words("1,200 (U+LXP).", "1,300 (U+LXP).") == (
        Piece("removed", "1,200"),
        Piece("added", "1,300"),
        Piece("same", " (U+LXP)."),
    )


def test_chinese_is_compared_sign_by_sign() -> None:
    assert words("经验丰富。", "经验丰富，并附链接。") == (
        Piece("same", "经验丰富"),
        Piece("added", "，并附链接"),
        Piece("same", "。"),
    )


def test_in_a_long_text_the_changed_word_is_marked_alone() -> None:
    assert words(LONG, LONG.replace("第50条的内容", "第50条的文字")) == (
        Piece("same", LONG.partition("第50条的")[0] + "第50条的"),
        Piece("removed", "内容"),
        Piece("added", "文字"),
        Piece("same", "不变。" + LONG.partition("第50条的内容不变。")[2]),
    )


def test_no_text_keeps_a_page_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pairs of words that are compared stay few, whatever a member writes; a limit of none compares millions."""
    compared, matched = [0], comparing._matched

    def counted(before: list[str], after: list[str]) -> object:
        compared[0] = max(compared[0], len(before) * len(after))
        return matched(before, after)

    monkeypatch.setattr(comparing, "_matched", counted)
    for unit in ("字", "字字字字。", "a ", "。", "\n"):
        old = (unit * 4000)[:4000]
        assert "".join(piece.text for piece in words(old, "x" + old) if piece.kind != "removed") == "x" + old
    assert 0 < compared[0] <= comparing.PAIRS_MOST
    monkeypatch.setattr(comparing, "PAIRS_MOST", 10**6)
    words("字" * 999, "x" + "字" * 999)
    assert compared[0] == 999 * 1000
