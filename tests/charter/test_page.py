"""The charter page and its API: both languages, the values of the day, where each comes from."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from charter.rules import clauses, number
from charter.selectors import pages
from tests.charter.founding import CLAUSES, SETTINGS
from tests.charter.history import AT, amend, found, summer

pytestmark = pytest.mark.django_db
TAG = re.compile(r"<[^>]+>")


def body(client: Client, on: str = "", status: int = 200, language: str = "en") -> str:
    """The page as text."""
    response = client.get(reverse("charter:page"), {"on": on} if on else {}, headers={"accept-language": language})
    assert response.status_code == status
    return response.content.decode()


def words(html: str) -> str:
    """Without tags and with plain spaces."""
    return " ".join(TAG.sub("", html).replace("\u00a0", " ").replace("&nbsp;", " ").split())


def clause_html(html: str, clause: str) -> str:
    """The row of a clause."""
    row = html.split(f'<li id="c-{number(clause)}"', 1)[1]
    return row.split('<li id="c-', 1)[0]


def setting_words(html: str, key: str) -> str:
    """The row of a setting."""
    return words("<" + html.split(f' id="p-{key}"', 1)[1].split("</tr>", 1)[0])


def test_every_clause_stands_on_the_page_in_both_languages(client: Client) -> None:
    found()
    html = body(client)
    for clause in CLAUSES:
        row = clause_html(html, clause)
        for language in clauses.LANGUAGES:
            first = re.split(r"\{|$", clauses.first().clause(clause).text[language])[0]
            assert f'lang="{language}"' in row
            assert escape(first) in row, clause


def test_every_setting_is_listed_with_its_clause(client: Client) -> None:
    found()
    html = body(client)
    for key, _value, basis, clause in SETTINGS:
        row = setting_words(html, key)
        assert ("house rule" in row) == (basis == "silent")
        assert clause is None or f"§ {number(clause)}" in row
        assert "edition 1" in row


def test_values_are_marked_in_both_languages(client: Client) -> None:
    found()
    amend(date(2026, 8, 14), {"stipend.member": "415.5"})
    row = clause_html(body(client, "2026-08-14"), "income.1.2.2")
    assert row.count('<a class="param" href="#p-stipend.member">415.5</a>') == 2
    row = clause_html(body(client, "2026-08-13"), "income.1.2.2")
    assert row.count('<a class="param" href="#p-stipend.member">400</a>') == 2


def test_silence_and_its_house_rule_stand_under_the_clause(client: Client) -> None:
    found()
    row = words(clause_html(body(client), "join.2.4"))
    assert "House rule, the charter is silent: A round of voting lasts: 7 days" in row
    assert "章程未规定，由小组自定： 一轮投票的时长：7 天" in row


def test_an_amendment_shows_what_it_changed_and_since_when(client: Client) -> None:
    found()
    amend(date(2026, 8, 14), {"stipend.member": "415.5"}, act="proposal/22")
    html = body(client)
    history = words(html.split('id="history"', 1)[1].split("</section>", 1)[0])
    assert "Edition 2 proposal 22 Fri 14 Aug 2026" in history
    assert "§ 7.1.2.2 An ordinary member: removed: 400 added: 415.5 (U+LXP) a month." in history
    assert "§ 7.1.2.2 普通成员：每月 删除：400 新增：415.5（U+LXP）。" in history
    assert "Edition 1 the group is founded Sun 18 Jan 2026" in history
    row = setting_words(html, "stipend.member")
    assert "14 Aug 2026, edition 2" in row


def test_a_passed_amendment_waits_for_its_day(client: Client) -> None:
    found()
    amend(date(2999, 8, 14), {"stipend.member": "415.5"})
    html = body(client)
    assert "1 change waits for its day" in words(html)
    assert "Edition 2 proposal 1 Wed 14 Aug 2999" in words(html.split('id="coming"', 1)[1].split("</section>", 1)[0])
    row = setting_words(html, "stipend.member")
    assert "From 14 Aug 2999: 415.5 (U+LXP) a month" in row
    assert "edition 1" in row


def test_another_day_is_said_and_one_that_is_none_too(client: Client) -> None:
    found()
    assert "This is the charter as it stands on Tue 1 Jan 2030." in words(body(client, "2030-01-01"))
    html = body(client, "yesterday", status=422)
    assert "Enter the day as year, month and day, like 2026-11-20." in words(html)
    assert 'value="yesterday"' in html
    assert "<title>Error:" in html


def test_the_page_stands_before_the_group_is_founded(client: Client) -> None:
    assert "edition 1" in words(body(client))


def test_the_page_in_chinese_has_chinese_settings(client: Client) -> None:
    found()
    html = body(client, language="zh-hans")
    assert "成员津贴" in html.split('id="params"', 1)[1]
    assert escape("An ordinary member: ") in clause_html(html, "income.1.2.2")


def test_queries_do_not_grow_with_the_amendments(client: Client, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    found()
    counts = []
    for more in (1, 2, 27):
        for _ in range(more):
            amend(date(2026, 8, 14), {"voting.days": "9", "notice.days": "3"})
        with CaptureQueriesContext(connection) as queries:
            body(client)
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]
    with django_assert_num_queries(5):
        pages.page(on=None, at=AT)


def test_the_api_gives_the_same_charter(client: Client) -> None:
    found()
    summer()
    data = client.get("/api/v1/charter/", {"on": "2026-08-01"}).json()
    assert (data["on"], data["edition"], data["effective_on"]) == ("2026-08-01", 3, "2026-07-31")
    settings = {item["key"]: item for item in data["settings"]}
    assert [item["key"] for item in data["settings"]] == [key for key, *_rest in SETTINGS]
    assert (settings["pow.hourly_rate"]["value"], settings["pow.hourly_rate"]["since"]) == ("61.37", "2026-07-26")
    assert settings["lxp.per_u"]["coming"] == [{"value": "1.1", "since": "2026-08-10", "edition": 5}]
    assert [item["number"] for item in data["editions"]] == [7, 6, 5, 4, 3, 2, 1]
    text = {item["id"]: item["text"] for item in data["clauses"]}
    assert text["income.2.1"]["zh-Hans"] == "外部项目的收入，81% 归个人，19% 归小组资金池。"


def test_the_api_refuses_a_day_that_is_none(client: Client) -> None:
    found()
    response = client.get("/api/v1/charter/", {"on": "yesterday"})
    assert response.status_code == 422
    assert response.json()["code"] == "unreadable-day"
    assert response.json()["detail"] == "Enter the day as year, month and day, like 2026-11-20."
