"""A proposal's page and the parts of it that htmx asks for again."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from charter import registry
from journal.refusals import Refusal
from proposals.forms import BallotForm, NextRoundForm
from proposals.models import Ballot
from proposals.rules import rounds, verdicts
from proposals.rules.states import State
from proposals.selectors.proceedings import Proceeding, proceeding
from proposals.views import drawing
from proposals.views.readers import Visit, visit

Choice = Ballot.Choice


@require_safe
def page(request: HttpRequest, number: int) -> HttpResponse:
    """`/proposals/31/`; `?receipt=7` shows the receipt of the seventh ballot."""
    return answer(request, number)


@require_safe
def verdict(request: HttpRequest, number: int) -> HttpResponse:
    """The box on top again, after a ballot."""
    found, seen = _found(request, number)
    context = {"proceeding": found, "now": seen.at, "verdict": drawing.verdict(found, seen)}
    return render(request, "proposals/_verdict.html", context)


@require_safe
def ballots(request: HttpRequest, number: int) -> HttpResponse:
    """The table of ballots and one receipt, after a ballot or when a receipt is asked for."""
    found, seen = _found(request, number)
    return render(request, "proposals/_ballots.html", {"proceeding": found, "now": seen.at} | _table(request, found))


def answer(
    request: HttpRequest,
    number: int,
    *,
    ballot: BallotForm | None = None,
    next_round: NextRoundForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The whole page; after a refusal with its sentence, its status and what was typed."""
    found, seen = _found(request, number)
    context = _context(request, found, seen)
    context["box"] = box(found, form=ballot, refusal=refusal)
    context["next_round"] = next_box(found, form=next_round)
    context["refusal"] = refusal if refusal and not refusal.field else None
    context["has_errors"] = bool(refusal and refusal.field)
    return render(request, "proposals/detail.html", context, status=refusal.status if refusal else 200)


def _found(request: HttpRequest, number: int) -> tuple[Proceeding, Visit]:
    seen = visit(request)
    found = proceeding(number=number, reader=seen.reader, at=seen.at, today=seen.today, zone=seen.zone)
    if found is None:
        raise Http404
    return found, seen


def _context(request: HttpRequest, found: Proceeding, seen: Visit) -> dict[str, Any]:
    return {
        "proceeding": found,
        "now": seen.at,
        "tone": verdicts.TONES[found.state],
        "verdict": drawing.verdict(found, seen),
        "changed": drawing.changed(found),
        "facts": drawing.facts(found),
        "cost": drawing.cost(found, seen.terms),
        "timeline": drawing.timeline(found, seen),
    } | _table(request, found)


def _table(request: HttpRequest, found: Proceeding) -> dict[str, Any]:
    return {
        "rows": [(place, drawing.vote_text(place)) for place in drawing.rows(found.last)],
        "receipt": drawing.chosen_receipt(found, request.GET.get("receipt", "")),
    }


def box(found: Proceeding, *, form: BallotForm | None = None, refusal: Refusal | None = None) -> dict[str, Any] | None:
    """The reader's ballot, or None for somebody who has no seat and typed nothing."""
    own = found.own
    running = found.state in (State.ACTIVE, State.PENDING)
    typed = form if refusal and form and (form.typed("reason") or form.typed("missing")) else None
    if own is None or not (running and found.reader.inside):
        # Too late, or not a seat: what was typed is still there to copy.
        return {"open": False, "form": typed} if typed else None
    return {
        "open": found.state == State.ACTIVE,
        "round": found.last.held.pk,
        "number": found.proposal.number,
        "cast": own.latest,
        "vote": own.vote,
        "form": (form or BallotForm()).worded(consent=found.last.rule.unanimous),
        "consent": found.last.rule.unanimous,
        "final": found.last.held.final_ballots,
        "admission": found.proposal.application_id is not None,
    }


def next_box(found: Proceeding, *, form: NextRoundForm | None = None) -> dict[str, Any] | None:
    """The leader's form for the next round; for the members a disabled button with the reason."""
    if not found.reader.inside or found.execution is not None:
        return None
    tally = found.last.tally
    refused = rounds.refusal(
        rounds.Opening(
            may_propose=_act(found).may_propose,
            roles=_roles(found),
            gone=found.state == State.CANCELED,
            result=found.last.outcome.result if found.last.outcome else _ended(found),
            objections=tally.objections if tally else 0,
        )
    )
    may = _act(found).may_propose in _roles(found)
    if refused is not None and (found.state not in (State.ACTIVE, State.DEFEATED) or not may):
        return None
    if refused is not None and not found.last.rule.unanimous:
        return None
    return {"number": found.proposal.number, "form": form or _next_form(found), "refused": refused}


def _next_form(found: Proceeding) -> NextRoundForm:
    form = NextRoundForm()
    if found.proposal.application_id is None:
        form.fields["changes"].help_text = _("All members read this.")
    return form


def _act(found: Proceeding) -> registry.Act[Any]:
    return registry.get(found.proposal.acts[0]["act"])


def _roles(found: Proceeding) -> frozenset[str]:
    return frozenset(role for role, held in (("member", found.reader.inside), ("leader", found.reader.leading)) if held)


def _ended(found: Proceeding) -> str:
    """A round whose deadline is over counts as ended, whether or not the worker has written it down."""
    return "silence" if found.state == State.DEFEATED else ""
