"""What the rules of elections refuse."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, Refusal


class NoElection(Refusal):
    """A candidacy in a proposal that elects nobody."""

    code = "no-election"
    status = 404
    clause = "daily.1"
    message = _("Nobody stands in this proposal: it is no election.")


class CandidaciesClosed(Conflict):
    """Standing or stepping down once the first round has opened."""

    code = "candidacies-closed"
    clause = "daily.1"
    message = _("The vote has opened, so the candidates are fixed. Nobody can stand or step down any more.")


class StatementMissing(Refusal):
    """A candidacy that says nothing."""

    code = "statement-missing"
    field = "statement"
    clause = "daily.1"
    message = _("Say why you stand: the members read it on the ballot.")


class Leaving(Conflict):
    """A candidate who is no member for the whole term."""

    code = "leaving"
    clause = "daily.1"
    message = _("The leader has to be a member during the whole term, and your membership ends before that.")


class SameCandidacy(Conflict):
    """The same candidacy again, from a second tab or a second click."""

    code = "same-candidacy"
    message = _("You stand with exactly this already. Nothing was changed.")


class NotStanding(Conflict):
    """Stepping down without standing."""

    code = "not-standing"
    message = _("You do not stand in this election.")


class ElectionRunning(Conflict):
    """A second election for the same office."""

    code = "election-running"
    clause = "daily.1"
    message = _("An election of the leader is under way already. Stand in that one.")


class SuccessorSeated(Conflict):
    """An election while the next leader is chosen already."""

    code = "successor-seated"
    clause = "daily.1"
    message = _("The next leader is chosen already. Elect again during that term.")


class ElectionTimes(Refusal):
    """A moment for the opening of an election, or a day for its seating."""

    code = "election-times"
    clause = "daily.1"
    message = _("The term that ends says when an election opens and when its winner is seated. Leave this empty.")


class NoCandidates(Conflict):
    """An opening while nobody stands."""

    code = "no-candidates"
    clause = "daily.1"
    message = _("Nobody stands yet. The vote opens by itself once somebody does.")


class ElectionOver(Conflict):
    """A next round of an election by hand."""

    code = "election-over"
    clause = "daily.1"
    message = _("An election has no further round: its run-off opens by itself. Put a new election forward.")


class CandidateMissing(Refusal):
    """A ballot for nobody, or for who is no candidate."""

    code = "choice-missing"
    field = "choice"
    clause = "daily.1"
    message = _("Choose one of the candidates, or abstain.")
