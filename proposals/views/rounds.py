"""Opening proposals and rounds, and carrying out what passed."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from journal.clock import database_clock
from journal.refusals import Refusal
from members.selectors import applications
from proposals.forms import NextRoundForm
from proposals.refusals import AlreadyExecuted
from proposals.selectors.lookups import proposal_of
from proposals.services import admissions, execution
from proposals.services import rounds as services
from proposals.views import detail
from proposals.views.readers import member_of


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
    proposal = proposal_of(number)
    if proposal is None:
        raise Http404
    form = NextRoundForm(request.POST)
    try:
        services.open_next(proposal=proposal, changes=form.typed("changes"), by=member_of(request))
    except Refusal as refusal:
        if refusal.field:
            form.refuse(refusal)
        return detail.answer(request, number, next_round=form, refusal=refusal)
    return redirect("proposals:detail", number)


@require_POST
@login_required
def execute(request: HttpRequest, number: int) -> HttpResponse:
    """A member carries out what passed, when the worker could not."""
    proposal = proposal_of(number)
    if proposal is None:
        raise Http404
    try:
        execution.execute(proposal=proposal, by=member_of(request))
    except AlreadyExecuted:
        return redirect("proposals:detail", number)
    except Refusal as refusal:
        return detail.answer(request, number, refusal=refusal)
    return redirect("proposals:detail", number)
