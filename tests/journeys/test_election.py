"""The leader is elected: members stand, the vote opens by itself, nobody has enough, the run-off seats somebody."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from charter import selectors as charter
from journal.clock import database_clock
from members.models import Term
from members.services import terms
from proposals.models import Execution, Proposal, Round
from tests.ground.processes import eventually
from tests.journeys.groups import address
from tests.journeys.mail import Mailbox
from tests.journeys.travel import Travel
from tests.journeys.visitors import DESK, PHONE, Device, Stage, Visitor

A_WEEK = timedelta(days=7, minutes=1)
NUMBER = 1
PAGE = f"/proposals/{NUMBER}/"
STATEMENTS = {
    "chen": "I would answer every claim within two days.",
    "lin": "I would go on as before.",
    "sun": "I would publish the weekly report on Sunday.",
}


@pytest.mark.parametrize("device", [DESK, pytest.param(PHONE, marks=pytest.mark.torture)], ids=str)
def test_an_election_with_a_run_off(
    travel: Travel, small: Stage, worker: Mailbox, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_the_term()
    assert eventually(lambda: Proposal.objects.filter(number=NUMBER).exists())
    # The phone's members vote without scripts.
    plain = Device(device.width, scripts=device == DESK)
    people = {handle: small.signed_in(address(handle), plain, then="/") for handle in ("lin", "sun", "chen")}
    an_election_needs_candidates(people["sun"])
    for handle in ("lin", "sun", "chen"):
        stand(people[handle], handle)
    step_down_and_stand_again(people["sun"])
    travel.forward(A_WEEK)
    assert eventually(lambda: Round.objects.filter(number=1).exists())
    for handle, visitor in people.items():
        vote(visitor, handle)
    says(people["lin"], "If the round ended now, nobody would be elected")
    travel.forward(A_WEEK)
    assert eventually(lambda: Round.objects.filter(number=2).exists())
    the_run_off_says_how_it_came(people["sun"])
    for handle, choice in {"lin": "lin", "sun": "chen", "chen": "chen"}.items():
        vote(people[handle], choice)
    says(people["lin"], "If the round ended now, Chen Yu would be elected.")
    travel.forward(A_WEEK)
    assert eventually(lambda: Execution.objects.exists(), seconds=60)
    # The pages of the floors below show the day of this process's own clock.
    monkeypatch.setattr(timezone, "now", database_clock)
    the_new_leader_is_seated(small.visitor(device))


def end_the_term() -> None:
    """The leader's term ends in twenty days: it is time to put the election forward."""
    now = database_clock()
    last = charter.today(now) + timedelta(days=20)
    terms.end_term(term=Term.objects.get(role="leader"), ends_on=last, by="system:test", at=now)


def an_election_needs_candidates(sun: Visitor) -> None:
    """It waits on the first page, and leads to the form."""
    page = sun.open("/")
    page.get_by_role("link", name="Stand as candidate").click()
    expect(page.get_by_text("Nobody stands yet.", exact=True)).to_be_visible()
    expect(page.get_by_text("the group’s calendar")).to_be_visible()
    sun.fits()
    page.get_by_role("button", name="Stand as candidate").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why you stand")
    sun.fits()


def stand(visitor: Visitor, handle: str) -> None:
    """With a statement and a deputy."""
    page = visitor.open(PAGE)
    page.get_by_label("Why do you stand?").fill(STATEMENTS[handle])
    page.get_by_label("Deputy").select_option("sun" if handle != "sun" else "chen")
    page.get_by_role("button", name="Stand as candidate").click()
    expect(page.locator("#candidates").get_by_text(STATEMENTS[handle]).first).to_be_visible()
    expect(page.get_by_role("button", name="Change my candidacy")).to_be_visible()
    visitor.fits()


def step_down_and_stand_again(sun: Visitor) -> None:
    """Until it opens."""
    page = sun.page
    page.get_by_role("button", name="Step down").click()
    expect(page.locator("#candidates .rows li")).to_have_count(2)
    stand(sun, "sun")
    expect(page.locator("#candidates .rows li b")).to_have_text(["Chen Yu", "Lin Wei", "Sun Jia"])


def vote(visitor: Visitor, choice: str) -> None:
    """For a candidate; the receipt says for whom."""
    name = {"chen": "Chen Yu", "lin": "Lin Wei", "sun": "Sun Jia"}[choice]
    page = visitor.open(PAGE)
    visitor.fits()
    page.locator(f"input[value='for:{choice}']").check()
    page.get_by_role("button", name="Cast my ballot").click()
    expect(page.get_by_role("heading", name=f"Your vote: For {name}")).to_be_visible()
    visitor.fits()


def says(visitor: Visitor, text: str) -> None:
    """Where it stands."""
    page = visitor.open(PAGE)
    expect(page.locator("#verdict")).to_contain_text(text)


def the_run_off_says_how_it_came(sun: Visitor) -> None:
    """Equal votes: the two who come first in the tie order go on, and the page says why."""
    page = sun.open(PAGE)
    expect(page.locator("#candidates")).to_contain_text("This is the run-off")
    expect(page.locator("#candidates")).to_contain_text("Chen Yu 1, Lin Wei 1, Sun Jia 1.")
    expect(page.locator("input[value='for:sun']")).to_have_count(0)
    sun.fits()


def the_new_leader_is_seated(anybody: Visitor) -> None:
    """On the proposal and on the page of members, once."""
    page = anybody.open(PAGE)
    expect(page.locator("#verdict")).to_contain_text("Chen Yu: 2 of 3 votes")
    expect(page.locator("#candidates")).to_contain_text("Elected")
    anybody.fits()
    page = anybody.open("/members/")
    expect(page.get_by_role("row").filter(has_text="Leader")).to_have_count(1)
    expect(page.get_by_role("row").filter(has_text="Leader")).to_contain_text("Chen Yu")
    anybody.fits()
    assert Term.objects.filter(role="leader").count() == 2
