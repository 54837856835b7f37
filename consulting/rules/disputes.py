"""What ends a dispute: a percentage of what is open that every side has signed."""

from collections.abc import Collection, Mapping
from fractions import Fraction

from consulting.refusals.escrow import PercentUnreadable
from consulting.rules import splitting

WHOLE = 100
# The client has no handle; everybody else signs under theirs.
CLIENT = ""


def check_percent(percent: int) -> None:
    """PercentUnreadable unless it is a whole number from 0 to 100."""
    if not 0 <= percent <= WHOLE:
        raise PercentUnreadable


def agreed(offers: Mapping[str, int], experts: Collection[str]) -> int | None:
    """The percentage that the client and every expert signed last, or None; `offers` by handle, the client's by "".

    Nobody gives an expert's money away but the expert: where several worked, all of them sign.
    """
    signed = {offers.get(handle) for handle in (CLIENT, *experts)}
    return signed.pop() if experts and len(signed) == 1 else None


def accepted_part(left_micro: int, percent: int) -> int:
    """What of a unit's price is accepted; the rest goes back. A tie goes to the experts."""
    return splitting.part_of_two(left_micro, Fraction(percent, WHOLE))
