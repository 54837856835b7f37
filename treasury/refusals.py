"""What the treasury refuses, by name."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from charter.rules import quarters
from journal.refusals import Conflict, NotAllowed, Refusal
from journal.writing import amount
from journal.writing import quarter as written_quarter


def quarter_name(quarter: str) -> str:
    """`2026-Q4` as people read it: `Q4 2026`."""
    parsed = quarters.parse(quarter)
    return written_quarter(parsed.year, parsed.number)


class UnsoundMove(Refusal):
    """A move that is none: nothing moves, onto the same account, or between two assets."""

    code = "unsound-move"

    def __init__(self, *, reference: str) -> None:
        super().__init__(
            _("“%(reference)s” moves nothing from one account to another of the same asset.") % {"reference": reference}
        )


class PostedDifferently(Conflict):
    """The same business event is in the ledger already, with other amounts or accounts."""

    code = "posted-differently"

    def __init__(self, *, kind: str, key: str) -> None:
        super().__init__(
            _("“%(event)s” is in the ledger already, with other amounts. Reverse that posting first.")
            % {"event": f"{kind} {key}"}
        )


class AlreadyReversed(Conflict):
    """A posting is reversed once."""

    code = "already-reversed"
    message = _("This posting was reversed already. Nothing was changed.")


class NotReversible(Refusal):
    """Month's runs correct themselves; a reversal is final."""

    code = "not-reversible"
    message = _(
        "A month's lines are corrected by the next run over that month, and a reversal stays. Nothing was changed."
    )


class OverdrawnEscrow(Conflict):
    """More would leave an engagement's held money than is held."""

    code = "overdrawn-escrow"
    message = _("Less is held for this engagement than this would take out. Let the client pay first.")


class TreasurerOnly(NotAllowed):
    """Budgets and month's runs are the treasurer's."""

    code = "treasurer-only"
    clause = "income.1.2"
    message = _("Only the treasurer does this. Ask the treasurer, or sign in as one.")


class BudgetGranted(Conflict):
    """One grant a quarter."""

    code = "budget-granted"
    clause = "income.1.1"
    field = "quarter"

    def __init__(self, *, quarter: str) -> None:
        super().__init__(
            _("%(quarter)s has its budget already. One is granted a quarter.") % {"quarter": quarter_name(quarter)}
        )


class UnsoundBudget(Refusal):
    """A negative number of people, hours or money, or nothing at all."""

    code = "unsound-budget"
    clause = "income.1.1"


class NoBudget(Conflict):
    """Work in a quarter that has no budget."""

    code = "no-budget"
    clause = "income.1.1"

    def __init__(self, *, quarter: str) -> None:
        super().__init__(
            _("%(quarter)s has no budget, so nothing can be approved in it. Ask the treasurer to grant one.")
            % {"quarter": quarter_name(quarter)}
        )


