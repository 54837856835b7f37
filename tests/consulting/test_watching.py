"""Payments on the test chain: seen, final, credited once, taken back; and what may never credit anything."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import Wallet
from accounts.services import wallets
from consulting import tasks
from consulting.checks import check_chain
from consulting.models import Allocation, ChainCursor, Payment
from consulting.rules.transfers import Transfer
from consulting.selectors.billing import payments_for
from consulting.selectors.payments import lines, waiting
from consulting.services import engagements, payments
from consulting.services.chain import watching
from consulting.services.chain.node import Node
from journal.models import Entry, Outbox
from journal.registry import due_work
from tests.cast import AT, Cast, person
from tests.consulting.bills import bill, held, owed, stands
from tests.consulting.chain import ASKED, CONFIRMATIONS, OWN, Liar, World, asked, proves, with_address, world
from tests.consulting.desk import MICRO, OPENED, harbor
from treasury.models import Posting
from treasury.services.clients import client_named

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain() -> Iterator[World]:
    with world() as found:
        yield found


def test_partial_then_the_rest_then_a_double_payment(cast: Cast, chain: World) -> None:
    invoice, payer = asked(cast), chain.payers[1]
    proves(invoice, payer)
    chain.watch()
    chain.pay(payer, 100 * MICRO)
    assert chain.watch()
    (line,) = lines(payments_for(invoice), chain.chain)
    assert (line.state, line.confirmed, line.needed, line.symbol) == ("seen", 1, CONFIRMATIONS, "USDC")
    assert stands(invoice) == ("open", 0, 0)

    chain.mine()
    assert chain.watch()
    assert stands(invoice) == ("partly", 100 * MICRO, 0)
    assert held(invoice.engagement) == 100 * MICRO

    chain.pay(payer, 140 * MICRO)
    chain.mine()
    chain.watch()
    assert stands(invoice) == ("paid", ASKED, 0)
    assert (held(invoice.engagement), owed(invoice)) == (ASKED, 0)

    chain.pay(payer, ASKED)
    chain.mine()
    chain.watch()
    assert [payment.queued_reason for payment in waiting()] == ["nothing-open"]
    assert stands(invoice) == ("paid", ASKED, 0)
    assert (held(invoice.engagement), owed(invoice)) == (ASKED, 0)


def test_a_double_payment_to_the_invoices_own_address_is_credit(cast: Cast, chain: World) -> None:
    invoice = with_address(cast)
    for _ in range(2):
        chain.pay(chain.payers[1], ASKED, to=OWN)
    chain.mine()
    chain.watch()
    assert stands(invoice) == ("overpaid", ASKED, ASKED)
    assert (held(invoice.engagement), owed(invoice)) == (ASKED, ASKED)


def test_more_than_was_asked_is_credit(cast: Cast, chain: World) -> None:
    invoice = with_address(cast)
    chain.pay(chain.payers[1], 300 * MICRO, to=OWN)
    chain.mine()
    chain.watch()
    assert (stands(invoice), owed(invoice)) == (("overpaid", ASKED, 60 * MICRO), 60 * MICRO)


def test_two_transfers_of_one_transaction_are_two_payments(cast: Cast, chain: World) -> None:
    invoice = with_address(cast)
    chain.pay(chain.payers[1], 120 * MICRO, to=OWN, act="twice")
    chain.mine()
    chain.watch()
    assert sorted(payment.log_index or 0 for payment in Payment.objects.all()) == [0, 1]
    assert stands(invoice) == ("paid", ASKED, 0)


def test_a_proved_wallet_of_the_clients_user_pays_the_invoice_of_that_amount(cast: Cast, chain: World) -> None:
    first, second = asked(cast), asked(cast, "F-2", 100 * MICRO)
    client, payer = harbor(), chain.payers[2]
    client.user = person("tan@harbor.example")
    client.save(update_fields=["user"])
    challenge = wallets.challenge(address=payer.address, purpose=wallets.own(client.user), user=client.user, at=AT)
    wallets.prove(user=client.user, nonce=challenge.nonce, signature=payer.sign(challenge.message), at=AT)
    chain.pay(payer, 100 * MICRO)
    chain.mine()
    chain.watch()
    assert (stands(first)[0], stands(second)[0]) == ("open", "paid")
    wallets.remove(wallet=Wallet.objects.get(), by=client.user, at=AT)
    chain.pay(payer, ASKED)
    chain.mine()
    chain.watch()
    assert stands(first)[0] == "open"
    assert [payment.queued_reason for payment in waiting()] == ["payer-unknown"]


def test_what_belongs_to_nobody_waits_and_the_treasurer_is_told_once(cast: Cast, chain: World) -> None:
    asked(cast)
    chain.pay(chain.payers[3], ASKED)
    chain.mine()
    for _ in range(3):
        chain.watch()
    assert [payment.queued_reason for payment in waiting()] == ["payer-unknown"]
    assert Outbox.objects.filter(key__contains="/waits/").count() == 1
    assert Entry.objects.filter(verb="payment.queue").count() == 1
    assert not Posting.objects.filter(kind="payment").exists()


def test_looking_again_counts_nothing_twice(cast: Cast, chain: World) -> None:
    invoice = with_address(cast)
    chain.pay(chain.payers[1], 100 * MICRO, to=OWN)
    chain.mine()
    for _ in range(3):
        chain.watch()
    assert (Payment.objects.count(), Allocation.objects.count()) == (1, 1)
    assert stands(invoice) == ("partly", 100 * MICRO, 0)


def test_another_token_a_failed_transfer_and_dust_are_no_payments(cast: Cast, chain: World) -> None:
    with_address(cast)
    payer = chain.payers[1]
    chain.pay(payer, ASKED, to=OWN, token=chain.other)
    failed = chain.pay(payer, 10**41, to=OWN)
    assert (receipt := chain.node.receipt(failed)) is not None
    assert not receipt.succeeded
    chain.pay(payer, 0, to=OWN)
    chain.pay(payer, ASKED, to="0x" + "99" * 20)
    chain.mine()
    chain.watch()
    assert Payment.objects.count() == 0


def test_a_token_of_eighteen_decimals_is_counted_exactly(cast: Cast, chain: World) -> None:
    invoice, deep = with_address(cast), chain.following(18)
    chain.pay(chain.payers[1], 240 * 10**18 + 7, to=OWN)
    chain.pay(chain.payers[1], 10**12 - 1, to=OWN)
    chain.mine()
    chain.watch(chain=deep)
    payment = Payment.objects.get()
    assert (payment.amount_micro, int(payment.units or 0)) == (ASKED, 240 * 10**18 + 7)
    assert stands(invoice) == ("paid", ASKED, 0)


def test_more_than_a_ledger_holds_is_left_out(cast: Cast, chain: World) -> None:
    with_address(cast)
    chain.pay(chain.payers[1], 2**63, to=OWN)
    chain.mine()
    assert chain.watch()
    assert Payment.objects.count() == 0


@pytest.mark.parametrize(
    "lies",
    [
        {"chain_id": 1},
        {"transfers": lambda found: set()},
        {"transfers": lambda found: {Transfer(**{**vars(item), "units": item.units + 1}) for item in found}},
        {"transfers": lambda found: {Transfer(**{**vars(item), "block_hash": "0x" + "1" * 64}) for item in found}},
        {"receipt": lambda found: None},
        {"block": None},
    ],
)
def test_two_nodes_that_disagree_credit_nothing(cast: Cast, chain: World, lies: dict[str, Any]) -> None:
    invoice = with_address(cast)
    chain.pay(chain.payers[1], ASKED, to=OWN)
    chain.mine()
    assert not chain.watch(chain.node, Liar(chain.node, **lies))
    assert Payment.objects.count() == 0
    assert ChainCursor.objects.get().trouble
    assert chain.watch(chain.node, Liar(chain.node))
    assert (stands(invoice)[0], ChainCursor.objects.get().trouble) == ("paid", "")


def test_a_receipt_that_failed_makes_nothing_final(cast: Cast, chain: World) -> None:
    with_address(cast)
    chain.pay(chain.payers[1], ASKED, to=OWN)
    chain.mine()
    liar = Liar(chain.node, receipt=lambda found: type(found)(False, found.transfers))
    assert chain.watch(liar)
    assert Payment.objects.get().final_at is None


def test_a_node_behind_the_other_counts_its_own_head(cast: Cast, chain: World) -> None:
    invoice = with_address(cast)
    chain.pay(chain.payers[1], ASKED, to=OWN)
    chain.mine(CONFIRMATIONS - 1)
    behind = Liar(chain.node, head=chain.node.head() - 1)
    assert chain.watch(chain.node, behind)
    assert stands(invoice)[0] == "open"
    assert chain.watch()
    assert stands(invoice)[0] == "paid"


def test_a_node_that_forgets_logs_takes_nothing_back(cast: Cast, chain: World) -> None:
    invoice = with_address(cast)
    chain.pay(chain.payers[1], ASKED, to=OWN)
    chain.mine()
    chain.watch()
    assert not chain.watch(Liar(chain.node, transfers=lambda found: set()))
    assert "lack a transfer" in ChainCursor.objects.get().trouble
    assert stands(invoice)[0] == "paid"


def test_a_broken_node_is_noted_and_changes_nothing(cast: Cast, chain: World) -> None:
    with_address(cast)
    chain.pay(chain.payers[1], ASKED, to=OWN)

    def broken(found: Any) -> Any:
        raise TimeoutError("http://node.example/secret-key")

    assert not chain.watch(Liar(chain.node, transfers=broken))
    assert ChainCursor.objects.get().trouble == "TimeoutError"
    assert Payment.objects.count() == 0


def test_it_looks_every_ten_seconds_and_one_at_a_time(cast: Cast, chain: World) -> None:
    def look(seconds: float, act: Callable[..., Any] = watching.watch) -> Any:
        return act(nodes=[chain.node], chain=chain.chain, clock=lambda: AT + watching.EVERY * (seconds / 10))

    assert look(0)
    assert not look(9.9)
    assert look(10)
    assert watching.claim(chain.chain, AT + 2 * watching.EVERY) is not None
    assert not look(30)
    assert look(20 + 61)


def test_it_begins_where_the_chain_stands_unless_said(cast: Cast, chain: World) -> None:
    with_address(cast)
    chain.pay(chain.payers[1], ASKED, to=OWN)
    chain.mine(3)
    chain.watch(chain=chain.following(start_block=0))
    assert Payment.objects.count() == 0
    chain.pay(chain.payers[1], ASKED, to=OWN)
    chain.watch(chain=chain.following(start_block=0))
    assert Payment.objects.count() == 1


def test_a_backlog_is_worked_off_look_by_look(cast: Cast, chain: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consulting.services.chain.looking.BLOCKS_MOST", 5)
    invoice = with_address(cast)
    chain.mine(30)
    chain.pay(chain.payers[1], ASKED, to=OWN)
    chain.mine(30)
    looks = 0
    while stands(invoice)[0] != "paid":
        assert watching.watch(nodes=[chain.node], chain=chain.chain, clock=lambda: AT)
        looks += 1
        assert looks < 40
    assert looks > 3


def test_one_address_for_two_clients_is_nobodys(cast: Cast, chain: World) -> None:
    invoice, payer = asked(cast), chain.payers[1]
    kite = client_named(name="Kite Finance", at=AT)
    order = engagements.open_engagement(
        reference="K-1", client=kite, title="Audit", pricing="hourly", opened_on=OPENED, by=cast.mira, at=AT
    )
    second = bill(cast, order, ASKED)
    for each in (invoice, second):
        proves(each, payer)
    chain.pay(payer, ASKED)
    chain.mine()
    chain.watch()
    assert [payment.queued_reason for payment in waiting()] == ["several-clients"]
    assert (stands(invoice)[0], stands(second)[0]) == ("open", "open")


def test_one_payment_that_fails_keeps_nobody_elses(
    cast: Cast, chain: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    invoice = with_address(cast)
    chain.pay(chain.payers[1], 100 * MICRO, to=OWN)
    chain.pay(chain.payers[1], 140 * MICRO, to=OWN)
    chain.mine()
    receive = payments.receive

    def broken(**given: Any) -> Payment:
        if given["payment"].amount_micro == 100 * MICRO:
            raise RuntimeError("full disk")
        return receive(**given)

    monkeypatch.setattr(payments, "receive", broken)
    assert chain.watch()
    assert stands(invoice) == ("partly", 140 * MICRO, 0)
    assert "could not be written" in caplog.text
    monkeypatch.undo()
    assert chain.watch()
    assert stands(invoice) == ("paid", ASKED, 0)


def test_the_worker_looks_when_a_chain_and_a_node_are_configured(
    cast: Cast, chain: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[tuple[str, ...]] = []

    def nodes(urls: tuple[str, ...]) -> list[Node]:
        asked_for.append(urls)
        return [chain.node]

    monkeypatch.setattr(tasks, "nodes", nodes)
    look = due_work["consulting.chain"]
    settings.CHAIN_RPC_URL = ["https://one.example", "https://two.example"]
    look(AT)
    settings.CHAIN_ID, settings.CHAIN_RECEIVER = chain.chain.number, chain.chain.receiver
    settings.CHAIN_TOKENS, settings.CHAIN_RPC_URL = [f"USDC:{chain.token.address}:6"], []
    look(AT)
    assert (asked_for, ChainCursor.objects.count()) == ([], 0)
    settings.CHAIN_RPC_URL = ["https://one.example", "https://two.example"]
    look(AT)
    assert asked_for == [("https://one.example", "https://two.example")]
    assert (ChainCursor.objects.get().scanned_to, ChainCursor.objects.get().trouble) == (chain.node.head(), "")


def test_start_up_refuses_settings_that_cannot_be_used(settings: Any) -> None:
    assert check_chain(None) == []
    settings.CHAIN_RECEIVER, settings.CHAIN_TOKENS = "0x" + "7e" * 20, ["USDC"]
    (found,) = check_chain(None)
    assert found.id == "consulting.E001"
    assert "USDC" in str(found.msg)
