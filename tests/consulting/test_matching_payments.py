"""Whose a payment is: in doubt nobody's."""

import pytest

from consulting.rules.matching_payments import REASONS, Candidate, Deposit, Match, match

A, B, C = Candidate(1, 7, 240), Candidate(2, 7, 100), Candidate(3, 8, 240)
TWIN = Candidate(4, 7, 240)


@pytest.mark.parametrize(
    ("amount", "candidates", "found"),
    [
        (240, [A], Match(1)),
        (100, [A], Match(1)),
        (500, [A], Match(1)),
        (240, [A, B], Match(1)),
        (100, [A, B], Match(2)),
        (50, [A, B], Match(reason="several-invoices")),
        (240, [A, TWIN], Match(reason="several-invoices")),
        (100, [A, B, TWIN], Match(2)),
        (240, [A, C], Match(reason="several-clients")),
        (100, [B, C], Match(reason="several-clients")),
        (240, [], Match(reason="nothing-open")),
    ],
)
def test_the_payers_open_invoices_decide(amount: int, candidates: list[Candidate], found: Match) -> None:
    assert match(amount_micro=amount, deposit=None, known=True, candidates=candidates) == found
    assert match(amount_micro=amount, deposit=None, known=True, candidates=candidates[::-1]) == found


def test_nobody_proved_the_address() -> None:
    assert match(amount_micro=1, deposit=None, known=False, candidates=[]) == Match(reason="payer-unknown")


@pytest.mark.parametrize(
    ("deposit", "found"),
    [
        (Deposit(9), Match(9)),
        (Deposit(None), Match(reason="address-unused")),
    ],
)
def test_an_address_of_its_own_goes_before_the_payer(deposit: Deposit, found: Match) -> None:
    assert match(amount_micro=240, deposit=deposit, known=True, candidates=[A]) == found


def test_every_reason_has_its_sentence() -> None:
    reasons = {"address-unused", "payer-unknown", "nothing-open", "several-invoices", "several-clients"}
    assert set(REASONS) == reasons
    assert all(str(REASONS[reason]).endswith(".") for reason in reasons)
