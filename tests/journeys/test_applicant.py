"""From a stranger to an admitted member, through a first round that an objection stops. A real worker does its part."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from members.models import Application, Member
from proposals.models import Execution
from tests.cast import PASSWORD
from tests.ground.processes import eventually
from tests.journeys.groups import address
from tests.journeys.mail import Mailbox
from tests.journeys.visitors import DESK, PHONE, Device, Stage, Visitor

NOOR = "noor@world.example"
WEAK = "A data pipeline for market prices, with tests and a small dashboard."
STRONG = "Two years on a trading platform with 40,000 monthly users; I led its migration without lost data."
REASON = "I cannot see a mature project."
MISSING = "One project that people used for at least half a year."
CHANGES = "Noor described a system in production."
# The questions of the interview in their order.
SAID = ("The outage.", "Replay.", "The indexer.", "A diary.", "The right question.", "Six hours.")


@pytest.mark.parametrize("device", [pytest.param(DESK, marks=pytest.mark.torture), PHONE], ids=str)
def test_from_a_stranger_to_a_member(small: Stage, worker: Mailbox, device: Device) -> None:
    noor = small.visitor(device)
    open_account(noor, worker)
    apply(noor)
    lin = small.signed_in(address("lin"), device, then="/applications/")
    confirm_and_interview(lin)
    number = open_proposal(lin)
    # The phone's members vote without scripts.
    members = {"lin": lin} | {
        handle: small.signed_in(
            address(handle), Device(device.width, scripts=device == DESK), then=f"/proposals/{number}/"
        )
        for handle in ("sun", "chen")
    }
    first_round(members, number)
    add_information(noor)
    open_second_round(lin, number)
    for voter in members.values():
        vote_in_favour(voter, number)
    admitted_once(members["chen"], noor, number)


def open_account(noor: Visitor, worker: Mailbox) -> None:
    """Signs up, follows the mailed link, confirms the address, signs in."""
    page = noor.open("/")
    page.goto("/apply/")
    page.get_by_role("link", name="Open an account and apply").click()
    page.get_by_label("Email").fill(NOOR)
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_label("Password (again)").fill("short")
    page.get_by_role("button", name="Open my account").click()
    expect(page).to_have_title("Error: Open an account · Technical Expert Group")
    expect(page.get_by_label("Email")).to_have_value(NOOR)
    noor.fits()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password (again)").fill(PASSWORD)
    page.get_by_role("button", name="Open my account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    page.goto(worker.link_to(NOOR))
    page.get_by_role("button", name="Confirm my address").click()
    noor.fits()


def apply(noor: Visitor) -> None:
    """Four steps; the second one is refused first, and keeps what was typed."""
    page = noor.sign_in(NOOR, then="/apply/you/")
    page.get_by_label("Your name").fill("Noor Haddad")
    page.get_by_label("Your handle").fill("noor")
    page.get_by_label("Builder of the DAO since").fill((date.today() - timedelta(days=75)).isoformat())  # noqa: DTZ011
    save_and_continue(page)
    page.get_by_role("checkbox", name="Traditional field").check()
    page.get_by_label("Month", exact=True).first.fill("14")
    page.get_by_label("Year", exact=True).first.fill("2016")
    page.get_by_label("Which field?").fill("data engineering")
    page.get_by_label("First link").fill("https://code.example/noor")
    page.get_by_label("What it shows").first.fill("Two repositories")
    page.get_by_label("A mature project").fill(WEAK)
    page.get_by_label("Open-source work").fill("First pull requests in the indexer.")
    save_and_continue(page)
    summary = page.get_by_role("alert")
    expect(summary.get_by_role("heading")).to_have_text("2 answers need a change")
    expect(summary).to_be_focused()
    expect(page).to_have_title("Error: Experience and evidence · Technical Expert Group")
    noor.fits()
    summary.get_by_role("link").first.click()
    month = page.get_by_label("Month", exact=True).first
    expect(month).to_be_focused()
    expect(month).to_have_value("14")
    expect(page.get_by_label("A mature project")).to_have_value(WEAK)
    month.fill("3")
    page.get_by_label("How you work with others").fill("I write a note before each larger change.")
    save_and_continue(page)
    page.get_by_label("Hours a week").fill("6")
    save_and_continue(page)
    noor.fits()
    page.get_by_role("button", name="Send my application").click()
    expect(page).to_have_url(f"{noor.root}/application/")
    noor.fits()


def save_and_continue(page: Page) -> None:
    page.get_by_role("button", name="Save and continue").click()


def confirm_and_interview(lin: Visitor) -> None:
    """The leader confirms the builder's day and records the interview."""
    page = lin.page
    page.get_by_role("link", name="Noor Haddad").click()
    lin.fits()
    expect(page.get_by_role("button", name="Open the admission proposal")).to_have_attribute("aria-disabled", "true")
    page.get_by_label("Link that shows it").fill("https://forum.example/t/builder-noor")
    page.get_by_role("button", name="Confirm the day").click()
    page.get_by_role("link", name="Record an interview").click()
    page.get_by_label("Minutes").fill("50")
    page.get_by_role("checkbox", name="Sun Jia").check()
    for area, words in zip(page.locator("textarea[name^=answer_]").all(), SAID, strict=True):
        area.fill(words)
    page.get_by_role("button", name="Record the interview").click()
    expect(page.get_by_role("alert").get_by_role("heading")).to_have_text("One answer needs a change")
    lin.fits()
    page.get_by_label("Summary for the members").fill("Precise answers; we suggest to admit.")
    page.get_by_role("button", name="Record the interview").click()
    expect(page.get_by_text("Nothing is missing: the admission proposal can open.")).to_be_visible()


