"""Two at once: one group, editions that follow each other, and the lock that makes it so."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from charter import selectors
from charter.models import Edition, Group
from charter.rules import amendments, rewordings
from charter.rules.rewordings import Rewording
from charter.rules.terms import Timeline
from charter.rules.texts import Texts
from charter.services import editions
from tests.charter.history import AT, amend, bundle, found
from tests.races import PATIENCE, at_once

pytestmark = pytest.mark.committed
WRITERS = 8
DAY = date(2026, 8, 1)


def test_of_many_founders_one_founds(committed_db: str) -> None:
    outcomes = at_once(*[found] * WRITERS)
    assert sorted(outcomes) == [*["GroupExists"] * (WRITERS - 1), "done"]
    assert list(Edition.objects.values_list("number", flat=True)) == [1]


def test_editions_that_race_are_numbered_without_a_gap(committed_db: str) -> None:
    found()
    acts = [lambda days=days: amend(DAY, {"voting.days": str(days)}) for days in range(WRITERS)]
    assert at_once(*acts) == ["done"] * WRITERS
    assert sorted(Edition.objects.values_list("number", flat=True)) == list(range(1, WRITERS + 2))
    assert len(selectors.amendment_rows()) == 1


def test_two_amendments_that_cross_each_other_are_not_both_passed(committed_db: str) -> None:
    found()
    outcomes = at_once(
        lambda: amend(DAY, {"consulting.rate_min": "150"}), lambda: amend(DAY, {"consulting.rate_max": "120"})
    )
    assert sorted(outcomes) == ["RatesCrossed", "done"]


def test_without_the_lock_it_goes_wrong(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found()
    together = Barrier(2)
    check = amendments.check

    def wait_and_check(timeline: Timeline) -> None:
        check(timeline)
        together.wait(PATIENCE)

    monkeypatch.setattr(amendments, "check", wait_and_check)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self: self.all())
    outcomes = at_once(
        lambda: amend(DAY, {"consulting.rate_min": "150"}), lambda: amend(DAY, {"consulting.rate_max": "120"})
    )
    # Both thought they were edition 2 and within the rates: only the number's own constraint still stops one.
    assert sorted(outcomes) == ["IntegrityError", "done"]


def test_with_the_lock_nobody_checks_beside_another(committed_db: str) -> None:
    found()
    with transaction.atomic():
        Group.objects.select_for_update().get()
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(_amend_within, 200)
            assert waiting.result() == "lock timeout"


def _amend_within(milliseconds: int) -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{milliseconds}ms"])
        amend(DAY, {"voting.days": "9"})
    except Exception as error:
        return "lock timeout" if "lock timeout" in str(error) else repr(error)
    finally:
        connection.close()
    return "done"


KEY = "why.1/en"


def race_for_a_clause() -> list[str]:
    """Two editions, both written against edition 1's words, at once; editions keep their numbers apart."""
    texts = [bundle({KEY: text}) for text in ("One.", "Other.")]
    return at_once(
        *[
            lambda new=new: editions.amend(changes={}, texts=new, effective_on=DAY, act="x", by="x", at=AT)
            for new in texts
        ]
    )


def test_of_two_texts_of_one_clause_the_second_is_told_that_it_moved(committed_db: str) -> None:
    found()
    assert sorted(race_for_a_clause()) == ["TextMoved", "done"]
    assert selectors.texts().latest(KEY).edition == 2


def test_without_comparing_what_is_replaced_words_are_lost(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found()
    monkeypatch.setattr(rewordings, "check", lambda *_: None)
    # The trigger of the table stops it; with that off too, the second takes the place of words it never saw.
    assert sorted(race_for_a_clause()) == ["IntegrityError", "done"]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE charter_clausetext DISABLE TRIGGER charter_clausetext_follows")
    editions.amend(changes={}, texts=_against_edition_1("Third."), effective_on=DAY, act="x", by="x", at=AT)
    assert [item.edition for item in selectors.texts().line(KEY)] == [1, 2, 3]
    assert selectors.texts().latest(KEY).text == "Third."


def test_without_the_lock_both_texts_think_they_are_next(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found()
    together, check = Barrier(2), rewordings.check

    def wait_and_check(*args: Any) -> None:
        check(*args)
        together.wait(PATIENCE)

    monkeypatch.setattr(rewordings, "check", wait_and_check)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self: self.all())
    assert sorted(race_for_a_clause()) == ["IntegrityError", "done"]


def _against_edition_1(text: str) -> tuple[Rewording, ...]:
    return rewordings.read({KEY: text}, {KEY: Texts().latest(KEY).digest})
