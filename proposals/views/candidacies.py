"""Standing in an election and stepping down."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

import charter.selectors
from journal.clock import database_clock
from journal.refusals import Refusal
from members.selectors import people
from proposals.forms import CandidacyForm
from proposals.selectors.lookups import proposal_of
from proposals.services import candidacies
from proposals.views import detail
from proposals.views.readers import member_of


@require_POST
@login_required
def candidacy(request: HttpRequest, number: int) -> HttpResponse:
    """`/proposals/31/candidacy/`: `statement` and `deputy` stand, or stand anew; `step_down` takes it back."""
    proposal = proposal_of(number)
    if proposal is None:
        raise Http404
    by, form = member_of(request), CandidacyForm(request.POST)
    try:
        if "step_down" in request.POST:
            candidacies.step_down(proposal=proposal, by=by)
            messages.success(request, _("You do not stand any more."))
        else:
            statement, deputy = form.typed("statement"), form.typed("deputy")
            candidacies.stand(proposal=proposal, by=by, statement=statement, deputy=deputy)
            messages.success(request, _("You stand. Until the vote opens you can change your statement or step down."))
    except Refusal as refusal:
        form.offering(people.active_on(charter.selectors.today(database_clock())))
        return detail.answer(request, number, candidacy=form, refusal=refusal)
    return HttpResponseRedirect(f"{reverse('proposals:detail', args=[number])}#candidates")
