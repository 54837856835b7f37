"""A Transfer of a token, read from a log, and what one look at the chain gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

Key = tuple[str, int]


@dataclass(frozen=True, order=True)
class Transfer:
    """One log of a token's Transfer: addresses and hashes in small letters, `units` the token's own (uint256)."""

    tx_hash: str
    log_index: int
    token: str
    payer: str
    to: str
    units: int
    block_number: int
    block_hash: str

    @property
    def key(self) -> Key:
        """What names a transfer on one chain."""
        return self.tx_hash, self.log_index

    @property
    def money(self) -> tuple[str, str, str, int]:
        """What it moves; the same log of the same transaction can move something else after a reorganisation."""
        return self.token, self.payer, self.to, self.units


@dataclass(frozen=True)
class Block:
    """A block by its hash, and when it was made."""

    block_hash: str
    made_at: datetime


@dataclass(frozen=True)
class Receipt:
    """How a transaction ended, and every token transfer in it."""

    succeeded: bool
    transfers: frozenset[Transfer]

    def has(self, transfer: Transfer) -> bool:
        """Whether the transaction succeeded and holds exactly this transfer."""
        return self.succeeded and transfer in self.transfers


@dataclass(frozen=True)
class View:
    """What every node says of the blocks from `first` to `last`, under `head`."""

    head: int
    first: int
    last: int
    new: tuple[Transfer, ...] = ()
    # Blocks of new transfers, by number.
    made_at: Mapping[int, datetime] = field(default_factory=dict)
    # Transfers that we know, at the block where they stand now.
    moved: tuple[Transfer, ...] = ()
    gone: tuple[Transfer, ...] = ()
    final: tuple[Transfer, ...] = ()
