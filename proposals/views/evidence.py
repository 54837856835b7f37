"""Votes from Snapshot beside a proposal: the list with what they prove, and the form."""

from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from journal.refusals import Refusal
from proposals.forms import EvidenceForm
from proposals.models import Evidence, Proposal
from proposals.rules import snapshots
from proposals.rules.snapshots import Vote
from proposals.selectors.lookups import proposal_of
from proposals.selectors.signatures import evidence_of
from proposals.services import evidence
from proposals.views.readers import member_of, visit


@dataclass(frozen=True)
class Shown:
    """A vote with its choice in words."""

    row: Evidence
    vote: Vote
    choice: str


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, number: int) -> HttpResponse:
    """`/proposals/31/evidence/`: for who sees ballots; POST adds one."""
    proposal = proposal_of(number)
    if proposal is None:
        raise Http404
    return _add(request, proposal) if request.method == "POST" else _answer(request, proposal, EvidenceForm())


@login_required
def _add(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    by, form, status = member_of(request), EvidenceForm(request.POST), HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            evidence.add(proposal=proposal, by=by, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
            status = HTTPStatus(refusal.status)
        else:
            messages.success(request, _("The vote is checked and kept."))
            return redirect("proposals:evidence", proposal.number)
    return _answer(request, proposal, form, status)


def _answer(
    request: HttpRequest, proposal: Proposal, form: EvidenceForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    seen = visit(request)
    rows = evidence_of(proposal, reader=seen.reader, at=seen.at)
    if rows is None:
        raise Http404
    votes = [_shown(row) for row in rows]
    context = {"proposal": proposal, "votes": votes, "form": form if seen.reader.inside else None}
    return render(request, "proposals/evidence.html", context, status=status)


def _shown(row: Evidence) -> Shown:
    vote = snapshots.vote(row.envelope)
    if isinstance(vote.choice, tuple):
        return Shown(row, vote, ", ".join(map(str, vote.choice)))
    return Shown(row, vote, str(vote.choice))
