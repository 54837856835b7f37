"""An amendment of settings and clause texts: picked, previewed, opened, decided, and overtaken by another one."""

import html
import re
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from charter import selectors as charter
from charter.models import Edition
from charter.refusals import TextMoved
from charter.rules.texts import Texts
from charter.services import editions
from journal.clock import database_clock
from journal.models import Entry
from members.models import Member
from proposals.models import Proposal
from proposals.services import execution, proposing, rounds
from tests.charter.history import bundle
from tests.proposals.cast import DAY, NOW, at, found, vote
from tests.proposals.test_drafts import as_
from tests.proposals.test_kinds_api import post

pytestmark = pytest.mark.django_db
URL = "/proposals/new/amendment/"
KEY, CHINESE = "income.1.2.2/en", "income.1.2.2/zh-Hans"
OLD, OLD_CHINESE = Texts().latest(KEY), Texts().latest(CHINESE)
NEW = "An ordinary member is paid {stipend.member} a month."


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


def typed(**more: str) -> dict[str, str]:
    """The form as a browser sends it with one clause picked and its English text changed."""
    return {
        KEY: NEW,
        CHINESE: OLD_CHINESE.text,
        f"replaces:{KEY}": OLD.digest,
        f"replaces:{CHINESE}": OLD_CHINESE.digest,
        "effective_on": "",
        "setting": "",
        "clause": "",
        "text": "Plainer words.",
    } | more


def send(member: Member, button: str, value: str = "1", **more: str) -> tuple[int, str]:
    response = as_(member).post(URL, typed(**more) | {button: value})
    return response.status_code, html.unescape(response.content.decode()).replace("\u00a0", " ")


