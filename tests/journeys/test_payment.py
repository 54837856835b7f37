"""A client pays an invoice from a wallet on the test chain: proved first, in part, the rest, and once too often."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.rules.addresses import checksummed
from consulting.models import Invoice
from consulting.rules.billing import Line
from consulting.services import engagements, invoices
from journal.clock import database_clock
from tests.consulting.chain import CHAIN_ID, RECEIVER, World, world
from tests.journeys.groups import MICRO, TREASURER
from tests.journeys.visitors import DESK, Device, Stage, Visitor
from treasury.services.clients import client_named

# A wallet as browsers have them (EIP-6963): it asks the test for its address and for signatures.
WALLET = """
const provider = {
  request: ({ method, params }) => method === "eth_requestAccounts" ? window.accounts() : window.sign(params[0]),
};
window.addEventListener("eip6963:requestProvider", () =>
  window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: { info: {}, provider } })));
"""
WITHOUT_SCRIPTS = Device(390, scripts=False)


@pytest.fixture
def chain(settings: Any) -> Iterator[World]:
    with world() as found:
        settings.CHAIN_ID, settings.CHAIN_RECEIVER = CHAIN_ID, RECEIVER
        settings.CHAIN_TOKENS, settings.CHAIN_NAME = [f"USDC:{found.token.address}:6"], "Test chain"
        yield found


@pytest.mark.parametrize("device", [pytest.param(DESK, marks=pytest.mark.torture), WITHOUT_SCRIPTS], ids=str)
def test_a_client_pays_from_a_wallet(small: Stage, chain: World, device: Device) -> None:
    invoice = billed()
    client = small.visitor(device)
    if device.scripts:
        carry_wallet(client, chain)
    page = client.open(f"/invoices/{invoice.token}/")
    client.fits()
    page.get_by_role("link", name="Prove the address you pay from").click()
    client.fits()
    if device.scripts:
        prove_by_wallet(client)
    else:
        prove_by_hand(client, chain)
    expect(page).to_have_url(f"{client.root}/invoices/{invoice.token}/")
    pay_in_parts(client, chain, invoice)
    decide_the_double(small.signed_in(TREASURER), invoice)


def billed() -> Invoice:
    """240 U for a client of the group."""
    now = database_clock()
    order = engagements.open_engagement(
        reference="E-2026-7",
        client=client_named(name="Kite Finance", at=now),
        title="Review of the vault",
        pricing="fixed",
        price_micro=240 * MICRO,
        opened_on=now.date(),
        by="system:test",
        at=now,
    )
    lines = [Line("Review of the vault", 240 * MICRO)]
    return invoices.issue(engagement=order, lines=lines, due_at=now, language="en", by="system:test", at=now)


def carry_wallet(client: Visitor, chain: World) -> None:
    """The client's browser has a wallet."""
    payer = chain.payers[1]
    client.context.expose_function("accounts", lambda: [payer.address])
    client.context.expose_function("sign", lambda text: payer.sign(bytes.fromhex(text[2:]).decode()))
    client.context.add_init_script(WALLET)


def prove_by_wallet(client: Visitor) -> None:
    """Two clicks: the wallet gives the address, then the signature."""
    client.page.get_by_role("button", name="Take the address from my wallet").click()
    client.page.get_by_role("button", name="Sign in my wallet").wait_for()
    client.fits()
    client.page.get_by_role("button", name="Sign in my wallet").click()


def prove_by_hand(client: Visitor, chain: World) -> None:
    """The text is copied into a wallet elsewhere, the signature pasted; a wrong one can be put right."""
    page, payer = client.page, chain.payers[1]
    expect(page.get_by_role("button", name="Take the address from my wallet")).to_be_hidden()
    page.get_by_label("Address of your wallet").fill(payer.address)
    page.get_by_role("button", name="Get the message to sign").click()
    page.get_by_label("Signature").fill("0x12")
    page.get_by_role("button", name="Check the signature").click()
    expect(page.get_by_role("alert").first).to_contain_text("This is no signature")
    client.fits()
    page.get_by_label("Signature").fill(payer.sign(page.locator("#message").inner_text()))
    page.get_by_role("button", name="Check the signature").click()


def pay_in_parts(client: Visitor, chain: World, invoice: Invoice) -> None:
    """100 are seen and then final, 140 are the rest, 240 are too much."""
    page, payer = client.page, chain.payers[1]
    chain.pay(payer, 100 * MICRO)
    chain.watch(at=database_clock())
    client.open(f"/invoices/{invoice.token}/")
    expect(page.get_by_text("100.00 U seen on the network: 1 of 12 confirmations")).to_be_visible()
    look(client, chain, invoice)
    expect(page.get_by_role("heading", name="140.00 U still to pay")).to_be_visible()
    client.fits()
    chain.pay(payer, 140 * MICRO)
    look(client, chain, invoice)
    expect(page.get_by_role("heading", name="Thank you, everything is paid")).to_be_visible()
    chain.pay(payer, 240 * MICRO)
    look(client, chain, invoice)
    expect(page.get_by_role("heading", name="Thank you, everything is paid")).to_be_visible()


def look(client: Visitor, chain: World, invoice: Invoice) -> None:
    """Twelve blocks later the house looks, and so does the client."""
    chain.mine()
    chain.watch(at=database_clock())
    client.open(f"/invoices/{invoice.token}/")


def decide_the_double(mira: Visitor, invoice: Invoice) -> None:
    """The treasurer finds what came twice and makes it the client's credit."""
    page = mira.open("/payments/")
    mira.fits()
    expect(page.get_by_text("a double payment, perhaps")).to_be_visible()
    page.locator("section", has=page.get_by_role("heading", name="Waiting for your decision")).get_by_role(
        "link"
    ).click()
    expect(page.get_by_text(checksummed(RECEIVER))).to_be_visible()
    page.get_by_label("It is a client’s credit").check()
    page.get_by_label("How do you know?").fill("Same address, same amount, ten minutes later")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the key of the client")
    mira.fits()
    page.get_by_label("Key of the client").fill(invoice.client.key)
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("No payment waits.")).to_be_visible()
