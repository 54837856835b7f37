"""What joining, leaving and leading refuse, by name."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, NotAllowed, Refusal


class BadHandle(Refusal):
    """A handle that is not 2 to 31 characters of a-z, 0-9 and hyphen, beginning with a letter."""

    code = "bad-handle"
    field = "handle"
    message = _("Enter a handle of 2 to 31 characters: small letters, digits and hyphens, beginning with a letter.")


class ReservedHandle(Refusal):
    """`pool` and `system` mean something else in the ledger."""

    code = "reserved-handle"
    field = "handle"
    message = _("This handle is kept for the ledger itself. Choose another one.")


class HandleTaken(Conflict):
    """Handles are permanent: nobody gets one that somebody had."""

    code = "handle-taken"
    status = 422
    field = "handle"
    message = _("Somebody has this handle. Handles are permanent, so choose another one.")


class NameMissing(Refusal):
    """Nobody can vote on a person without a name."""

    code = "name-missing"
    field = "name"
    message = _("Enter the name that the group should know you by.")


class AlreadyMember(Conflict):
    """Members do not apply."""

    code = "already-member"
    clause = "join.2.1"
    message = _("You are a member already.")


class OnlyLeader(NotAllowed):
    """What the charter gives to the leader."""

    code = "only-leader"
    clause = "daily.1"
    message = _("Only the group leader may do this.")


class OnlyMembers(NotAllowed):
    """What is for the group alone."""

    code = "only-members"
    clause = "join.2"
    message = _("Only members of the group see who applied. What they decide is public.")


class NotMember(Refusal):
    """Somebody who is not a member on that day."""

    code = "not-member"
    status = 409
    message = _("This person is not a member on that day.")


class ExitInPast(Refusal):
    """An exit declared for a day that is over."""

    code = "exit-in-past"
    clause = "exit.1"
    field = "exited_on"
    message = _("Name today or a later day: what was worked until then stays owed.")


class ExitTooFar(Refusal):
    """An exit declared for a day so far away that it is a slip of the pen; a declared day does not change again."""

    code = "exit-too-far"
    clause = "exit.1"
    field = "exited_on"
    message = _("Name a day within a year from today. It cannot be changed once it is declared.")


class ExitBeforeJoining(Refusal):
    """A last day before the first."""

    code = "exit-before-joining"
    clause = "exit.1"
    field = "exited_on"
    message = _("The last day cannot come before the day of joining.")


class NotYourExit(NotAllowed):
    """Members leave by their own word."""

    code = "not-your-exit"
    clause = "exit.1"
    message = _("A member leaves by declaring it. Nobody else can.")


class NotYourLeave(NotAllowed):
    """Nobody is put on leave by others."""

    code = "not-your-leave"
    message = _("Members say themselves when they are away. Nobody else can.")


class LeaveInPast(Refusal):
    """A leave declared after it counted."""

    code = "leave-in-past"
    field = "first_on"
    message = _("Name today or a later day: a leave counts once it is declared.")


class LeaveTooFar(Refusal):
    """Longer than anybody plans, or a slip of the pen."""

    code = "leave-too-far"
    field = "last_on"
    message = _("Name a last day within a year from today.")


class LeaveBackwards(Refusal):
    """A last day before the first."""

    code = "leave-backwards"
    field = "last_on"
    message = _("The last day cannot come before the first.")


class LeavesOverlap(Conflict):
    """A second leave in the days of the first."""

    code = "leaves-overlap"
    field = "first_on"
    message = _("You are on leave in that time already. Say first that you are back.")


class LeaveOver(Conflict):
    """The end of a leave that has ended."""

    code = "leave-over"
    message = _("This leave has ended already.")


class PeriodsOverlap(Conflict):
    """A second membership inside the first."""

    code = "periods-overlap"
    field = "joined_on"
    message = _("This person is a member at that time already.")


class TermsOverlap(Conflict):
    """Two leaders on one day."""

    code = "terms-overlap"
    clause = "daily.1"
    field = "starts_on"
    message = _("There is a leader in that time already. A term begins after the one before it.")


class TermOutsideMembership(Refusal):
    """A leader who is not a member."""

    code = "term-outside-membership"
    clause = "daily.1"
    field = "starts_on"
    message = _("The leader has to be a member during the whole term.")


class TermBackwards(Refusal):
    """A term that ends before it begins."""

    code = "term-backwards"
    clause = "daily.1"
    field = "ends_on"
    message = _("The last day of a term cannot come before its first.")


class DeputyIsLeader(Refusal):
    """Nobody decides their own claims."""

    code = "deputy-is-leader"
    field = "deputy"
    message = _("The deputy decides the leader's own claims, so it has to be another member.")


class NoFounders(Refusal):
    """A group of nobody."""

    code = "no-founders"
    message = _("Name at least one founder.")


class UnknownHandle(Refusal):
    """A handle that nobody has."""

    code = "unknown-handle"
    field = "handle"

    @classmethod
    def of(cls, handle: str) -> "UnknownHandle":
        """Names the handle."""
        return cls(gettext("Nobody has the handle “%(handle)s”. Check how it is written.") % {"handle": handle})


class BadWallet(Refusal):
    """An address that is not 0x and 40 hexadecimal digits, or whose checksum is wrong."""

    code = "bad-wallet"
    field = "wallet"
    message = _("Enter an address of 0x and 40 hexadecimal digits; in mixed case its checksum has to be right.")


class WalletTaken(Conflict):
    """One wallet, one person."""

    code = "wallet-taken"
    field = "wallet"
    message = _("Another member has this wallet.")