def area(page: str, key: str) -> str:
    """What stands in the field of a text."""
    match = re.search(rf'<textarea name="{re.escape(key)}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert match is not None, key
    return match[1].strip()


def overtake(text: str = "Members: {stipend.member}.") -> Edition:
    """Another bundle's words for the same clause."""
    return editions.amend(
        changes={}, texts=bundle({KEY: text}), effective_on=date(2026, 1, 6), act="import", by="import", at=NOW
    )


def test_a_clause_is_picked_with_both_texts_and_one_can_be_left_out(group: list[Member]) -> None:
    client = as_(group[1])
    empty = client.get(URL).content.decode()
    assert "<textarea" in empty
    assert KEY not in empty
    added = client.post(URL, {"text": "Because.", "clause": "income.1.2.2", "setting": "voting.days", "add": "1"})
    page = html.unescape(added.content.decode())
    assert added.status_code == 200
    assert (area(page, KEY), area(page, CHINESE)) == (OLD.text, OLD_CHINESE.text)
    assert f'name="replaces:{KEY}" value="{OLD.digest}"' in page
    assert 'name="voting.days"' in page
    assert "Because." in page
    assert "answer needs a change" not in page
    status, page = send(group[1], "drop", "income.1.2.2", **{"voting.days": "5"})
    assert (status, KEY in page, 'name="voting.days" value="5"' in page) == (200, False, True)
    assert not Proposal.objects.exists()


def test_the_preview_marks_the_words_and_says_what_stays(group: list[Member]) -> None:
    status, page = send(group[1], "preview", **{"stipend.member": "500"})
    assert (status, "It can open" in page) == (200, True)
    assert '<del><span class="sr">removed: </span>: 400 (U+LXP)</del>' in page
    assert '<ins><span class="sr">added: </span> is paid 500</ins>' in page
    assert "The words of § 7.1.2.2 in Chinese stay as they are." in page
    assert "reads: “An ordinary member is paid 500 a month.”" in page
    assert area(page, KEY) == NEW


REFUSED = [
    ({KEY: "For 400 a month."}, "Keep {stipend.member}: the value of the setting stands there."),
    ({KEY: ""}, "Write the clause in 1 to 1,000 characters"),
    ({KEY: NEW + "{"}, "Braces stand only around the settings of this clause"),
    ({KEY: OLD.text}, "Change a text of this clause, or leave it out."),
    ({"stipend.leader": ""}, "is not a number"),
    ({"setting": "voting.days"}, "is not a number"),
    ({"effective_on": "soon"}, "Write the day like 2026-12-01."),
    ({f"replaces:{KEY}": "0" * 64}, "reads otherwise by now"),
]


@pytest.mark.parametrize(("more", "said"), REFUSED)
def test_what_cannot_be_read_is_said_at_its_field_and_everything_typed_stays(
    group: list[Member], more: dict[str, str], said: str
) -> None:
    for button in ("preview", "open"):
        status, page = send(group[1], button, **{"stipend.member": "500"} | more)
        assert (status in (409, 422), said in page) == (True, True), button
        assert 'aria-invalid="true"' in page
        assert area(page, KEY) == more.get(KEY, NEW)
        assert (area(page, CHINESE), 'value="500"' in page) == (OLD_CHINESE.text, True)
        assert "Plainer words." in page
    assert not Proposal.objects.exists()


def test_every_field_that_cannot_be_read_is_said_at_once(group: list[Member]) -> None:
    more = {"stipend.member": "lots", KEY: "For 400 a month.", "why.1/en": "", "effective_on": "soon"}
    status, page = send(group[1], "open", **more)
    assert (status, "4 answers need a change" in page) == (422, True)
    assert page.count('aria-invalid="true"') == 4
    # A day that cannot be read is no reason to doubt the texts.
    assert "reads otherwise" not in page


def test_words_are_plain_text_wherever_they_are_shown(group: list[Member]) -> None:
    data = typed(**{KEY: NEW + " <img src=x onerror=alert(1)>", "open": "1"})
    assert as_(group[1]).post(URL, data).status_code == 302
    for path in ("/proposals/1/", "/proposals/"):
        assert "<img src=x" not in Client().get(path).content.decode()
    shown = as_(group[1]).post(URL, typed(**{KEY: NEW + " </textarea><img src=x>", "preview": "1"}))
    assert "<img src=x" not in shown.content.decode()


def test_a_clause_that_moved_meanwhile_is_shown_and_then_replaced(group: list[Member]) -> None:
    overtake()
    status, page = send(group[1], "open")
    assert (status, "reads otherwise by now: “Members: {stipend.member}.”" in page) == (409, True)
    now = charter.texts().latest(KEY)
    assert (area(page, KEY), f'name="replaces:{KEY}" value="{now.digest}"' in page) == (NEW, True)
    response = as_(group[1]).post(URL, typed(**{f"replaces:{KEY}": now.digest, "open": "1"}))
    assert response.status_code == 302
    assert Proposal.objects.get().acts[0]["params"]["replaces"] == {KEY: now.digest}


def test_a_text_that_waits_for_its_day_is_the_one_to_change(group: list[Member]) -> None:
    editions.amend(changes={}, texts=bundle({KEY: NEW}), effective_on=date(2999, 1, 1), act="x", by="x", at=NOW)
    added = as_(group[1]).post(URL, {"clause": "income.1.2.2", "add": "1"}).content.decode()
    assert area(html.unescape(added), KEY) == NEW
    assert "This text is passed and waits for Tue 1 Jan 2999; yours begins then or later." in added
    now = charter.texts().latest(KEY).digest
    more = {KEY: NEW + " Always.", f"replaces:{KEY}": now}
    status, page = send(group[1], "open", **more)
    assert (status, "Let yours begin on that day or later." in page) == (409, True)
    assert send(group[1], "open", **more, effective_on="2999-01-01")[0] == 302


def propose(member: Member, text: str, moment: datetime = NOW, **changes: str) -> Proposal:
    """A bundle written against the words in force."""
    params = {"changes": changes, "texts": {KEY: text}, "replaces": {KEY: charter.texts().latest(KEY).digest}}
    return proposing.propose(kind="amendment", params=params, text="Because.", by=member, at=moment)


def test_it_opens_is_shown_to_everybody_and_brings_one_edition(group: list[Member]) -> None:
    data = typed(**{"stipend.member": "500", "effective_on": "2999-01-01", "open": "1"})
    assert as_(group[1]).post(URL, data).status_code == 302
    proposal = Proposal.objects.get()
    assert (proposal.title, proposal.about) == (
        "Amend the charter: Stipend of a member, § 7.1.2.2", "stipend.member, income.1.2.2",
    )  # fmt: skip
    page = html.unescape(Client().get("/proposals/1/").content.decode()).replace("\u00a0", " ")
    assert "</span> is paid 500</ins>" in page
    assert 'class="diff" lang="en"' in page
    held = proposal.rounds.get()
    for member in group:
        vote(held, member, moment=held.opened_at)
    rounds.close_due(clock=at(held.deadline_at))
    assert execution.execute(proposal=proposal, by="system:worker", clock=at(held.deadline_at)).effect == "edition/2"
    assert charter.texts().held_on(date(2998, 12, 31))[KEY].text == OLD.text
    assert charter.texts().held_on(date(2999, 1, 1))[KEY].text == NEW
    assert charter.terms_on(date(2999, 1, 1)).stipend_member_micro == 500_000_000


def test_of_two_that_passed_the_later_one_is_refused_and_says_so(group: list[Member]) -> None:
    # The page goes by the real clock, and what waits for weeks expires.
    begun = database_clock() - 8 * DAY
    end = begun + 7 * DAY
    both = [propose(group[0], NEW, begun), propose(group[1], "Members: {stipend.member}.", begun)]
    for proposal in both:
        for member in group:
            vote(proposal.rounds.get(), member, moment=begun + DAY)
    rounds.close_due(clock=at(end))
    assert execution.execute(proposal=both[1], by="system:worker", clock=at(end)).effect == "edition/2"
    with pytest.raises(TextMoved, match="reads otherwise by now"):
        execution.execute(proposal=both[0], by="system:worker", clock=at(end))
    assert Entry.objects.latest("pk").data == {"error": "text-moved"}
    assert charter.texts().latest(KEY).text == "Members: {stipend.member}."
    page = html.unescape(Client().get("/proposals/1/").content.decode()).replace("\u00a0", " ")
    assert "§ 7.1.2.2 in English reads otherwise by now: as it is, this cannot be carried out." in page
    # The diff still stands beside the words that were voted on.
    assert re.search(r"<del>[^<]*<span[^>]*>removed: </span>[^<]*\(U\+LXP\)", page)


def test_the_api_takes_texts_and_refuses_with_the_field(group: list[Member]) -> None:
    body: dict[str, Any] = {
        "kind": "amendment", "text": "Plainer.",
        "params": {"changes": {}, "texts": {KEY: NEW}, "replaces": {KEY: OLD.digest}},
    }  # fmt: skip
    said = post(group[1], "drafts/", body).json()
    assert (said["missing"], said["diff"][0]["clause"]) == ([], "income.1.2.2")
    assert said["diff"][0]["after"] == "An ordinary member is paid 400 a month."
    opened = post(group[1], "", body)
    assert (opened.status_code, opened.json()["title"]) == (201, "Amend the charter: § 7.1.2.2")
    for params, status, code in (
        ({"texts": {KEY: NEW}}, 422, "replaced-unnamed"),
        ({"texts": {KEY: NEW + "!"}, "replaces": {KEY: "0" * 64}}, 409, "text-moved"),
        ({"texts": {"why.9/en": "x"}, "replaces": {"why.9/en": "0" * 64}}, 422, "unknown-clause"),
        ({}, 422, "nothing-to-amend"),
    ):
        refused = post(group[1], "", body | {"params": {"changes": {}} | params})
        assert (refused.status_code, refused.json()["code"]) == (status, code)
