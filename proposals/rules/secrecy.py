"""Which rounds may be hidden until they are closed: one rule for the draft, the opening and the refusal."""

from journal.refusals import Refusal
from proposals import refusals


def refusal(*, hidden: bool, unanimous: bool, final: bool) -> Refusal | None:
    """Why a round cannot be hidden, or None; `final` is what was asked for, whether or not the rule knows it."""
    if not hidden:
        return None
    if unanimous:
        return refusals.HiddenUnanimous()
    return refusals.HiddenFinal() if final else None
