"""What pages call transfers and accounts, and what they say a claim is worth before it is posted."""

from datetime import date
from fractions import Fraction

import pytest
from django.utils import translation

from charter import selectors as charter
from tests.cast import Cast
from tests.charter.history import amend
from tests.treasury.books import approved, grant
from treasury.rules import wordings, worth
from treasury.selectors import payouts


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("grant/2026-Q4", "Budget of Q4 2026"),
        ("grant/strange", "Budget of strange"),
        ("stipend-member/2026-08/alice/U", "Member’s stipend, August 2026"),
        ("stipend-leader/2026-08/alice/LXP", "Leader’s stipend, August 2026"),
        ("stipend-member/strange", "Member’s stipend, strange"),
        ("pow/C-7/U", "POW claim C-7"),
        ("pow/C-7/U#2", "Correction: POW claim C-7"),
        ("consulting/E-1/S-2/alice", "Consulting, E-1/S-2"),
        ("consulting-pool/E-1", "Pool’s share of consulting, E-1"),
        ("acceptance/E-1/S-2", "Accepted work, E-1/S-2"),
        ("refund/E-1/7/bo", "Refund to the client, E-1/7"),
        ("release/E-1", "Held money given back, E-1"),
        ("payback/client-1/3", "Credit paid back, client-1/3"),
        ("payment/24", "Client’s payment 24"),
        ("funding/E-1/2026-0026/22", "Client’s money held, E-1/2026-0026"),
        ("reversal/grant/2026-Q4", "Reversal: Budget of Q4 2026"),
        ("reversal/pow/C-7/U#2", "Reversal: Correction: POW claim C-7"),
        ("new-kind/of/line", "new-kind/of/line"),
        ("", ""),
    ],
)
def test_a_transfer_in_words(reference: str, says: str) -> None:
    with translation.override("en"):
        assert wordings.what(reference) == says


@pytest.mark.parametrize(
    ("kind", "owner", "says"),
    [
        ("pool", "", "Group’s pool"),
        ("dao", "", "The DAO"),
        ("outside", "", "Outside"),
        ("payable", "lin", "Owed to Lin Wei"),
        ("payable", "gone", "Owed to gone"),
        # A client's key that happens to be somebody's handle is still the client's.
        ("receivable", "lin", "Owed by lin"),
        ("escrow", "E-1", "Held for E-1"),
    ],
)
def test_an_account_in_words(kind: str, owner: str, says: str) -> None:
    with translation.override("en"):
        assert wordings.account(kind, owner, {"lin": "Lin Wei"}) == says


@pytest.mark.django_db
@pytest.mark.parametrize("hours_centi", [1, 33, 150, 725, 2399, 2400])
def test_a_claim_is_worth_what_its_lines_will_be(cast: Cast, hours_centi: int) -> None:
    amend(date(2026, 11, 1), {"pow.hourly_rate": "61.370001", "pow.lxp_share": "1/3", "lxp.per_u": "1.1"})
    grant(100_000)
    claim = approved(cast.chen, cast.lin, hours_centi=hours_centi)
    found = worth.of(hours_centi, charter.terms_on(claim.worked_on))
    lines = {line.asset: line.amount_micro for line in payouts.preview("2026-11") if line.kind == "pow"}
    assert lines == {"U": found.u_micro, "LXP": found.lxp_micro}
    assert found.value_e8 == claim.value_e8
    assert Fraction(found.value_e8, 10**8) == Fraction(hours_centi, 100) * Fraction("61.370001")


def test_a_nominal_value_is_written_to_its_last_digit() -> None:
    assert worth.Worth(value_e8=61_370_001).amount == "0.61370001"
    assert worth.Worth(value_e8=132_000_000_000).amount == "1,320"
