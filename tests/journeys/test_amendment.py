"""The charter is amended: drafted with preview and diff, voted on, carried out by a real worker, paid next month."""

from datetime import date, datetime, time, timedelta

import pytest
from playwright.sync_api import Page, expect

from charter import selectors as charter
from journal import writing
from journal.clock import database_clock
from journal.models import Job
from proposals.models import Execution, Proposal
from tests.ground.processes import eventually
from tests.journeys.groups import TREASURER, address
from tests.journeys.mail import Mailbox
from tests.journeys.visitors import DESK, Device, Stage, Visitor
from treasury.models import PayoutLine, PayoutRun
from treasury.views import readers

KEY = "income.1.2.2/en"
OLD = "An ordinary member: 400 (U+LXP) a month."
WORDS = "Every ordinary member gets {stipend.member} (U+LXP) a month."
NEW = "Every ordinary member gets 500 (U+LXP) a month."
REASON = "Prices rose, and the clause should say whom it means."


@pytest.mark.parametrize("device", [DESK, pytest.param(Device(390, scripts=False), marks=pytest.mark.torture)], ids=str)
def test_an_amendment_is_paid_in_the_next_month(
    small: Stage, worker: Mailbox, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = {handle: small.signed_in(address(handle), device, then="/proposals/") for handle in ("chen", "lin")}
    draft(members["chen"])
    number = open_vote(members["chen"])
    for voter in members.values():
        vote(voter, number)
    assert eventually(lambda: Execution.objects.filter(proposal__number=number).exists(), seconds=60)
    today = charter.today(Execution.objects.get().executed_at)
    anybody = small.visitor(device)
    read_the_charter(anybody, number, today)
    month, begins = next_month(today)
    later = datetime.combine(begins + timedelta(days=32), time(9), charter.terms_on(begins).time_zone)
    monkeypatch.setattr(readers, "database_clock", lambda: later)
    run_month(small.signed_in(TREASURER, device, then=f"/treasury/months/{month}/"), begins)
    anybody.open(f"/treasury/months/{month}/")
    read_the_line(anybody, begins)


def next_month(today: date) -> tuple[str, date]:
    """The month after a day's as the pages name it, and its first day."""
    begins = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return f"{begins:%Y-%m}", begins


def draft(chen: Visitor) -> None:
    """A setting and a clause are picked; the first words lose the value, which is said and keeps what was typed."""
    page = chen.page
    page.get_by_role("link", name="Put something to the vote").click()
    page.get_by_role("link", name="Amendment").click()
    chen.fits()
    page.get_by_label("Add a setting").select_option("stipend.member")
    page.get_by_label("Add a clause").select_option("income.1.2.2")
    page.get_by_role("button", name="Add to the amendment").click()
    expect(page.get_by_label("Text in English")).to_have_value("An ordinary member: {stipend.member} (U+LXP) a month.")
    chen.fits()
    page.get_by_label("Stipend of a member").fill("500")
    page.get_by_label("Text in English").fill("Every ordinary member gets 500 a month.")
    page.get_by_label("Why?").fill(REASON)
    page.get_by_role("checkbox", name="Ballots are final").check()
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_role("alert")).to_contain_text("Keep {stipend.member}")
    expect(page.get_by_label("Stipend of a member")).to_have_value("500")
    expect(page.get_by_label("Why?")).to_have_value(REASON)
    chen.fits()
    page.get_by_label("Text in English").fill(WORDS)
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_role("heading", name="It can open")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Ballots are final")).to_be_checked()
    marked(page)
    chen.fits()
    assert not Proposal.objects.exists()


def marked(page: Page) -> None:
    """The words that go and come are marked, with words for who does not see the marks."""
    text = page.locator(".diff[lang=en]")
    expect(text.locator("ins").first).to_have_text("added: Every")
    expect(text.locator("del").first).to_have_text("removed: An")
    expect(page.locator("main")).to_contain_text(f"reads: “{NEW}”")
    expect(page.locator("main")).to_contain_text("in Chinese stay as they are.")


def open_vote(chen: Visitor) -> int:
    """The proposal's page shows to everybody what the draft showed."""
    page = chen.page
    page.get_by_role("button", name="Put it forward").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Amend the charter: Stipend of a member, § 7.1.2.2")
    marked(page)
    expect(page.locator("main")).to_contain_text(REASON)
    chen.fits()
    return Proposal.objects.get().number


def vote(voter: Visitor, number: int) -> None:
    """In favour, for good."""
    page = voter.open(f"/proposals/{number}/")
    page.get_by_role("radio", name="In favour").check()
    page.get_by_role("button", name="Cast my ballot").click()
    expect(page.get_by_role("article", name="Your receipt")).to_contain_text("In favour")
    voter.fits()


def read_the_charter(anybody: Visitor, number: int, today: date) -> None:
    """The clause reads as decided from today on, as before until yesterday; its list of editions has both."""
    page = anybody.open("/charter/")
    clause = page.locator("[id='c-7.1.2.2']")
    expect(clause).to_contain_text(NEW)
    expect(clause).to_contain_text("普通成员：每月 500（U+LXP）。")
    expect(clause).to_contain_text("这段文字出自第 1 版；英文文本最近由第 3 版修订。")
    history = page.locator("#history li").first
    expect(history).to_contain_text(f"Edition 3 proposal {number}")
    expect(history.locator("del").first).to_have_text("removed: An")
    anybody.fits()
    page = anybody.open(f"/charter/?on={(today - timedelta(days=1)).isoformat()}")
    expect(page.locator("[id='c-7.1.2.2']")).to_contain_text(OLD)
    anybody.fits()
    page = anybody.open(f"/proposals/{number}/")
    expect(page.locator("#verdict")).to_contain_text("It was carried out on")


def run_month(mira: Visitor, begins: date) -> None:
    """When the month is over the treasurer presses once; the worker posts its lines."""
    page = mira.page
    page.get_by_role("link", name=f"Run {writing.day(begins, shape='month')}").click()
    mira.fits()
    page.locator("main form button[data-kind=primary]").click()
    assert eventually(lambda: Job.objects.filter(kind="payouts.month").exists())
    # It is due when the month is over, and the worker's clock still shows this one.
    Job.objects.filter(kind="payouts.month", finished_at=None).update(due_at=database_clock())
    assert eventually(lambda: PayoutRun.objects.filter(completed_at__isnull=False).exists(), seconds=60)
    lines = PayoutLine.objects.filter(payee="chen", kind="stipend-member")
    assert sum(line.amount_micro for line in lines) == 500_000_000


def read_the_line(reader: Visitor, begins: date) -> None:
    """Every day of the month at the new value, by its clause and the edition that brought it."""
    page = reader.page
    page.locator("#lines summary", has_text="Chen Yu").click()
    sentence = page.get_by_text("× 500 a month").first
    expect(sentence).to_be_visible()
    expect(sentence).to_contain_text("charter edition 3")
    reader.fits()
