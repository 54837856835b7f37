"""Casting a ballot: the hot path. A plain POST is answered by a redirect, htmx by the ballot's own box."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.requests import user_of
from charter.rules import thresholds
from journal.refusals import Refusal
from proposals.forms import BallotForm
from proposals.models import Ballot, Round
from proposals.selectors.elections import names_of
from proposals.selectors.lookups import round_by_id, round_id, round_in
from proposals.services import ballots
from proposals.views import detail, drawing, elections


@require_POST
@login_required
def cast(request: HttpRequest, number: int) -> HttpResponse:
    """Casts, changes or withdraws; the round is named in the form, so that an old tab cannot vote in a new round."""
    data = request.POST
    try:
        ballot = ballots.cast(
            round_id=round_id(data.get("round", "")),
            within=number,
            by=user_of(request),
            choice=data.get("choice", ""),
            reason=data.get("reason", ""),
            missing=data.get("missing", ""),
        )
    except Refusal as refusal:
        return refused(request, number, refusal)
    if request.htmx:  # type: ignore[attr-defined]
        return _voted(request, number, ballot)
    # Not by its number: of a hidden round not even an address says it.
    return HttpResponseRedirect(f"{reverse('proposals:detail', args=[number])}?receipt={drawing.OWN}#receipt")


def refused(request: HttpRequest, number: int, refusal: Refusal) -> HttpResponse:
    """What was typed, with the sentence at its field (422) or over the page (403, 409)."""
    form = BallotForm(request.POST)
    if refusal.field:
        form.refuse(refusal)
    if refusal.field and request.htmx:  # type: ignore[attr-defined]
        held = round_by_id(round_in(number, request.POST.get("round", "")))
        box = {"number": number} | _box(held, form)
        return render(request, "proposals/_ballot_form.html", {"box": box}, status=refusal.status)
    return detail.answer(request, number, ballot=form, refusal=refusal)


def _box(held: Round, form: BallotForm, vote: str = "") -> dict[str, Any]:
    """An open round's box: whether it objects or counts, whether ballots are final, whether it is about a person."""
    consent = thresholds.parse(held.rule).unanimous and not held.candidates
    return {
        "round": held.pk,
        "form": form.worded(consent=consent, hidden=held.hidden),
        "consent": consent,
        "final": held.final_ballots,
        "hidden": held.hidden,
        "admission": held.proposal.application_id is not None,
        "assessment": held.proposal.kind == held.proposal.Kind.OBJECTION,
    } | elections.box(held, names_of(held.proposal), vote)


def _voted(request: HttpRequest, number: int, ballot: Ballot) -> HttpResponse:
    """The box with the receipt; the verdict and the table hear of it and fetch themselves again."""
    held = round_by_id(int(request.POST["round"]))
    vote = ballot.choice if ballot.choice != Ballot.Choice.WITHDRAWN else ""
    box = {"number": number, "cast": ballot, "vote": vote, "focus": True} | _box(held, BallotForm(), vote)
    response = render(request, "proposals/_ballot_form.html", {"box": box})
    response["HX-Trigger"] = "ballot-cast"
    return response
