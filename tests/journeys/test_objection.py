"""An admission is objected to, the applicant and the objector talk, more is shown, and the second round admits."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from charter import selectors as charter
from journal.clock import database_clock
from members.models import Application
from members.rules.interviews import KEYS
from members.selectors.people import by_handle
from members.services import applications, interviews
from proposals.models import Ballot, Comment, Execution, Outcome, Round
from tests.cast import person
from tests.ground.processes import eventually
from tests.journeys.groups import address
from tests.journeys.mail import Mailbox
from tests.journeys.test_applicant import (
    MISSING,
    NOOR,
    REASON,
    WEAK,
    add_information,
    open_second_round,
    vote_in_favour,
)
from tests.journeys.visitors import DESK, PHONE, Device, Stage, Visitor

ASKS = "Would a trading platform do?\n\n- two years\n- **40,000** users a month"
SAYS = "It would: say what *you* did there, in the application."
LATER = "Thank you, it stands there now."


@pytest.mark.parametrize("device", [pytest.param(DESK, marks=pytest.mark.torture), PHONE], ids=str)
def test_an_objection_and_its_second_round(small: Stage, worker: Mailbox, device: Device) -> None:
    application = interviewed()
    lin = small.signed_in(address("lin"), device, then=f"/applications/{application.pk}/")
    lin.page.get_by_role("button", name="Open the admission proposal").click()
    expect(lin.page.get_by_role("heading", level=2, name="0 of 3 in favour")).to_be_visible()
    plain = Device(device.width, scripts=device == DESK)
    chen, sun = (small.signed_in(address(handle), plain, then="/proposals/1/") for handle in ("chen", "sun"))
    noor = small.signed_in(NOOR, plain, then="/application/")
    vote_in_favour(sun, 1)
    vote_in_favour(lin, 1)
    objects(chen)
    asks(noor, worker)
    says(chen, noor)
    add_information(noor)
    thanks(noor)
    open_second_round(lin, 1)
    shows_both_rounds(chen, noor)
    for voter in (chen, sun, lin):
        vote_in_favour(voter, 1)
    admitted(noor)


def interviewed() -> Application:
    """An application that is ready for its proposal, and weak in one place."""
    now, lin = database_clock(), by_handle("lin")
    assert lin is not None
    today = charter.today(now)
    user = person(NOOR, "Noor Haddad", at=now)
    since = today - timedelta(days=75)
    changes = {
        "name": "Noor Haddad",
        "handle": "noor",
        "criteria": ["req.1.a"],
        "experience": {"req.1.a": {"field": "data", "month": "3", "year": "2016"}},
        "evidence": [{"url": "https://code.example/noor/indexer", "shows": "the indexer"}],
        "project": WEAK,
        "open_source": "Fourteen merged pull requests.",
        "communication": "I write a note before each larger change.",
        "weekly_hours_centi": 600,
        "builder_since": since,
    }
    applications.save_draft(user=user, changes=changes, at=now)
    sent = applications.submit(application=Application.objects.get(user=user), by=user, at=now)
    applications.confirm_builder(application=sent, since=since, url="https://forum.example/t/1", by=lin, at=now)
    interviews.record(
        application=sent,
        held_on=today,
        minutes=50,
        interviewers=[lin],
        answers=dict.fromkeys(KEYS, "Precisely."),
        summary="Precise answers; we suggest to admit.",
        by=lin,
        at=now,
    )
    return sent


def objects(chen: Visitor) -> None:
    """The third vote is an objection: the round is paused, and nothing has ended."""
    page = chen.open("/proposals/1/")
    page.get_by_role("radio", name="Object and ask").check()
    page.get_by_label("Why do you object?").fill(REASON)
    page.get_by_label("What information would change your vote?").fill(MISSING)
    page.get_by_role("button", name="Cast my ballot").click()
    expect(page.get_by_role("heading", name="You object")).to_be_visible()
    page = chen.open("/proposals/1/")
    expect(page.get_by_text("Now: the round is paused by an objection")).to_be_visible()
    chen.fits()
    assert not Outcome.objects.exists()


def asks(noor: Visitor, worker: Mailbox) -> None:
    """The applicant reads what is missing and asks about it; the leader hears of it, without the words."""
    page = noor.page
    page.get_by_role("link", name="Open the proposal").click()
    expect(page.get_by_text(MISSING)).to_be_visible()
    page.get_by_label("Your comment").fill(ASKS)
    page.get_by_role("button", name="Send my comment").click()
    expect(page.locator("#comment-1 li")).to_have_text(["two years", "40,000 users a month"])
    noor.fits()
    assert worker.link_to(address("lin"), "Noor Haddad commented").endswith("/proposals/1/comments/1/")
    assert Comment.objects.get().member is None


def says(chen: Visitor, noor: Visitor) -> None:
    """Who objects answers below it, and the applicant sees it as everybody in the group does."""
    page = chen.open("/proposals/1/")
    page.get_by_role("link", name="Answer Noor Haddad").click()
    page.get_by_label("Your answer").fill(SAYS)
    page.get_by_role("button", name="Send my answer").click()
    expect(page.locator("#comment-1 #comment-2 em")).to_have_text("you")
    page = noor.open("/proposals/1/")
    expect(page.locator("#comment-2")).to_contain_text("Chen Yu")
    noor.fits()


def thanks(noor: Visitor) -> None:
    """A comment that says too little is taken back: its place stays, and another one says it."""
    page = noor.open("/proposals/1/comments/")
    page.get_by_label("Your comment").fill("Done")
    page.get_by_role("button", name="Send my comment").click()
    mine = page.locator("#comment-3")
    mine.get_by_text("Take back", exact=True).click()
    mine.get_by_role("button", name="Take my comment back").click()
    expect(page.locator("#comment-3")).to_contain_text("Taken back")
    noor.fits()
    page.get_by_label("Your comment").fill(LATER)
    page.get_by_role("button", name="Send my comment").click()
    expect(page.locator("#comment-4")).to_contain_text(LATER)


def shows_both_rounds(chen: Visitor, noor: Visitor) -> None:
    """The first round ended objected; what changed stands word by word; nobody has voted in the second."""
    first, second = Round.objects.order_by("number")
    assert (first.outcome.result, Ballot.objects.filter(seat__round=second).count()) == ("objected", 0)
    for reader in (chen, noor):
        page = reader.open("/proposals/1/")
        expect(page.get_by_role("heading", name="What changed since round 1")).to_be_visible()
        expect(page.locator(".diff ins", has_text="trading platform")).to_be_visible()
        expect(page.locator(".diff del", has_text="data pipeline")).to_be_visible()
        expect(page.locator("#comments")).to_contain_text(LATER)
        reader.fits()


def admitted(noor: Visitor) -> None:
    """Everybody is in favour: the worker admits, once; what was said stays, and nobody adds to it."""
    assert eventually(lambda: Execution.objects.exists())
    page = noor.open("/proposals/1/")
    expect(page.get_by_text("Passed and carried out").first).to_be_visible()
    expect(page.get_by_text("takes no more comments")).to_be_visible()
    expect(page.locator("#comment-2")).to_contain_text("Chen Yu")
    noor.fits()
    assert Execution.objects.get().effect == "membership/noor"
    page = noor.open("/members/")
    expect(page.get_by_role("row", name="Noor Haddad")).to_be_visible()
