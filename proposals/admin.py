"""Decisions for the treasurer: to read. Nobody votes, counts or carries out in the administration."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from proposals.models import Ballot, Execution, Outcome, Proposal, Round
from proposals.selectors import visibility
from proposals.selectors.motions import timed


class ReadOnly(admin.ModelAdmin[Any]):
    """Nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(Proposal)
class ProposalAdmin(ReadOnly):
    """What was put before the members."""

    list_display = ("number", "kind", "about", "proposed_by", "proposed_at", "opens_at")
    list_select_related = ("proposed_by",)
    fields = (
        "number", "kind", "about", "proposed_by", "proposed_at", "opens_at", "taken_back_at", "execute_on", "acts",
        "acts_digest",
    )  # fmt: skip


@admin.register(Round)
class RoundAdmin(ReadOnly):
    """What each round is decided by. The applicant's words are for the members: not here."""

    list_display = ("proposal", "number", "opened_at", "ends_at", "outcome")
    list_select_related = ("proposal", "outcome")
    fields = (
        "proposal", "number", "rule", "edition", "opened_by", "opened_at", "earliest_end_at", "deadline_at", "ends_at",
        "hidden", "electorate_digest", "wording_digest", "previous", "digest",
    )  # fmt: skip
    readonly_fields = ("ends_at",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the times that decide."""
        return timed(super().get_queryset(request))

    @admin.display(description=_("effective deadline"), ordering="ends_at")
    def ends_at(self, held: Any) -> datetime:
        """What was said at the opening, moved by holds and extensions."""
        moment: datetime = held.ends_at
        return moment


class Closed(ReadOnly):
    """Ballots follow the same rule as the pages: who is no member sees those of closed rounds."""

    def get_queryset(self, request: HttpRequest) -> Any:
        """Rows of rounds that have ended."""
        return visibility.of_closed_rounds(super().get_queryset(request))


@admin.register(Ballot)
class BallotAdmin(Closed):
    """The ballots of closed rounds, without the words of objections."""

    list_display = ("receipt", "proposal", "number", "choice", "cast_at")
    list_select_related = ("proposal",)
    fields = ("proposal", "number", "seq", "choice", "cast_at", "nonce", "commitment", "previous", "receipt")


@admin.register(Outcome)
class OutcomeAdmin(ReadOnly):
    """How rounds ended."""

    list_display = ("round", "result", "decided_at")
    list_select_related = ("round__proposal",)
    fields = ("round", "result", "tally", "last_receipt", "digest", "decided_at")


@admin.register(Execution)
class ExecutionAdmin(ReadOnly):
    """What passed proposals did."""

    list_display = ("proposal", "effect", "executed_at")
    list_select_related = ("proposal",)
    fields = ("proposal", "outcome", "effect", "executed_at")
