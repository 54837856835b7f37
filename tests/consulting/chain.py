"""A chain in the process: a token that anybody can hold, payers with keys, reorganisations, nodes that lie."""

import contextlib
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import vyper
from eth_account import Account
from eth_account.messages import encode_defunct
from eth_tester import EthereumTester, PyEVMBackend
from web3 import EthereumTesterProvider

from accounts.services import wallets
from consulting.models import ChainCursor, DepositAddress, Invoice, PayerProof
from consulting.rules.chains import Chain, Token
from consulting.rules.transfers import Block, Receipt, Transfer
from consulting.services.chain import watching
from consulting.services.chain.node import Node, Web3Node
from tests.cast import AT, Cast
from tests.consulting.bills import bill
from tests.consulting.desk import MICRO, fixed

# The chain's library allows 100,000 frames: a nested body would end the process instead of being refused.
sys.setrecursionlimit(1000)

CHAIN_ID = 131277322940537
RECEIVER = "0x" + "7e" * 20
CONFIRMATIONS = 12
# An invoice's own address in these tests.
OWN = "0x" + "48" * 20
ASKED = 240 * MICRO
TOKEN = """
event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    amount: uint256

balanceOf: public(HashMap[address, uint256])

@deploy
def __init__():
    pass

@external
def mint(owner: address, amount: uint256):
    self.balanceOf[owner] += amount

@external
def transfer(receiver: address, amount: uint256) -> bool:
    self.balanceOf[msg.sender] -= amount
    self.balanceOf[receiver] += amount
    log Transfer(sender=msg.sender, receiver=receiver, amount=amount)
    return True

@external
def twice(receiver: address, amount: uint256):
    self.balanceOf[msg.sender] -= 2 * amount
    self.balanceOf[receiver] += 2 * amount
    log Transfer(sender=msg.sender, receiver=receiver, amount=amount)
    log Transfer(sender=msg.sender, receiver=receiver, amount=amount)
"""


@cache
def compiled() -> dict[str, Any]:
    """The token's code and interface."""
    found: dict[str, Any] = vyper.compile_code(TOKEN, output_formats=["abi", "bytecode"])
    return found


class Payer:
    """An address with its key."""

    def __init__(self, key: bytes) -> None:
        self.account = Account.from_key(key)
        self.address = str(self.account.address)

    def sign(self, message: str) -> str:
        """What the payer's wallet gives for a message."""
        return "0x" + bytes(self.account.sign_message(encode_defunct(text=message)).signature).hex()


class World:
    """The chain, its token and its payers."""

    def __init__(self) -> None:
        self.tester = EthereumTester(PyEVMBackend())
        self.node = Web3Node(EthereumTesterProvider(self.tester))
        self.web3 = self.node.web3
        self.payers = [Payer(key.to_bytes()) for key in self.tester.backend.account_keys[:4]]
        self.token, self.other = self.deploy(), self.deploy()
        self.chain = self.following()

    def following(self, decimals: int = 6, **changes: Any) -> Chain:
        """How the house follows this chain."""
        values: dict[str, Any] = {
            "number": CHAIN_ID,
            "name": "Test",
            "tokens": (Token("USDC", self.token.address.lower(), decimals),),
            "receiver": RECEIVER,
            "confirmations": CONFIRMATIONS,
            "start_block": 1,
        }
        return Chain(**values | changes)

    def deploy(self) -> Any:
        """A token of which every payer has plenty."""
        made = self.web3.eth.contract(abi=compiled()["abi"], bytecode=compiled()["bytecode"])
        place = self._sent(made.constructor(), self.payers[0])["contractAddress"]
        token = self.web3.eth.contract(address=place, abi=compiled()["abi"])
        for payer in self.payers:
            self._sent(token.functions.mint(payer.address, 10**40), self.payers[0])
        return token

    def pay(self, payer: Payer, units: int, *, to: str = RECEIVER, token: Any = None, act: str = "transfer") -> str:
        """A transfer, mined in a block of its own; the transaction's hash."""
        call = (token or self.token).functions[act](self.web3.to_checksum_address(to), units)
        return "0x" + bytes(self._sent(call, payer)["transactionHash"]).hex()

    def _sent(self, call: Any, payer: Payer) -> Any:
        # With gas of its own: a transaction that fails is mined all the same, as on a real chain.
        sent = call.transact({"from": payer.address, "gas": 2_000_000})
        return self.web3.eth.get_transaction_receipt(sent)

    def mine(self, blocks: int = CONFIRMATIONS) -> None:
        """Empty blocks on top."""
        self.tester.mine_blocks(blocks)

    def watch(self, *nodes: Node, chain: Chain | None = None, at: Any = AT) -> bool:
        """One look of the house, whenever the last one was."""
        ChainCursor.objects.update(looked_at=None)
        return watching.watch(nodes=nodes or [self.node], chain=chain or self.chain, clock=lambda: at)


@contextlib.contextmanager
def world() -> Iterator[World]:
    """The process's one chain, put back afterwards: making it takes longer than most tests."""
    found = _world()
    before = found.tester.take_snapshot()
    yield found
    found.tester.revert_to_snapshot(before)


@cache
def _world() -> World:
    return World()


class Liar:
    """A node that answers as another one does, but for what is set on it."""

    def __init__(self, node: Node, **lies: Any) -> None:
        self.node, self.lies = node, lies

    def chain_id(self) -> int:
        """As the protocol."""
        return int(self.lies.get("chain_id", self.node.chain_id()))

    def head(self) -> int:
        """As the protocol."""
        return int(self.lies.get("head", self.node.head()))

    def block(self, number: int) -> Block | None:
        """As the protocol."""
        return self.lies["block"] if "block" in self.lies else self.node.block(number)

    def transfers(self, tokens: Sequence[str], receivers: Sequence[str], first: int, last: int) -> frozenset[Transfer]:
        """As the protocol."""
        found = self.node.transfers(tokens, receivers, first, last)
        return frozenset(self.lies["transfers"](found)) if "transfers" in self.lies else found

    def receipt(self, tx_hash: str) -> Receipt | None:
        """As the protocol."""
        found = self.node.receipt(tx_hash)
        return self.lies["receipt"](found) if "receipt" in self.lies else found


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
