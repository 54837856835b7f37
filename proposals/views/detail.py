"""A proposal's page and the parts of it that htmx asks for again."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from charter import registry
from journal.refusals import Refusal
from proposals.forms import BallotForm, CandidacyForm, JudgedForm, MotionForm, NextRoundForm, RecusalForm
from proposals.models import Ballot
from proposals.rules import rounds, verdicts
from proposals.rules.motions import Kind
from proposals.rules.states import State
from proposals.selectors.comments import standing_of
from proposals.selectors.electorates import last_recusal
from proposals.selectors.proceedings import Proceeding, proceeding
from proposals.views import asked, comments, drawing, elections, kept, pendings
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
    recusal: RecusalForm | None = None,
    candidacy: CandidacyForm | None = None,
    motion: tuple[MotionForm, Kind] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The whole page; after a refusal with its sentence, its status and what was typed."""
    seen = visit(request)
    found = _proceeding(number, seen)
    typed: JudgedForm | None = ballot or next_round or recusal or candidacy or (motion[0] if motion else None)
    if found is None:
        return pendings.answer(request, number, seen, typed=typed, refusal=refusal)
    boxes: dict[str, Any] = {
        "box": box(found, form=ballot),
        "next_round": next_box(found, form=next_round),
        "recusal": recusal_box(found, form=recusal),
        "motions": _motions(found, seen, motion, refusal),
    }
    context = _context(request, found, seen) | boxes
    context["comments"] = comments.box(found.proposal, seen, standing=standing_of(found.proposal, found.last.outcome))
    context |= kept.told(typed, drawn=_drawn(boxes), refusal=refusal)
    return render(request, "proposals/detail.html", context, status=refusal.status if refusal else 200)


def _drawn(boxes: dict[str, Any]) -> list[JudgedForm | None]:
    """The forms that the page has."""
    motions: asked.Box | None = boxes["motions"]
    own = [boxes[name]["form"] for name in ("box", "next_round", "recusal") if boxes[name]]
    return [*own, motions.hold, motions.extend, motions.cancel] if motions else own


def _proceeding(number: int, seen: Visit) -> Proceeding | None:
    return proceeding(number=number, reader=seen.reader, at=seen.at, today=seen.today, zone=seen.zone)


def _motions(
    found: Proceeding, seen: Visit, motion: tuple[MotionForm, Kind] | None, refusal: Refusal | None
) -> asked.Box | None:
    """What is asked of the last round; after a refusal with what was typed and the sentence at its field."""
    if motion is None:
        return asked.box(found, seen)
    form, kind = motion
    drawn = asked.box(found, seen, form=asked.worded(form, kind, found, seen), typed=kind)
    if refusal is not None and refusal.field:
        form.refuse(refusal)
    return drawn


def _found(request: HttpRequest, number: int) -> tuple[Proceeding, Visit]:
    seen = visit(request)
    found = _proceeding(number, seen)
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
        "runners": elections.runners(found, found.last),
        "first_round": elections.first_round(found),
        "cost": drawing.cost(found, seen.terms),
        "timeline": drawing.timeline(found, seen),
    } | _table(request, found)


def _table(request: HttpRequest, found: Proceeding) -> dict[str, Any]:
    return {
        "rows": [(place, drawing.vote_text(place, found.names)) for place in drawing.rows(found.last)],
        "receipt": drawing.chosen_receipt(found, request.GET.get("receipt", "")),
    }


def box(found: Proceeding, *, form: BallotForm | None = None) -> dict[str, Any] | None:
    """The reader's ballot, or None for who cannot vote now."""
    own = found.own
    form = (form or BallotForm()).worded(consent=found.last.consent, hidden=found.last.sealed)
    if own is None or found.state != State.ACTIVE or found.last.over or not found.reader.inside:
        return None
    return {
        "round": found.last.held.pk,
        "number": found.proposal.number,
        "cast": own.latest,
        "vote": own.vote,
        "form": form,
        "consent": found.last.consent,
        "final": found.last.held.final_ballots,
        "hidden": found.last.sealed,
        "admission": found.proposal.application_id is not None,
        "assessment": found.proposal.kind == found.proposal.Kind.OBJECTION,
    } | elections.box(found.last.held, found.names, own.vote)


def next_box(found: Proceeding, *, form: NextRoundForm | None = None) -> dict[str, Any] | None:
    """The leader's form for the next round; for the members a disabled button with the reason."""
    if not found.reader.inside or found.execution is not None or found.last.held.candidates:
        return None
    tally = found.last.tally
    refused = rounds.refusal(
        rounds.Opening(
            may_propose=_act(found).may_propose,
            roles=_roles(found),
            gone=found.state == State.CANCELED,
            result=found.last.outcome.result if found.last.outcome else _ended(found),
            objections=tally.objections if tally else 0,
            held=any(item.runs for item in found.last.asked),
            expired=found.state == State.EXPIRED,
        )
    )
    may = _act(found).may_propose in _roles(found)
    if refused is not None and (found.state not in (State.ACTIVE, State.DEFEATED, State.EXPIRED) or not may):
        return None
    if refused is not None and not found.last.consent:
        return None
    drawn = _next_form(found, form) if refused is None else None
    return {"number": found.proposal.number, "form": drawn, "refused": refused}


def _next_form(found: Proceeding, form: NextRoundForm | None) -> NextRoundForm:
    wording = found.last.wording
    text = str(wording.content.get("text", "")) if wording else ""
    return (form or NextRoundForm()).of(admission=found.proposal.application_id is not None, text=text)


def recusal_box(found: Proceeding, *, form: RecusalForm | None = None) -> dict[str, Any] | None:
    """The reader's word on taking no part in the rounds to come: between two rounds only."""
    member = found.reader.member
    if not found.may_follow or not found.reader.inside or member is None:
        return None
    # Who a removal is about has no seat anyway.
    if member.pk == found.proposal.concerns_id:
        return None
    last = last_recusal(found.proposal, member)
    recused = last is not None and last.stands
    drawn = None if recused else form or RecusalForm()
    return {"number": found.proposal.number, "form": drawn, "recused": recused}


def _act(found: Proceeding) -> registry.Act[Any]:
    return registry.get(found.proposal.acts[0]["act"])


def _roles(found: Proceeding) -> frozenset[str]:
    return frozenset(role for role, held in (("member", found.reader.inside), ("leader", found.reader.leading)) if held)


def _ended(found: Proceeding) -> str:
    """A round whose deadline is over counts as ended, whether or not the worker has written it down."""
    return "silence" if found.state == State.DEFEATED else ""
