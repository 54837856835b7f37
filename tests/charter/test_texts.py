"""Clause texts in the database: one edition with the settings, in the journal, on the page of a day, never changed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from charter import registry, selectors
from charter.acts import Amend
from charter.models import Amendment, ClauseText, Edition
from charter.refusals import NothingToAmend, OutOfBounds, TextMoved, TextUnchanged
from charter.rules import rewordings
from charter.rules.texts import fingerprint
from charter.services import editions
from journal.models import Entry
from journal.refusals import Refusal
from tests.charter.history import AT, bundle, found, reword
from tests.charter.test_invariants import broken, tamper
from tests.charter.test_page import body, clause_html, words

pytestmark = pytest.mark.django_db
KEY, CHINESE = "income.1.2.2/en", "income.1.2.2/zh-Hans"
NEW = "An ordinary member is paid {stipend.member} a month."
DAY = date(2026, 8, 14)


def step(texts: Mapping[str, str], changes: Mapping[str, str] | None = None, on: date | None = None) -> registry.Step:
    """A step written against the words that passed last."""
    replaces = {item.key: item.replaces for item in bundle(texts)}
    return registry.step("charter.amend", Amend(dict(changes or {}), on, dict(texts), replaces))


def test_settings_and_texts_are_one_edition_and_one_entry() -> None:
    found()
    old = selectors.texts().latest(KEY).digest
    edition = reword(DAY, {KEY: NEW}, changes={"stipend.member": "500"})
    row = ClauseText.objects.get()
    assert (row.edition_id, row.clause, row.language, row.text) == (2, "income.1.2.2", "en", NEW)
    assert (row.replaces, row.digest) == (old, fingerprint("income.1.2.2", "en", NEW))
    assert Amendment.objects.get().edition == edition
    assert Entry.objects.latest("id").data == {
        "effective_on": "2026-08-14",
        "act": "proposal/1",
        "changes": {"stipend.member": "500"},
        "texts": {KEY: row.digest},
    }
    assert broken() == []


BUNDLES: list[tuple[dict[str, str], dict[str, str], type[Refusal]]] = [
    ({}, {}, NothingToAmend),
    ({KEY: "An ordinary member: {stipend.member} (U+LXP) a month."}, {"voting.days": "9"}, TextUnchanged),
    ({KEY: NEW}, {"voting.days": "366"}, OutOfBounds),
]


@pytest.mark.parametrize(("texts", "changes", "refusal"), BUNDLES)
def test_a_refused_bundle_leaves_nothing(
    texts: dict[str, str], changes: dict[str, str], refusal: type[Refusal]
) -> None:
    found()
    made = step(texts, changes, DAY)
    with pytest.raises(refusal):
        registry.check([made], DAY)
    with pytest.raises(refusal):
        editions.amend(changes=changes, texts=bundle(texts), effective_on=DAY, act="x", by="x", at=AT)
    assert (Edition.objects.count(), Entry.objects.count(), ClauseText.objects.count()) == (1, 1, 0)


def test_the_act_brings_the_words_and_says_them_before() -> None:
    found()
    made = step({KEY: NEW}, {"stipend.member": "500"}, DAY)
    registry.check([made], DAY)
    assert [told.replace("\u00a0", " ") for told in registry.preview([made], DAY)] == [
        "From Fri 14 Aug 2026 on, “Stipend of a member” is 500 (U+LXP) a month instead of 400 (U+LXP) a month.",
        "From Fri 14 Aug 2026 on, § 7.1.2.2 in English reads: “An ordinary member is paid 500 a month.”",
        "The words of § 7.1.2.2 in Chinese stay as they are.",
    ]
    _setting, text = registry.diff([made], DAY)
    assert (text.before, text.after, text.clause) == (
        "An ordinary member: 400 (U+LXP) a month.", "An ordinary member is paid 500 a month.", "income.1.2.2",
    )  # fmt: skip
    assert text.compared is not None
    assert [(piece.kind, piece.text) for piece in text.compared.pieces] == [
        ("same", "An ordinary member"),
        ("removed", ": 400 (U+LXP)"),
        ("added", " is paid 500"),
        ("same", " a month."),
    ]
    assert registry.execute([made], at=AT, by="system:worker", reference="proposal/7") == ["edition/2"]
    assert selectors.texts().held_on(DAY)[KEY].text == NEW


def test_an_edition_of_texts_alone_is_the_one_in_force(client: Client, django_assert_num_queries: Any) -> None:
    found()
    reword(DAY, {KEY: NEW})
    with django_assert_num_queries(2):
        read = selectors.timeline()
    assert [read.terms_on(date(2026, 8, day)).edition for day in (13, 14)] == [1, 2]
    assert (selectors.edition_on(DAY), read.terms_on(DAY).effective_on) == (2, DAY)
    assert "edition 2" in words(body(client, "2026-08-14").split("</h1>", 1)[0])
    assert selectors.amendment_rows() == []


def test_the_fingerprint_covers_every_word() -> None:
    prints = {
        registry.fingerprint([step(texts)])
        for texts in ({KEY: NEW}, {KEY: NEW + "!"}, {CHINESE: "{stipend.member}"}, {})
    }
    assert len(prints) == 4


def test_what_was_written_against_older_words_is_not_done_and_says_so() -> None:
    found()
    late = step({KEY: "Members: {stipend.member}."})
    reword(DAY, {KEY: NEW})
    for refused in (
        lambda: registry.check([late], DAY),
        lambda: registry.execute([late], at=AT, by="w", reference="p"),
    ):
        with pytest.raises(TextMoved), transaction.atomic():
            refused()
    assert (
        "§\u00a07.1.2.2 in English reads otherwise by now: as it is, this cannot be carried out."
        in registry.preview([late], DAY)
    )
    (shown,) = registry.diff([late], DAY)
    assert shown.before == "An ordinary member: 400 (U+LXP) a month."
    assert Edition.objects.count() == 2


def test_the_page_reads_as_on_its_day_and_says_which_language_is_older(client: Client) -> None:
    found()
    reword(DAY, {KEY: NEW + " <script>alert(1)</script>"})
    before = words(clause_html(body(client, "2026-08-13"), "income.1.2.2"))
    assert "An ordinary member: 400 (U+LXP) a month." in before
    assert "第 1 版" not in before
    html = clause_html(body(client, "2026-08-14"), "income.1.2.2")
    assert "<script>" not in html
    assert "An ordinary member is paid 400 a month. &lt;script&gt;" in words(html)
    assert "这段文字出自第 1 版；英文文本最近由第 2 版修订。" in words(html)
    assert html.count('<a class="param" href="#p-stipend.member">400</a>') == 2
    reword(date(2026, 9, 1), {CHINESE: "普通成员每月 {stipend.member}。"})
    html = words(clause_html(body(client, "2026-09-01"), "income.1.2.2"))
    assert "These words are of edition 2; the Chinese text was last amended by edition 3." in html


def test_the_list_of_editions_shows_the_words_that_went_and_came(client: Client) -> None:
    found()
    reword(DAY, {KEY: NEW}, changes={"stipend.member": "500", "voting.days": "9"})
    history = words(body(client).split('id="history"', 1)[1].split("</section>", 1)[0])
    assert "§ 7.1.2.2 An ordinary memberremoved: : 400 (U+LXP) added: is paid 500 a month." in history
    assert "§ 7.1.2.2 普通成员：每月 删除：400 新增：500（U+LXP）。" in history
    assert "A round of voting lasts: removed: 7 days added: 9 days" in history
    assert "The words of § 7.1.2.2 in Chinese stayed as they were." in history


def test_the_api_gives_the_words_with_marks_and_what_names_them(client: Client) -> None:
    found()
    reword(DAY, {KEY: NEW})
    data = client.get("/api/v1/charter/", {"on": "2026-08-14"}).json()
    (clause,) = (item for item in data["clauses"] if item["id"] == "income.1.2.2")
    assert clause["text"]["en"] == "An ordinary member is paid 400 a month."
    assert clause["written"]["en"] == {
        "text": NEW, "digest": fingerprint("income.1.2.2", "en", NEW), "since": "2026-08-14", "edition": 2,
    }  # fmt: skip
    assert (clause["written"]["zh-Hans"]["edition"], clause["written"]["zh-Hans"]["since"]) == (1, None)
    assert [item["texts"] for item in data["editions"]] == [{KEY: NEW}, {}]


def test_the_page_asks_as_often_with_many_texts_as_with_one(client: Client, django_assert_num_queries: Any) -> None:
    from charter.selectors import pages

    found()
    for number in range(9):
        reword(DAY, {KEY: f"{number}: {{stipend.member}}.", "why.1/en": f"Reason {number}."})
    with django_assert_num_queries(5):
        page = pages.page(on=DAY, at=AT)
    assert len(page.editions) == 10
    with django_assert_num_queries(1):
        selectors.texts()


def row(**more: Any) -> ClauseText:
    """A text that follows, unless `more` says otherwise."""
    given = {
        "edition_id": 3,
        "clause": "why.1",
        "language": "en",
        "text": "x",
        "digest": "b" * 64,
        "replaces": "a" * 64,
    }
    return ClauseText(**given | more)


@pytest.mark.parametrize(
    "more",
    [
        {"edition_id": 2},
        {"replaces": "c" * 64},
        {"text": ""},
        {"language": "fr"},
        {"digest": "a" * 64},
        {"digest": "x"},
        {"edition_id": 4},
    ],
)
def test_the_database_takes_a_text_only_in_its_place(more: dict[str, Any]) -> None:
    found()
    for number in (2, 3):
        Edition.objects.create(number=number, effective_on=DAY, act="x", actor="x")
    if "replaces" in more or "edition_id" in more:
        row(digest="a" * 64, replaces="0" * 64).save()
    Edition.objects.create(number=4, effective_on=date(2026, 8, 13), act="x", actor="x")
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        row(**{"edition_id": 4} | more).save()


def test_a_text_of_the_database_follows() -> None:
    found()
    for number in (2, 3):
        Edition.objects.create(number=number, effective_on=DAY, act="x", actor="x")
        row(edition_id=number, digest=str(number) * 64, replaces=str(number - 1) * 64).save()
    assert ClauseText.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for attack in ("UPDATE {} SET text = 'y'", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                cursor.execute(attack.format("charter_clausetext"))


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("UPDATE charter_clausetext SET text = 'Other.' WHERE clause = 'why.1'", "not the one of its digest"),
        ("UPDATE charter_clausetext SET text = 'Lost.' WHERE clause = 'income.1.2.2'", "the value of the setting"),
        ("UPDATE charter_clausetext SET clause = 'why.9' WHERE clause = 'why.1'", "no such clause"),
        ("UPDATE charter_clausetext SET replaces = repeat('0', 64) WHERE clause = 'why.1'", "does not follow"),
        ("UPDATE charter_edition SET effective_on = '2026-08-13' WHERE number = 3", "does not follow"),
        ("DELETE FROM charter_clausetext WHERE edition_id = 3", "Edition 3 is not the one in the journal"),
    ],
)
def test_verify_names_a_text_that_somebody_changed(sql: str, word: str) -> None:
    found()
    reword(DAY, {KEY: NEW, "why.1/en": "Advice."})
    reword(DAY, {KEY: NEW + " Always."})
    assert broken() == []
    tamper(sql)
    assert [text for text in broken() if word in text], broken()


def test_rewordings_are_read_from_the_rows_as_they_were_written() -> None:
    found()
    reword(DAY, {KEY: NEW})
    latest = selectors.texts().latest(KEY)
    (again,) = rewordings.read({KEY: latest.text}, {KEY: "0" * 64})
    assert (again.digest, latest.edition, latest.since) == (latest.digest, 2, DAY)
