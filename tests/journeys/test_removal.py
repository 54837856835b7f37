"""The leader proposes that a member goes; the others decide, the worker carries it out, and nothing is open to them."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from members.models import Membership
from proposals.models import Comment, Execution, Proposal, Seat
from tests.ground.processes import eventually
from tests.journeys.groups import address
from tests.journeys.mail import Mailbox
from tests.journeys.travel import Travel
from tests.journeys.visitors import DESK, PHONE, Device, Stage, Visitor

A_DAY = timedelta(days=1)
WHY = "Nobody has heard of Chen since the summer, and four claims wait for an answer."
SAYS = "I was ill. The four answers are **sent** now."
ASKS = "Then say so here: will you be back in January?"


@pytest.mark.parametrize("device", [pytest.param(DESK, marks=pytest.mark.torture), PHONE], ids=str)
def test_a_removal(travel: Travel, small: Stage, worker: Mailbox, device: Device) -> None:
    lin = small.signed_in(address("lin"), device, then="/proposals/new/")
    draft(lin)
    # The phone's others read and vote without scripts.
    plain = Device(device.width, scripts=device == DESK)
    chen, sun = (small.signed_in(address(handle), plain, then="/proposals/1/") for handle in ("chen", "sun"))
    has_no_seat_and_a_say(chen)
    answer(lin, worker)
    vote(lin)
    vote(sun)
    carried_out(lin)
    stays_for_the_day(chen)
    travel.forward(A_DAY)
    sees_nothing_any_more(chen)


def draft(lin: Visitor) -> None:
    """What is missing is said, then what would change, then it opens; who is concerned is not among the seats."""
    page = lin.page
    page.get_by_role("link", name="Removal").click()
    page.get_by_label("Member", exact=True).select_option("chen")
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_role("heading", name="Missing before it can open")).to_be_visible()
    expect(page.get_by_label("Member", exact=True)).to_have_value("chen")
    lin.fits()
    page.get_by_label("Why?").fill(WHY)
    page.get_by_role("checkbox", name="Ballots are final").check()
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_role("heading", name="It can open")).to_be_visible()
    expect(page.get_by_text("Chen Yu (chen) leaves the group")).to_be_visible()
    lin.fits()
    page.get_by_role("button", name="Put it forward").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Remove Chen Yu from the group")
    lin.fits()
    assert sorted(Seat.objects.values_list("member__handle", flat=True)) == ["lin", "sun"]


def has_no_seat_and_a_say(chen: Visitor) -> None:
    """Chen reads why, finds no ballot and the reason for it, and comments."""
    page = chen.page
    expect(page.get_by_text(WHY)).to_be_visible()
    expect(page.get_by_role("button", name="Cast my ballot")).to_have_count(0)
    expect(page.locator("#no-seat")).to_contain_text("Nobody votes on their own removal.")
    chen.fits()
    page.get_by_label("Your comment").fill(SAYS)
    page.get_by_role("button", name="Send my comment").click()
    expect(page).to_have_url(f"{chen.root}/proposals/1/#comment-1")
    expect(page.locator("#comment-1 strong")).to_have_text("sent")
    chen.fits()


def answer(lin: Visitor, worker: Mailbox) -> None:
    """The mail leads to the comment, without its words; the answer stands below it."""
    page = lin.page
    page.goto(worker.link_to(address("lin"), "Chen Yu commented on the proposal"))
    expect(page).to_have_url(f"{lin.root}/proposals/1/#comment-1")
    page.get_by_role("link", name="Answer Chen Yu").click()
    page.get_by_label("Your answer").fill(" ")
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("alert")).to_contain_text("Write your comment.")
    lin.fits()
    page.get_by_label("Your answer").fill(ASKS)
    page.get_by_role("button", name="Send my answer").click()
    expect(page.locator("#comment-1 #comment-2")).to_contain_text(ASKS)
    lin.fits()
    assert Comment.objects.get(number=2).answers == Comment.objects.get(number=1)


def vote(voter: Visitor) -> None:
    """In favour, finally."""
    page = voter.open("/proposals/1/")
    page.get_by_role("radio", name="In favour").check()
    page.get_by_role("button", name="Cast my ballot").click()
    expect(page.get_by_role("article", name="Your receipt")).to_contain_text("In favour")
    voter.fits()


def carried_out(lin: Visitor) -> None:
    """Both have voted and nobody can change it: the worker carries it out."""
    assert eventually(lambda: Execution.objects.exists())
    page = lin.open("/proposals/1/")
    expect(page.get_by_text("Passed and carried out").first).to_be_visible()
    expect(page.get_by_text("takes no more comments")).to_be_visible()
    lin.fits()
    assert Proposal.objects.get().execution.effect == "exit/chen"


def stays_for_the_day(chen: Visitor) -> None:
    """The last day still counts: what is earned on it is owed."""
    page = chen.open("/claims/")
    expect(page.get_by_role("button", name="Send claim")).to_be_visible()
    assert Membership.objects.get(member__handle="chen").exited_on is not None


def sees_nothing_any_more(chen: Visitor) -> None:
    """The same browser, still signed in: the next request is that of somebody who is no member."""
    page = chen.open("/proposals/1/")
    for words in (WHY, SAYS, ASKS):
        expect(page.get_by_text(words)).to_have_count(0)
    expect(page.get_by_text("Passed and carried out").first).to_be_visible()
    expect(page.locator("#comments")).to_have_count(0)
    chen.fits()
    chen.open("/proposals/1/comments/", status=404)
    chen.open("/proposals/new/", status=403)
