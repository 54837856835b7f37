"""Payments on the test chain: seen, final, credited once, taken back; and what may never credit anything."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import Wallet
from accounts.services import wallets
from consulting.models import Allocation, ChainCursor, DepositAddress, Invoice, PayerProof, Payment
from consulting.rules.transfers import Transfer
from consulting.selectors.billing import payments_for
from consulting.selectors.payments import lines, waiting
from consulting.services import engagements
from consulting.services.chain import watching
from journal.models import Entry, Outbox
from tests.cast import AT, Cast, person
from tests.consulting.bills import bill, held, owed, stands
from tests.consulting.chain import CONFIRMATIONS, Liar, Payer, World, world
from tests.consulting.desk import MICRO, OPENED, fixed, harbor
from treasury.models import Posting
from treasury.services.clients import client_named

pytestmark = pytest.mark.django_db
OWN = "0x" + "48" * 20
ASKED = 240 * MICRO


@pytest.fixture
def chain() -> Iterator[World]:
    with world() as found:
        yield found


def proves(invoice: Invoice, payer: Payer) -> None:
    """The payer proved the address for the invoice."""
    challenge = wallets.challenge(address=payer.address, purpose=f"invoice {invoice.number}", at=AT)
    PayerProof.objects.create(invoice=invoice, address=payer.address.lower(), challenge=challenge, proven_at=AT)


def asked(cast: Cast, reference: str = "F-1", micro: int = ASKED) -> Invoice:
    """An invoice of the client for work at a fixed price."""
    return bill(cast, fixed(cast, reference), micro)


def with_address(cast: Cast, reference: str = "F-1") -> Invoice:
    """An invoice with an address of its own."""
    DepositAddress.objects.create(address=OWN)
    return asked(cast, reference)


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


def reorganised(chain: World, depth: int, *, before: Any) -> None:
    """The last `depth` blocks are others now, and one more."""
    chain.tester.revert_to_snapshot(before)
    chain.mine(depth + 1)


@pytest.mark.parametrize("depth", range(1, 21))
def test_a_reorganisation_takes_the_money_back(cast: Cast, chain: World, depth: int) -> None:
    invoice = with_address(cast)
    before = chain.tester.take_snapshot()
    chain.pay(chain.payers[1], ASKED, to=OWN)
    chain.mine(depth - 1)
    chain.watch()
    final = depth >= CONFIRMATIONS
    assert stands(invoice)[0] == ("paid" if final else "open")
    reorganised(chain, depth, before=before)
    assert chain.watch()
    payment = Payment.objects.get()
    assert (payment.reverted_at, payment.credited_at is not None) == (AT, final)
    assert stands(invoice) == ("open", 0, 0)
    assert (held(invoice.engagement), owed(invoice)) == (0, 0)
    assert Posting.objects.filter(kind="reversal").count() == (2 if final else 0)
    chain.pay(chain.payers[1], ASKED, to=OWN)
    chain.mine()
    chain.watch()
    assert (Payment.objects.count(), stands(invoice)[0]) == (2, "paid")


@pytest.mark.parametrize("depth", [1, CONFIRMATIONS, 20])
def test_money_that_only_moved_to_another_block_stays(cast: Cast, chain: World, depth: int) -> None:
    invoice = with_address(cast)
    before, nonce = chain.tester.take_snapshot(), chain.web3.eth.get_transaction_count(chain.payers[1].address)
    tx = chain.pay(chain.payers[1], ASKED, to=OWN)
    chain.mine(depth - 1)
    chain.watch()
    old = Payment.objects.get()
    chain.tester.revert_to_snapshot(before)
    chain.mine(2)
    assert chain.web3.eth.get_transaction_count(chain.payers[1].address) == nonce
    assert chain.pay(chain.payers[1], ASKED, to=OWN) == tx
    chain.mine(depth)
    chain.watch()
    new = Payment.objects.get()
    assert (new.pk, new.reverted_at) == (old.pk, None)
    assert new.block_hash != old.block_hash
    assert not Posting.objects.filter(kind="reversal").exists()
    chain.mine()
    chain.watch()
    assert stands(invoice) == ("paid", ASKED, 0)


def test_what_was_accepted_before_the_money_went_is_owed(cast: Cast, chain: World) -> None:
    invoice = with_address(cast)
    before = chain.tester.take_snapshot()
    chain.pay(chain.payers[1], ASKED, to=OWN)
    chain.mine()
    chain.watch()
    type(invoice.engagement).objects.filter(pk=invoice.engagement_id).update(accepted_on=AT.date())
    reorganised(chain, 20, before=before)
    chain.watch()
    assert stands(invoice) == ("open", 0, 0)
    assert (held(invoice.engagement), owed(invoice)) == (ASKED, -ASKED)
    assert Outbox.objects.filter(key__contains="/back/").count() == 1


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
