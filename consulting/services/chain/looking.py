"""One look at the chain: every node is asked the same, and only what all of them say is a view."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from consulting.rules.chains import WATCHED_BELOW, Chain
from consulting.rules.transfers import Key, Transfer, View
from consulting.services.chain.node import Node

# Nodes answer for so many blocks at once; a backlog is worked off one look after the other.
BLOCKS_MOST = 2000
Answer = TypeVar("Answer")


class Unclear(Exception):
    """The nodes do not agree, or one contradicts itself: nothing may be concluded from this look."""


@dataclass(frozen=True)
class Known:
    """A transfer that is on record and stands, and whether it is final."""

    transfer: Transfer
    final: bool


@dataclass(frozen=True)
class Look:
    """The nodes, the chain that they must follow, our addresses, and what is on record."""

    nodes: Sequence[Node]
    chain: Chain
    receivers: Sequence[str]
    known: Mapping[Key, Known]

    def head(self) -> int:
        """The newest block that every node has. Unclear for a node of another chain."""
        if any(node.chain_id() != self.chain.number for node in self.nodes):
            raise Unclear(f"a node does not follow chain {self.chain.number}")
        return min(node.head() for node in self.nodes)

    def view(self, *, since: int, scanned_to: int, head: int) -> View:
        """The blocks that are not looked at yet, and those before them that can still change. Unclear."""
        below = self.chain.confirmations + WATCHED_BELOW
        first = max(since, min(scanned_to, head) + 1 - below)
        last = min(head, max(first, scanned_to) + BLOCKS_MOST)
        if last < first:
            return View(head, first, last)
        tokens = [token.address for token in self.chain.tokens]
        logs = self._agreed(lambda node: node.transfers(tokens, self.receivers, first, last), "transfers")
        seen = {transfer.key: transfer for transfer in logs}
        gone, moved = self._changed(seen, first, last)
        left = {transfer.key for transfer in gone}
        new = tuple(sorted(item for item in logs if item.key not in self.known or item.key in left))
        return View(
            head=head,
            first=first,
            last=last,
            new=new,
            made_at={number: self._block_time(new, number) for number in {item.block_number for item in new}},
            moved=tuple(moved),
            gone=tuple(gone),
            final=tuple(sorted(item for item in logs if self._is_final(item, head))),
        )

    def _changed(self, seen: Mapping[Key, Transfer], first: int, last: int) -> tuple[list[Transfer], list[Transfer]]:
        """What is on record for these blocks and is there no more, or elsewhere."""
        gone, moved = [], []
        for key, known in self.known.items():
            was, now = known.transfer, seen.get(key)
            if now is not None and now.money == was.money:
                if now.block_hash != was.block_hash:
                    moved.append(now)
            elif now is not None:
                gone.append(was)
            elif first <= was.block_number <= last:
                now = self._elsewhere(was)
                (moved if now else gone).append(now or was)
        return gone, moved

    def _elsewhere(self, was: Transfer) -> Transfer | None:
        """Where a transfer stands that is not among the logs, None if nowhere.

        A node can forget logs. So money is only gone when its block is another one now.
        """
        block = self._agreed(lambda node: node.block(was.block_number), f"block {was.block_number}")
        if block is not None and block.block_hash == was.block_hash:
            raise Unclear(f"the logs of block {was.block_number} lack a transfer that is in it")
        receipt = self._agreed(lambda node: node.receipt(was.tx_hash), f"receipt {was.tx_hash}")
        if receipt is None or not receipt.succeeded:
            return None
        return next((item for item in receipt.transfers if (item.key, item.money) == (was.key, was.money)), None)

    def _is_final(self, item: Transfer, head: int) -> bool:
        """Deep enough, and every node has it in a transaction that succeeded."""
        known = self.known.get(item.key)
        if known is not None and known.final and known.transfer == item:
            return False
        if self.chain.confirmed(item.block_number, head) < self.chain.confirmations:
            return False
        receipt = self._agreed(lambda node: node.receipt(item.tx_hash), f"receipt {item.tx_hash}")
        return receipt is not None and receipt.has(item)

    def _block_time(self, new: Iterable[Transfer], number: int) -> datetime:
        block = self._agreed(lambda node: node.block(number), f"block {number}")
        if block is None or any(item.block_hash != block.block_hash for item in new if item.block_number == number):
            raise Unclear(f"block {number} changed while it was read")
        return block.made_at

    def _agreed(self, ask: Callable[[Node], Answer], what: str) -> Answer:
        answers = [ask(node) for node in self.nodes]
        if any(answer != answers[0] for answer in answers):
            raise Unclear(f"the nodes do not agree on {what}")
        return answers[0]
