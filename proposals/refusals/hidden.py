"""What a round that is hidden until closed refuses."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, Refusal


class HiddenUnanimous(Refusal):
    """Hidden under a rule that wants everybody in favour: an objection is there to be answered."""

    code = "hidden-unanimous"
    field = "hidden"
    message = _("Under this rule every objection is read and answered while the round runs, so it cannot be hidden.")


class HiddenFinal(Refusal):
    """Hidden and final: the early end would tell the count."""

    code = "hidden-final"
    field = "hidden"
    message = _(
        "Final ballots end a round as soon as it is settled, and that end would tell how the members vote. Choose one."
    )


class RoundHidden(Conflict):
    """Something that would tell others of a ballot before its round is closed."""

    code = "round-hidden"
    message = _("This round is hidden until it is closed. You can sign your ballot then.")
