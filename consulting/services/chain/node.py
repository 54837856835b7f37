"""One node of a chain, asked over JSON-RPC. Network only: nothing here knows the database."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol

from consulting.rules.transfers import Block, Receipt, Transfer

# keccak of Transfer(address,address,uint256)
TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
TIMEOUT_SECONDS = 5
# Nodes refuse longer lists of addresses.
RECEIVERS_MOST = 500


class Node(Protocol):
    """What the watcher asks."""

    def chain_id(self) -> int:
        """Which chain it follows."""

    def head(self) -> int:
        """Its newest block."""

    def block(self, number: int) -> Block | None:
        """A block of the chain as it is now; None above the head."""

    def transfers(self, tokens: Sequence[str], receivers: Sequence[str], first: int, last: int) -> frozenset[Transfer]:
        """Every Transfer of these tokens to these addresses in blocks `first` to `last`, both included."""

    def receipt(self, tx_hash: str) -> Receipt | None:
        """How a transaction ended; None where the chain does not hold it."""


class Web3Node:
    """A node behind web3. The library is imported when the first one is made: no page needs it."""

    def __init__(self, provider: Any) -> None:
        from web3 import Web3
        from web3.middleware import ExtraDataToPOAMiddleware

        self.web3: Any = Web3(provider)
        # Some chains put more into a block's extra data than web3 takes.
        self.web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)

    def chain_id(self) -> int:
        """Which chain it follows."""
        return int(self.web3.eth.chain_id)

    def head(self) -> int:
        """Its newest block."""
        return int(self.web3.eth.block_number)

    def block(self, number: int) -> Block | None:
        """A block of the chain as it is now; None above the head."""
        from web3.exceptions import BlockNotFound

        try:
            found = self.web3.eth.get_block(number)
        except BlockNotFound:
            return None
        return Block(_hex(found["hash"]), datetime.fromtimestamp(int(found["timestamp"]), UTC))

    def transfers(self, tokens: Sequence[str], receivers: Sequence[str], first: int, last: int) -> frozenset[Transfer]:
        """Every Transfer of these tokens to these addresses in blocks `first` to `last`, both included."""
        from eth_utils.address import to_checksum_address

        addresses = [to_checksum_address(token) for token in tokens]
        found: set[Transfer] = set()
        for start in range(0, len(receivers), RECEIVERS_MOST):
            topics = [f"0x{'0' * 24}{receiver[2:]}" for receiver in receivers[start : start + RECEIVERS_MOST]]
            logs = self.web3.eth.get_logs(
                {"fromBlock": first, "toBlock": last, "address": addresses, "topics": [TRANSFER, None, topics]}
            )
            found |= read_logs(logs)
        return frozenset(found)

    def receipt(self, tx_hash: str) -> Receipt | None:
        """How a transaction ended; None where the chain does not hold it."""
        from web3.exceptions import TransactionNotFound

        try:
            found = self.web3.eth.get_transaction_receipt(tx_hash)
        except TransactionNotFound:
            return None
        return Receipt(found["status"] == 1, frozenset(read_logs(found["logs"])))


@cache
def nodes(urls: tuple[str, ...]) -> list[Node]:
    """The nodes behind these addresses, made once; none is asked yet."""
    from web3 import HTTPProvider

    # An answer late is an answer for the next time: the watcher comes again by itself.
    more: dict[str, Any] = {"request_kwargs": {"timeout": TIMEOUT_SECONDS}, "exception_retry_configuration": None}
    return [Web3Node(HTTPProvider(url, **more)) for url in urls]


def read_logs(logs: Iterable[Any]) -> set[Transfer]:
    """The token transfers among logs; other events, and logs that a node calls removed, are left out."""
    return {_read(log) for log in logs if _is_transfer(log)}


def _is_transfer(log: Any) -> bool:
    topics = [_hex(topic) for topic in log["topics"]]
    return not log.get("removed") and len(topics) == 3 and topics[0] == TRANSFER and len(bytes(log["data"])) == 32


def _read(log: Any) -> Transfer:
    return Transfer(
        tx_hash=_hex(log["transactionHash"]),
        log_index=int(log["logIndex"]),
        token=str(log["address"]).lower(),
        payer=f"0x{_hex(log['topics'][1])[-40:]}",
        to=f"0x{_hex(log['topics'][2])[-40:]}",
        units=int.from_bytes(bytes(log["data"]), "big"),
        block_number=int(log["blockNumber"]),
        block_hash=_hex(log["blockHash"]),
    )


def _hex(value: Any) -> str:
    return "0x" + bytes(value).hex()
