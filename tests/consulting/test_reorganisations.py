"""Blocks that were and are no more: money that went is taken back, money that only moved stays."""

from collections.abc import Iterator
from typing import Any

import pytest

from consulting.models import Payment
from journal.models import Outbox
from tests.cast import AT, Cast
from tests.consulting.bills import held, owed, stands
from tests.consulting.chain import ASKED, CONFIRMATIONS, OWN, World, with_address, world
from treasury.models import Posting

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain() -> Iterator[World]:
    with world() as found:
        yield found


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
