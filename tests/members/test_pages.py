"""The pages of applying and of applications: what they keep, refuse and show."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from members.models import Application, Interview, Membership
from members.rules.interviews import KEYS
from members.selectors.people import by_handle
from members.services import applications
from tests.cast import ANSWERS, Cast

pytestmark = pytest.mark.django_db

WHO = {"name": "Otto Ode", "handle": "otto", "builder_since": "2025-01-31"}
WORK: dict[str, Any] = {
    "criteria": ["req.1.a"],
    "a_month": "3",
    "a_year": "2012",
    "a_field": "databases",
    "url_0": "https://code.example/a",
    "shows_0": "A pull request",
    "url_1": "",
    "shows_1": "",
    "project": "A bank's ledger, 2 million accounts; I wrote the posting.",
    "open_source": "Maintainer of a small library.",
    "communication": "I write and teach.",
}


def page(answer: Any, status: int = 200) -> str:
    """The text of a page with its status."""
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def send(client: Client, step: str, then: str = "continue", **typed: Any) -> Any:
    return client.post(f"/apply/{step}/", typed | {"then": then})


@pytest.fixture
def otto(cast: Cast, client: Client) -> Client:
    client.force_login(cast.otto)
    return client


def test_visitors_read_what_joining_takes_and_are_sent_to_sign_in(cast: Cast, client: Client) -> None:
    text = page(client.get("/apply/"))
    assert "/accounts/signup/?next=/apply/you/" in text
    assert client.get("/apply/you/").headers["Location"] == "/accounts/login/?next=/apply/you/"


def test_from_nothing_to_a_sent_application(otto: Client, cast: Cast) -> None:
    assert send(otto, "you", **WHO).headers["Location"] == "/apply/experience/"
    assert send(otto, "experience", **WORK).headers["Location"] == "/apply/time/"
    assert send(otto, "time", weekly_hours="7,5").headers["Location"] == "/apply/check/"
    assert "A bank&#x27;s ledger" in page(otto.get("/apply/check/"))
    assert otto.post("/apply/check/").headers["Location"] == "/application/"
    found = Application.objects.get(user=cast.otto)
    assert found.submitted_at is not None
    assert (found.handle, found.criteria, found.weekly_hours_centi) == ("otto", ["req.1.a"], 750)
    assert found.evidence == [{"url": "https://code.example/a", "shows": "A pull request"}]
    assert "Where it stands" in page(otto.get("/application/"))


def test_a_refused_page_says_so_and_keeps_right_and_wrong_answers(otto: Client, cast: Cast) -> None:
    typed = WORK | {"a_month": "14", "url_1": "ftp://old.example/x", "project": ""}
    text = page(send(otto, "experience", **typed), 422)
    assert "<title>Error: Experience and evidence" in text
    summary = text[text.index('class="errors"') : text.index("</ul>", text.index('class="errors"'))]
    assert re.findall(r'href="#(\w+)"', summary) == ["id_a_month", "id_url_1", "id_shows_1", "id_project"]
    assert 'value="14"' in text
    assert 'value="ftp://old.example/x"' in text
    assert text.count('aria-invalid="true"') == 4
    kept = Application.objects.get(user=cast.otto)
    assert kept.experience["req.1.a"] == {"month": "14", "year": "2012", "field": "databases"}
    assert kept.open_source == WORK["open_source"]
    assert 'value="14"' in page(otto.get("/apply/experience/"))


@pytest.mark.parametrize("key", ["you", "experience", "time"])
def test_a_draft_keeps_what_the_database_can_hold(otto: Client, cast: Cast, key: str) -> None:
    typed = {"name": "O\0tto", "handle": "\0", "project": "\0", "url_0": "\0", "weekly_hours": "\0", "a_year": "\0"}
    assert send(otto, key, "draft", **typed).status_code == 302
    assert Application.objects.get(user=cast.otto).name == "Otto"


def test_a_link_is_removed_by_the_number_of_its_row(otto: Client) -> None:
    assert send(otto, "experience", "draft", **WORK, remove="9" * 5000).status_code == 302


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("handle", "Otto", "small letters"),
        ("handle", "pool", "kept for the ledger"),
        ("handle", "-otto", "small letters"),
        ("name", " ", "Enter the name"),
        ("builder_since", "31.01.2025", "Enter the day like 2026-11-20."),
        ("builder_since", "", "Enter the day since which"),
        ("builder_since", "2999-01-01", "not in the future"),
    ],
)
def test_each_answer_about_oneself_is_refused_at_its_field(otto: Client, name: str, value: str, says: str) -> None:
    text = page(send(otto, "you", **(WHO | {name: value})), 422)
    place = text.index(f'id="id_{name}_error"')
    assert says in text[place : place + 400]
    assert text.count('aria-invalid="true"') == 1


def test_a_draft_asks_no_rule_and_comes_back(otto: Client) -> None:
    answer = send(otto, "you", "draft", name="Otto", handle="NOT VALID", builder_since="nonsense")
    assert answer.status_code == 302
    text = page(otto.get("/apply/you/"))
    assert 'value="NOT VALID"' in text
    assert "Draft saved" in text


def test_links_are_added_and_removed_without_script(otto: Client, cast: Cast) -> None:
    added = send(otto, "experience", "add", **WORK)
    assert added.headers["Location"] == "/apply/experience/?links=3#id_url_2"
    assert page(otto.get("/apply/experience/?links=3")).count('name="url_') == 3
    two = WORK | {"url_1": "https://b.example/", "shows_1": "B", "remove": "0"}
    send(otto, "experience", "", **two)
    assert Application.objects.get(user=cast.otto).evidence == [{"url": "https://b.example/", "shows": "B"}]


@pytest.mark.parametrize("links", ["99", "-1", "x", "", "٣"])
def test_nobody_asks_for_more_rows_than_six(otto: Client, links: str) -> None:
    assert page(otto.get("/apply/experience/", {"links": links})).count('name="url_') <= 6


def test_sending_with_gaps_lists_them_and_sends_nothing(otto: Client, cast: Cast) -> None:
    send(otto, "you", **WHO)
    text = page(otto.post("/apply/check/"), 422)
    assert "<title>Error:" in text
    assert 'href="#answer-experience"' in text
    assert Application.objects.get(user=cast.otto).submitted_at is None


def test_a_taken_handle_is_refused_when_sending(otto: Client) -> None:
    send(otto, "you", **(WHO | {"handle": "lin"}))
    send(otto, "experience", **WORK)
    send(otto, "time", weekly_hours="5")
    assert "Somebody has this handle" in page(otto.post("/apply/check/"), 422)


def test_members_do_not_apply(cast: Cast, client: Client) -> None:
    client.force_login(cast.user("bo"))
    assert "You are a member already" in page(client.get("/apply/you/"), 409)


def test_what_is_voted_on_stands_still(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("members.registry.vote_checks", [lambda pk: pk == cast.application.pk])
    client.force_login(cast.noor)
    assert "The members are voting" in page(client.get("/apply/you/"), 409)
    assert page(client.post("/apply/you/", WHO | {"then": "continue"}), 409)
    assert "it stands still" in page(client.get("/application/"))
    cast.application.refresh_from_db()
    assert cast.application.name == ANSWERS["name"]


def test_a_sent_application_stays_whole(cast: Cast, client: Client) -> None:
    client.force_login(cast.noor)
    assert page(client.post("/apply/you/", WHO | {"name": "", "then": "draft"}), 422)
    cast.application.refresh_from_db()
    assert cast.application.name == ANSWERS["name"]
    client.post("/apply/you/", WHO | {"name": "Noor H.", "handle": "noor", "then": "continue"})
    cast.application.refresh_from_db()
    assert cast.application.name == "Noor H."


def test_a_change_of_what_was_sent_leads_back_to_it(cast: Cast, client: Client) -> None:
    client.force_login(cast.noor)
    answer = client.post("/apply/time/", {"weekly_hours": "9", "then": "continue"})
    assert answer.headers["Location"] == "/application/"


@pytest.mark.parametrize("method", ["get", "post"])
def test_there_is_nothing_to_check_before_anything_was_typed(otto: Client, method: str) -> None:
    assert getattr(otto, method)("/apply/check/").headers["Location"] == "/apply/"
    assert not Application.objects.filter(handle="otto").exists()


def test_taking_it_back_and_beginning_another(cast: Cast, client: Client) -> None:
    client.force_login(cast.noor)
    assert client.post("/application/withdraw/").headers["Location"] == "/application/"
    assert "Taken back" in page(client.get("/application/"))
    assert client.post("/application/withdraw/").status_code == 404
    send(client, "you", "draft", **WHO)
    assert Application.objects.filter(user=cast.noor).count() == 2


def test_hostile_text_is_escaped_wherever_it_is_shown(cast: Cast, client: Client) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    changes = {"name": evil, "project": evil, "evidence": [{"url": "https://e.example/", "shows": evil}]}
    applications.save_draft(user=cast.noor, changes=changes, at=timezone.now())
    client.force_login(cast.user("lin"))
    for path in ("/applications/", f"/applications/{cast.application.pk}/"):
        text = page(client.get(path))
        assert "<script>alert" not in text
        assert "<img src=x" not in text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "https://a b", "//e.example", "https://u@e.example/"]
)
def test_evidence_is_a_link_that_people_can_open(otto: Client, url: str) -> None:
    assert "Enter a link" in page(send(otto, "experience", **(WORK | {"url_0": url})), 422)


def test_only_members_see_the_list_and_drafts_stay_private(cast: Cast, client: Client) -> None:
    draft = applications.save_draft(user=cast.otto, changes={"name": "Secret Draft"}, at=timezone.now())
    for user in (cast.otto, cast.noor, cast.mira):
        client.force_login(user)
        assert "Only members" in page(client.get("/applications/"), 403)
        assert client.get(f"/applications/{cast.application.pk}/").status_code == 403
    client.force_login(cast.user("bo"))
    text = page(client.get("/applications/"))
    assert "Noor Haddad" in text
    assert "Secret Draft" not in text
    assert client.get(f"/applications/{draft.pk}/").status_code == 404
    assert cast.noor.email not in page(client.get(f"/applications/{cast.application.pk}/"))


def test_the_leader_confirms_the_day_and_records_the_interview(cast: Cast, client: Client) -> None:
    client.force_login(cast.user("lin"))
    here = f"/applications/{cast.application.pk}/"
    assert "2 things</b> are missing" in page(client.get(here))
    wrong = client.post(f"{here}builder/", {"since": "2026-13-01", "url": "javascript:1"})
    assert 'value="2026-13-01"' in page(wrong, 422)
    assert client.post(f"{here}builder/", {"since": "2025-09-28", "url": "https://x.example/7"}).status_code == 302
    answers = {f"answer_{key}": f"About {key}" for key in KEYS}
    record = answers | {
        "held_on": "2026-11-01",
        "minutes": "50",
        "interviewers": [str(cast.bo.pk)],
        "summary": "Convincing.",
    }
    text = page(client.post(f"{here}interview/", record | {"answer_project": " ", "minutes": "3"}), 422)
    assert text.count('aria-invalid="true"') >= 1
    assert "About experience" in text
    assert client.post(f"{here}interview/", record).headers["Location"] == here
    assert Interview.objects.get().answers["open-source"] == "About open-source"
    assert "Nothing is missing" in page(client.get(here))


def test_members_cannot_do_the_leaders_part(cast: Cast, client: Client) -> None:
    client.force_login(cast.user("bo"))
    here = f"/applications/{cast.application.pk}/"
    assert page(client.post(f"{here}builder/", {"since": "2025-09-28", "url": "https://x.example/7"}), 403)
    assert page(client.get(f"{here}interview/"), 403)
    assert 'aria-disabled="true"' in page(client.get(here))
    cast.application.refresh_from_db()
    assert cast.application.builder_confirmed_by is None


def test_a_member_leaves_with_a_day_that_is_not_past(cast: Cast, client: Client) -> None:
    client.force_login(cast.user("chen"))
    today = timezone.now().date()
    text = page(client.post("/members/leave/", {"exited_on": str(today - timedelta(days=2))}), 422)
    assert "Name today or a later day" in text
    last = today + timedelta(days=10)
    assert client.post("/members/leave/", {"exited_on": str(last)}).status_code == 302
    assert Membership.objects.get(member=cast.chen).exited_on == last
    assert "You have declared to leave" in page(client.get("/members/leave/"))
    client.force_login(cast.otto)
    assert client.get("/members/leave/").status_code == 404


def test_the_roll_shows_roles_and_no_address(cast: Cast, client: Client) -> None:
    text = page(client.get("/members/"))
    assert "3 members" in text
    assert text.index("Bo Berg") < text.index("Chen Yu") < text.index("Lin Wei")
    assert "Deputy" in text
    assert "@cast.example" not in text
    assert by_handle("lin") is not None
