"""The chain that the environment names (docs/payments.md)."""

from django.conf import settings

from consulting.rules import chains
from consulting.rules.chains import Chain


def configured() -> Chain | None:
    """Where stablecoins are received; None when the group takes none. ValueError when the settings cannot be."""
    return chains.read(
        number=settings.CHAIN_ID,
        name=settings.CHAIN_NAME,
        tokens=settings.CHAIN_TOKENS,
        receiver=settings.CHAIN_RECEIVER,
        confirmations=settings.CHAIN_CONFIRMATIONS,
        start_block=settings.CHAIN_START_BLOCK,
    )
