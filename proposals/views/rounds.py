"""Opening proposals and rounds, taking back, recusal, and carrying out what passed."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from journal.clock import database_clock
from journal.refusals import Refusal
from members.selectors import applications
from proposals.forms import NextRoundForm, RecusalForm
from proposals.models import Declaration
from proposals.refusals import AlreadyExecuted, MembersOnly
from proposals.services import admissions, announcing, execution, recusals
from proposals.services import rounds as services
from proposals.views import detail
from proposals.views.readers import member_of, proposal_at


@require_POST
@login_required
def open_admission(request: HttpRequest, application: int) -> HttpResponse:
    """The leader puts an application to the vote. A refusal becomes the page that says what is missing."""
    found = applications.for_group().filter(pk=application).first()
    if found is None:
        raise Http404
    proposal = admissions.open_admission(application=found, by=member_of(request), at=database_clock())
    return redirect("proposals:detail", proposal.number)


@require_POST
@login_required
def open_next(request: HttpRequest, number: int) -> HttpResponse:
    """The leader opens the next round."""
    proposal = proposal_at(number)
    form = NextRoundForm(request.POST)
    try:
        services.open_next(
            proposal=proposal,
            changes=form.typed("changes"),
            # The form of an admission has none: its words are the application's.
            text=form.typed("text") if "text" in request.POST else None,
            by=member_of(request),
        )
    except Refusal as refusal:
        if refusal.field:
            form.refuse(refusal)
        return detail.answer(request, number, next_round=form, refusal=refusal)
    return redirect("proposals:detail", number)


@require_POST
@login_required
def execute(request: HttpRequest, number: int) -> HttpResponse:
    """A member carries out what passed, when the worker could not."""
    proposal = proposal_at(number)
    try:
        execution.execute(proposal=proposal, by=member_of(request))
    except AlreadyExecuted:
        return redirect("proposals:detail", number)
    except Refusal as refusal:
        return detail.answer(request, number, refusal=refusal)
    return redirect("proposals:detail", number)


@require_POST
@login_required
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """Takes back what has not opened."""
    proposal = proposal_at(number)
    try:
        announcing.take_back(proposal=proposal, by=member_of(request))
    except MembersOnly:
        raise
    except Refusal as refusal:
        return detail.answer(request, number, refusal=refusal)
    messages.success(request, _("The proposal is taken back. It stays on record."))
    return redirect("proposals:detail", number)


@require_POST
@login_required
def recuse(request: HttpRequest, number: int) -> HttpResponse:
    """A member takes no part in the rounds to come; with `take_part` in the form, takes part again."""
    proposal, by, form = proposal_at(number), member_of(request), RecusalForm(request.POST)
    act: Callable[[], Declaration] = (
        (lambda: recusals.take_back(proposal=proposal, by=by))
        if "take_part" in request.POST
        else (lambda: recusals.recuse(proposal=proposal, by=by, reason=form.typed("reason")))
    )
    try:
        act()
    except Refusal as refusal:
        if refusal.field:
            form.refuse(refusal)
        return detail.answer(request, number, recusal=form, refusal=refusal)
    return redirect("proposals:detail", number)
