"""Signing a ballot with a wallet in the browser, and by hand; both pages fit a telephone and have no barrier."""

import json
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from journal.clock import database_clock
from members.models import Member
from proposals.models import BallotSignature, Round
from proposals.services import evidence
from tests.proposals.cast import DAY, found, opened, vote
from tests.proposals.keys import KEY, message, pasted, proved, signed
from tests.proposals.test_browser import sign_in
from tests.served import Served

pytestmark = pytest.mark.browser

# A wallet as browsers have them (EIP-6963); the test holds its key.
WALLET = """
const provider = {
  request: ({ method, params }) =>
    method === "eth_requestAccounts" ? window.accounts() : window.sign(method, ...params),
};
window.addEventListener("eip6963:requestProvider", () =>
  window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: { info: {}, provider } })));
"""


def voted() -> tuple[Member, Round]:
    """A member with a wallet whose ballot waits for its signature."""
    ana, ben, _chen = found(users=True)
    _proposal, held = opened(ana, moment=database_clock() - DAY)
    vote(held, ben, moment=database_clock())
    proved(ben)
    return ben, held


def sound(page: Page) -> None:
    """Nothing wider than a telephone, no barrier."""
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert Axe().run(page).response["violations"] == []


def test_the_wallet_signs_what_the_page_shows(page: Page, served: Served) -> None:
    ben, _held = voted()
    sign_in(page, served, ben)

    def sign(method: str, address: str, text: str) -> str:
        assert (method, address) == ("eth_signTypedData_v4", KEY.address)
        data: dict[str, Any] = json.loads(text)
        return signed(data)

    page.expose_function("accounts", lambda: [KEY.address])
    page.expose_function("sign", sign)
    page.add_init_script(WALLET)
    page.goto("/proposals/1/")
    page.get_by_role("link", name="Sign it with your wallet").click()
    sound(page)
    page.get_by_role("button", name="Sign in my wallet").click()
    expect(page.locator("#receipt")).to_contain_text("Signed by this wallet")
    sound(page)
    assert BallotSignature.objects.get().address == KEY.address.lower()


def test_votes_from_snapshot_fit_a_telephone(page: Page, served: Served) -> None:
    ben, held = voted()
    evidence.add(proposal=held.proposal, envelope=pasted(values=message(space="x" * 256, reason="y" * 400)), by=ben)
    sign_in(page, served, ben)
    page.goto("/proposals/1/")
    page.get_by_role("link", name="Votes from Snapshot").click()
    expect(page.locator("main")).to_contain_text("What it does not prove")
    sound(page)
