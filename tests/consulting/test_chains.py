"""Which chain and tokens the environment may name, and what an amount of a token is worth."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consulting.rules import chains
from consulting.rules.chains import Token
from consulting.selectors.chains import configured

ADDRESS = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
VALUES: dict[str, Any] = {
    "number": 10,
    "name": "Optimism",
    "tokens": [f"USDC:{ADDRESS}:6"],
    "receiver": ADDRESS,
    "confirmations": 12,
    "start_block": 0,
}


def test_a_chain_is_read_in_small_letters() -> None:
    chain = chains.read(**VALUES)
    assert chain is not None
    assert (chain.receiver, chain.tokens) == (ADDRESS.lower(), (Token("USDC", ADDRESS.lower(), 6),))
    assert chain.token(ADDRESS) == chain.tokens[0]
    assert chain.token(ADDRESS.replace("5a", "5b")) is None


def test_without_a_receiver_there_is_none() -> None:
    assert chains.read(**VALUES | {"receiver": ""}) is None
    assert configured() is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"tokens": []},
        {"tokens": ["USDC"]},
        {"tokens": [f"USDC:{ADDRESS}:37"]},
        {"tokens": [f"USDC:{ADDRESS.replace('5a', '5A')}:6"]},
        {"tokens": [f"USDC:{ADDRESS}:6", f"USDT:{ADDRESS.lower()}:6"]},
        {"receiver": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"},
        {"receiver": "harbor.eth"},
        {"number": 0},
        {"confirmations": 0},
        {"start_block": -1},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        chains.read(**VALUES | wrong)


@pytest.mark.parametrize(
    ("decimals", "units", "micro", "dust"),
    [
        (6, 240_000_000, 240_000_000, 0),
        (18, 240 * 10**18 + 7, 240_000_000, 7),
        (18, 10**12 - 1, 0, 10**12 - 1),
        (2, 24_000, 240_000_000, 0),
        (0, 3, 3_000_000, 0),
    ],
)
def test_amounts_of_tokens(decimals: int, units: int, micro: int, dust: int) -> None:
    token = Token("T", ADDRESS.lower(), decimals)
    assert (token.micro(units), token.dust(units)) == (micro, dust)


@given(st.integers(0, 36), st.integers(0, 2**256 - 1))
def test_micro_units_and_dust_are_the_whole(decimals: int, units: int) -> None:
    token = Token("T", ADDRESS.lower(), decimals)
    assert token.units(token.micro(units)) + token.dust(units) == units


@given(st.integers(0, 36), st.integers(1, 2**63 - 1))
def test_what_is_asked_for_is_enough(decimals: int, micro: int) -> None:
    token = Token("T", ADDRESS.lower(), decimals)
    assert token.micro(token.units(micro)) >= micro
    assert token.micro(token.units(micro) - 1) < micro


def test_confirmations_count_the_block_itself() -> None:
    chain = chains.read(**VALUES)
    assert chain is not None
    assert [chain.confirmed(100, head) for head in (99, 100, 110, 111, 500)] == [0, 1, 11, 12, 12]