class BudgetExceeded(Conflict):
    """More than the quarter's budget has left."""

    code = "budget-exceeded"
    status = 422
    clause = "income.1.1"

    def __init__(self, *, quarter: str, wanted_e8: int, left_e8: int) -> None:
        # To be read by people: what is asked rounded up, what is left rounded down, to the micro-unit.
        super().__init__(
            _("%(quarter)s has %(left)s U left, the claims ask for %(wanted)s U. Approve fewer; nothing was approved.")
            % {"quarter": quarter_name(quarter), "left": amount(left_e8 // 100), "wanted": amount(-(-wanted_e8 // 100))}
        )


class HoursUnreadable(Refusal):
    """Hours outside (0, 24] or with more than two decimals."""

    code = "hours-unreadable"
    field = "hours"
    message = _("Enter the hours as a number above 0 and up to 24, with at most two decimals: 1.5")


class ProjectMissing(Refusal):
    """A claim without a project."""

    code = "project-missing"
    field = "project"
    message = _("Say which project the work was for, in at most 120 characters.")


class DescriptionMissing(Refusal):
    """A claim without a word on the work."""

    code = "description-missing"
    field = "description"
    message = _("Say in a few words what you did, in at most 2,000 characters.")


class EvidenceUnreadable(Refusal):
    """A link that is not http or https."""

    code = "evidence-unreadable"
    field = "evidence_url"
    message = _("Enter a link that begins with https:// or http://, or leave it out.")


class WorkAhead(Refusal):
    """Hours of a day that has not come."""

    code = "work-ahead"
    field = "worked_on"
    message = _("This day has not come yet. Log hours once they are worked.")


class NotMemberThen(Refusal):
    """Work on a day on which the person was no member."""

    code = "not-member-then"
    clause = "exit.1"
    field = "worked_on"

    def __init__(self, *, handle: str, day: str) -> None:
        super().__init__(
            _("%(handle)s was no member on %(day)s. POW pays for work of members.") % {"handle": handle, "day": day}
        )


class NotYours(NotAllowed):
    """Somebody else's claim."""

    code = "not-yours"
    message = _("This is another member's claim. You can change your own only.")


class MembersOnly(NotAllowed):
    """Claims are read and made by members."""

    code = "members-only"
    message = _("Only members of the group read and make claims.")


class ClaimSent(Conflict):
    """A claim that was sent stays as it is."""

    code = "claim-sent"
    message = _("This claim was sent already and stays as it is. Log what is missing as another claim.")


class ClaimDecided(Conflict):
    """Somebody was faster."""

    code = "claim-decided"

    def __init__(self, *, references: list[str]) -> None:
        super().__init__(
            ngettext(
                "%(list)s does not wait any more: somebody was faster. Your decision was not saved.",
                "%(list)s do not wait any more: somebody was faster. Your decision was not saved.",
                len(references),
            )
            % {"list": ", ".join(references)}
        )


class NothingPicked(Refusal):
    """No claim was picked."""

    code = "nothing-picked"
    field = "claim"
    message = _("Pick at least one claim.")


class OwnClaim(NotAllowed):
    """Nobody decides their own claim."""

    code = "own-claim"
    message = _("You cannot decide your own claim.")


class NotDecider(NotAllowed):
    """Claims are decided by the leader, the leader's own by the deputy."""

    code = "not-decider"
    clause = "daily.1"

    def __init__(self, *, decider: str, led: bool) -> None:
        nobody = _("Nobody leads the group now, so claims wait until a leader is seated.")
        another = _("This claim is decided by another active member.")
        named = _("Only %(decider)s decides this claim.") % {"decider": decider}
        super().__init__(named if decider else another if led else nobody)


class ReasonMissing(Refusal):
    """A refusal without a reason."""

    code = "reason-missing"
    field = "reason"
    message = _("Say why, in at most 1,000 characters. The member reads it.")


class ReferenceTaken(Conflict):
    """A reference is used once."""

    code = "reference-taken"
    status = 422
    field = "reference"

    def __init__(self, *, reference: str) -> None:
        super().__init__(_("“%(reference)s” is used already. References are used once.") % {"reference": reference})


class UnreadableMonth(Refusal):
    """A month that is not written as 2026-08."""

    code = "unreadable-month"
    field = "month"

    def __init__(self, *, text: str) -> None:
        super().__init__(_("“%(text)s” is not a month. Write it like 2026-08.") % {"text": text[:40]})


class MonthNotOver(Refusal):
    """A month is posted after its last day."""

    code = "month-not-over"
    clause = "income.1.2"
    field = "month"

    def __init__(self, *, month: str) -> None:
        super().__init__(
            _("%(month)s is not over yet. Its lines are a preview until its last day has passed.") % {"month": month}
        )


class RunOpen(Conflict):
    """One run over a month at a time."""

    code = "run-open"

    def __init__(self, *, month: str) -> None:
        super().__init__(
            _("A run over %(month)s is under way. Look at its progress and start again once it is complete.")
            % {"month": month}
        )


class SumChanged(Conflict):
    """What was confirmed is not what would be posted."""

    code = "sum-changed"
    message = _("The month's lines have changed since you looked. Check the new sum and confirm again.")