def open_proposal(lin: Visitor) -> int:
    """The leader puts the admission to the vote; the proposal's number."""
    page = lin.page
    page.get_by_role("button", name="Open the admission proposal").click()
    expect(page.get_by_role("heading", level=2, name="0 of 3 in favour")).to_be_visible()
    lin.fits()
    return int(page.url.rstrip("/").rpartition("/")[2])


def first_round(members: dict[str, Visitor], number: int) -> None:
    """Lin is in favour, Chen forgets the reason first and then objects, Sun is in favour: nothing passes."""
    vote_in_favour(members["lin"], number)
    chen = members["chen"]
    page = chen.open(f"/proposals/{number}/")
    page.get_by_role("radio", name="Object and ask").check()
    page.get_by_label("What information would change your vote?").fill(MISSING)
    page.get_by_role("button", name="Cast my ballot").click()
    expect(page.get_by_role("alert")).to_contain_text("Why do you object?")
    expect(page.get_by_label("What information would change your vote?")).to_have_value(MISSING)
    page.get_by_label("Why do you object?").fill(REASON)
    page.get_by_role("button", name="Cast my ballot").click()
    expect(page.get_by_role("heading", name="You object")).to_be_visible()
    chen.fits()
    vote_in_favour(members["sun"], number)
    page = members["sun"].open(f"/proposals/{number}/")
    expect(page.get_by_text(f"“{REASON}”")).to_be_visible()
    assert not Member.objects.filter(handle="noor").exists()


def vote_in_favour(voter: Visitor, number: int) -> None:
    """Casts a ballot in favour and gets a receipt that checks."""
    page = voter.open(f"/proposals/{number}/")
    page.get_by_role("radio", name="In favour").check()
    page.get_by_role("button", name="Cast my ballot").click()
    receipt = page.get_by_role("article", name="Your receipt")
    expect(receipt).to_contain_text("In favour")
    expect(receipt).to_contain_text("Checked: unchanged since cast")
    voter.fits()


def add_information(noor: Visitor) -> None:
    """The applicant reads the objection and answers it in the application."""
    page = noor.open("/application/")
    page.get_by_role("link", name="Open the proposal").click()
    expect(page.get_by_text(MISSING)).to_be_visible()
    noor.fits()
    page = noor.open("/application/")
    page.get_by_role("link", name="Change your experience").click()
    expect(page.get_by_label("A mature project")).to_have_value(WEAK)
    page.get_by_label("A mature project").fill(STRONG)
    page.get_by_role("button", name="Save the change").click()
    expect(page).to_have_url(f"{noor.root}/application/")
    expect(page.get_by_text(STRONG)).to_be_visible()


def open_second_round(lin: Visitor, number: int) -> None:
    """The leader opens round 2, which shows what changed and where nobody has voted yet."""
    page = lin.open(f"/proposals/{number}/")
    page.get_by_label("What changed since the last round?").fill(CHANGES)
    page.get_by_role("button", name="Open the next round").click()
    expect(page.get_by_role("heading", name="What changed since round 1")).to_be_visible()
    expect(page.locator(".diff ins", has_text="trading platform")).to_be_visible()
    expect(page.get_by_role("heading", level=2, name="0 of 3 in favour")).to_be_visible()
    lin.fits()


def admitted_once(member: Visitor, noor: Visitor, number: int) -> None:
    """The worker carries the proposal out; the new member sees the members' menu and can log hours."""
    page = member.open(f"/proposals/{number}/")
    expect(page.get_by_role("heading", level=2, name="3 of 3 in favour")).to_be_visible()
    assert eventually(lambda: Execution.objects.exists())
    page = member.open(f"/proposals/{number}/")
    expect(page.get_by_text("Passed and carried out").first).to_be_visible()
    member.fits()
    assert Application.objects.get().member == Member.objects.get(handle="noor")
    assert Execution.objects.count() == 1
    page = noor.open("/")
    for name in ("POW claims", "Proposals"):
        expect(page.locator("#nav").get_by_role("link", name=name, include_hidden=True)).to_have_count(1)
    noor.fits()
    page = noor.open("/claims/")
    expect(page.get_by_role("button", name="Send claim")).to_be_visible()
    page = noor.open("/members/")
    expect(page.get_by_role("row", name="Noor Haddad")).to_be_visible()
    # She does not apply again.
    noor.open("/apply/you/", status=409)
