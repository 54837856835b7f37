"""What the codes on an invoice say, and what `verify` and start-up say of invoices and accounts."""

from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from consulting import invariants
from consulting.checks import check_bank
from consulting.rules import paying
from consulting.services import acceptances, payments
from tests.cast import AT, Cast
from tests.consulting.bills import bill, pay
from tests.consulting.desk import MICRO, SUNDAY, hourly, session
from tests.consulting.held import broken

IBAN = "DE89 3704 0044 0532 0130 00"


def test_a_wallet_reads_token_chain_address_and_amount() -> None:
    code = paying.wallet_code(token="0xAb", chain_id=10, to="0xCd", units=240_000_000)
    assert code == "ethereum:0xAb@10/transfer?address=0xCd&uint256=240000000"


def test_a_bank_reads_account_and_reference_in_the_standards_order() -> None:
    account = paying.bank(name="Tree Group", iban=IBAN, bic="cobadeff")
    assert account is not None
    assert paying.bank_code(account, "INV-2026-0001").split("\n") == [
        "BCD", "002", "1", "SCT", "COBADEFF", "Tree Group", "DE89370400440532013000", "", "", "", "INV-2026-0001",
    ]  # fmt: skip


@given(name=st.text(min_size=1).filter(str.strip), reference=st.text())
def test_no_text_adds_a_field(name: str, reference: str) -> None:
    account = paying.bank(name=name, iban=IBAN, bic="")
    assert account is not None
    fields = paying.bank_code(account, reference).split("\n")
    assert len(fields) == 11
    assert fields[6] == "DE89370400440532013000"
    assert len(fields[5]) <= 70
    assert len(fields[10]) <= 140


@pytest.mark.parametrize(
    "iban", ["DE88370400440532013000", "DE8937040044053201300", "X", "DE89-3704", "12345678901234567"]
)
def test_an_account_with_a_wrong_digit_is_none(iban: str, settings: Any) -> None:
    with pytest.raises(ValueError, match="IBAN"):
        paying.bank(name="x", iban=iban, bic="")
    settings.BANK_NAME, settings.BANK_IBAN = "x", iban
    assert [found.id for found in check_bank(None)] == ["consulting.E002"]


def test_an_account_has_a_holder_or_is_not_there() -> None:
    with pytest.raises(ValueError, match="holder"):
        paying.bank(name=" ", iban=IBAN, bic="")
    assert paying.bank(name="", iban=" ", bic="") is None
    assert check_bank(None) == []


@pytest.mark.django_db
def test_verify_finds_a_gap_and_a_number_that_nobody_gave(cast: Cast) -> None:
    bill(cast, hourly(cast))
    assert list(invariants.invoices_without_gap()) == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE consulting_series SET last = last + 1")
    assert len(list(invariants.invoices_without_gap())) == 1


@pytest.mark.django_db
def test_verify_finds_money_that_was_paid_and_is_not_held(cast: Cast) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    first = pay(cast, bill(cast, engagement), 250 * MICRO)
    pay(cast, bill(cast, engagement), 100 * MICRO, "B-2")
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, units=["S-1"], by=cast.mira, at=AT)
    payments.take_back(payment=first, by="chain", at=AT)
    assert broken() == []
    assert list(invariants.paid_is_held()) == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE treasury_transfer DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM treasury_transfer WHERE reference LIKE 'funding/%'")
        cursor.execute("ALTER TABLE treasury_transfer ENABLE TRIGGER USER")
    assert len(list(invariants.paid_is_held())) == 1
