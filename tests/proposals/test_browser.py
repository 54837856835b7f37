"""Voting in a browser: htmx swaps the box, the verdict and the table hear of it; nothing is reloaded."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page, expect

from journal.clock import database_clock
from members.models import Member
from proposals.models import Ballot
from tests.proposals.cast import DAY, OBJECTION, found, opened, vote
from tests.served import Served

pytestmark = pytest.mark.browser


def sign_in(page: Page, served: Served, member: Member) -> None:
    user = member.user
    assert user is not None
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    page.context.add_cookies([{"name": "sessionid", "value": session.session_key or "", "url": served.url}])


def test_an_objection_and_its_change(page: Page, served: Served) -> None:
    ana, ben, _chen = found(users=True)
    _proposal, held = opened(ana, moment=database_clock() - DAY)
    vote(held, ana, moment=database_clock())
    sign_in(page, served, ben)
    page.goto("/proposals/1/")
    page.evaluate("window.same = true")
    expect(page.locator("#verdict")).to_contain_text("1 of 3 in favour")

    page.get_by_text("Object and ask for more information").click()
    page.get_by_label("Why do you object?").fill(OBJECTION["reason"])
    page.get_by_role("button", name="Cast my ballot").click()
    # Refused: what was typed is still there, and what is missing is said.
    expect(page.locator("#ballot .errors")).to_contain_text("Name the information that would change your vote.")
    expect(page.get_by_label("Why do you object?")).to_have_value(OBJECTION["reason"])
    page.get_by_label("What information would change your vote?").fill(OBJECTION["missing"])
    page.get_by_role("button", name="Cast my ballot").click()
    expect(page.get_by_role("heading", name="You object")).to_be_focused()
    expect(page.locator("#verdict")).to_contain_text("Ben Okoro objects.")
    expect(page.locator("#ballots")).to_contain_text("Your receipt")

    page.get_by_text("Change my ballot").click()
    page.get_by_role("radio", name="In favour").check()
    page.get_by_role("button", name="Cast my ballot").click()
    expect(page.get_by_role("heading", name="You are in favour")).to_be_visible()
    expect(page.locator("#verdict")).to_contain_text("2 of 3 in favour")
    expect(page.locator("#ballots")).to_contain_text("Changed once")

    assert page.evaluate("window.same") is True
    assert [ballot.choice for ballot in Ballot.objects.order_by("number")] == ["for", "object", "for"]
    assert Axe().run(page).response["violations"] == []


def test_somebody_was_faster(page: Page, served: Served) -> None:
    ana, ben, _chen = found(users=True)
    _proposal, held = opened(ana, moment=database_clock() - DAY)
    sign_in(page, served, ben)
    page.goto("/proposals/1/")
    # The other tab of the same person.
    vote(held, ben, moment=database_clock())
    page.get_by_role("radio", name="In favour").check()
    page.get_by_role("button", name="Cast my ballot").click()
    expect(page.get_by_role("alert").first).to_contain_text("You have cast this ballot already.")
    expect(page.locator("#verdict")).to_contain_text("1 of 3 in favour")
    assert Ballot.objects.count() == 1
