"""What a refund takes of each stored share, to the micro-unit (income.2.1); never from the percentage again."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from consulting.refusals.escrow import CreditTooSmall, RefundTooMuch, RefundUnreadable
from consulting.rules import splitting
from journal import writing


def refunded_parts(refunded_micro: int, shares_micro: Sequence[int]) -> list[int]:
    """What of each share has gone back once `refunded_micro` of their sum have; 0 <= refunded <= sum.

    The first share against the rest, `floor(refunded × first ÷ sum + 1/2)`, then the rest among itself in the same way.
    It depends on the total only, grows with it and never exceeds a share: so three partial refunds are one full one.
    """
    left, rest = refunded_micro, sum(shares_micro)
    parts = []
    for share in shares_micro:
        part = (2 * left * share + rest) // (2 * rest) if rest else 0
        parts.append(part)
        left, rest = left - part, rest - share
    return parts


def check_amount(amount_micro: int, left_micro: int) -> None:
    """RefundUnreadable for nothing, RefundTooMuch for more than the unit has left."""
    if amount_micro <= 0:
        raise RefundUnreadable
    if amount_micro > left_micro:
        raise RefundTooMuch(
            _("%(left)s U of this can still be refunded, not %(amount)s U.")
            % {"left": writing.amount(left_micro), "amount": writing.amount(amount_micro)}
        )


def check_worth(refunded_micro: int, hours_centi: int, rate_micro: int | None) -> None:
    """RefundTooMuch where a session would be worth less than was refunded of it."""
    if rate_micro is not None and splitting.gross(hours_centi, rate_micro) < refunded_micro:
        raise RefundTooMuch(
            _("%(refunded)s U of this session were refunded; it cannot be worth less.")
            % {"refunded": writing.amount(refunded_micro)}
        )


def check_credit(amount_micro: int, credit_micro: int) -> None:
    """CreditTooSmall where a client would get more than they have with us."""
    if amount_micro > credit_micro:
        raise CreditTooSmall(
            _("The client’s credit is %(credit)s U; %(amount)s U cannot be paid back.")
            % {"credit": writing.amount(max(0, credit_micro)), "amount": writing.amount(amount_micro)}
        )
