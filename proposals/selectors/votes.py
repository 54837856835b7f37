"""Whether an application is being voted on: while it is, its words stand still."""

from members.registry import votes_on_applications
from proposals.models import Outcome, Round
from proposals.selectors.counts import tally_of


@votes_on_applications
def under_vote(application: int) -> bool:
    """Asked under the application's lock. An objection opens the application for what it asks to be added.

    Also true for a passed proposal that is not carried out yet: who is admitted is who was voted on.
    """
    last = (
        Round.objects.select_related("outcome", "proposal__execution")
        .filter(proposal__application=application)
        .order_by("-number")
        .first()
    )
    if last is None:
        return False
    outcome = getattr(last, "outcome", None)
    if outcome is None:
        return not tally_of(last).objections
    return outcome.result == Outcome.Result.SUCCEEDED and not hasattr(last.proposal, "execution")
