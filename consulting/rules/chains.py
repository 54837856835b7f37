"""On which chain the group receives stablecoins, and what an amount of a token is in micro-units of U."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.rules.addresses import plain

MICRO = 1_000_000
DECIMALS_MOST = 36
# Blocks below the final ones that are looked at again: a reorganisation that reached them is seen and taken back.
WATCHED_BELOW = 64
BIGINT_MOST = 2**63 - 1
_TOKEN = re.compile(r"([A-Za-z0-9.]{1,12}):(0x[0-9a-fA-F]{40}):(\d{1,2})")


@dataclass(frozen=True)
class Token:
    """A stablecoin counted one for one as U: symbol, address in small letters, decimals."""

    symbol: str
    address: str
    decimals: int

    @property
    def _whole(self) -> int:
        """One token in its own units."""
        return int(10**self.decimals)

    def micro(self, units: int) -> int:
        """Whole micro-units of U in an amount of the token's own units; what is left over is dust."""
        return units * MICRO // self._whole

    def dust(self, units: int) -> int:
        """The token's own units below a micro-unit of U."""
        return units - self.units(self.micro(units)) if self._whole > MICRO else 0

    def units(self, micro: int) -> int:
        """The token's own units of an amount in micro-units; a token of fewer decimals is rounded up to be enough."""
        return -(-micro * self._whole // MICRO)


@dataclass(frozen=True)
class Chain:
    """Where payments are looked for; `receiver` in small letters, final after `confirmations` blocks with its own."""

    number: int
    name: str
    tokens: tuple[Token, ...]
    receiver: str
    confirmations: int
    start_block: int

    def token(self, address: str) -> Token | None:
        """The token at an address, if it is one that we take."""
        return next((token for token in self.tokens if token.address == address.lower()), None)

    def confirmed(self, block: int, head: int) -> int:
        """How many blocks say so, at most what is needed."""
        return max(0, min(head - block + 1, self.confirmations))


def read_tokens(texts: Sequence[str]) -> tuple[Token, ...]:
    """`["USDC:0x…:6"]` as tokens. ValueError says which one cannot be read."""
    tokens = []
    for text in texts:
        found = _TOKEN.fullmatch(text.strip())
        if found is None or int(found[3]) > DECIMALS_MOST:
            raise ValueError(f"{text!r} is no token: write SYMBOL:0xADDRESS:DECIMALS")
        tokens.append(Token(found[1], plain(found[2]), int(found[3])))
    if len({token.address for token in tokens}) < len(tokens):
        raise ValueError("a token is named twice")
    return tuple(tokens)


def read(
    *, number: int, name: str, tokens: Sequence[str], receiver: str, confirmations: int, start_block: int
) -> Chain | None:
    """The configured chain, None without a receiver. ValueError for what cannot be."""
    if not receiver:
        return None
    if not tokens:
        raise ValueError("a receiver needs at least one token")
    if number < 1 or confirmations < 1 or start_block < 0:
        raise ValueError("chain and confirmations begin at 1, the first block at 0")
    return Chain(number, name, read_tokens(tokens), plain(receiver), confirmations, start_block)
