"""The page of a proposal that has not opened, or was taken back before."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from charter.rules import clauses, wording
from journal import writing
from journal.refusals import Refusal
from proposals.forms import CandidacyForm, JudgedForm, RecusalForm
from proposals.rules import verdicts
from proposals.rules.states import State
from proposals.selectors.comments import standing_of
from proposals.selectors.pendings import Pending, pending
from proposals.selectors.visibility import sees_wording
from proposals.selectors.words import lines_of
from proposals.views import comments, elections, kept
from proposals.views.readers import Visit


def answer(
    request: HttpRequest,
    number: int,
    seen: Visit,
    *,
    typed: JudgedForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The page; after a refusal with its sentence, its status and what was typed, in whichever form."""
    found = pending(number=number, reader=seen.reader, at=seen.at)
    if found is None:
        raise Http404
    recusal = recusal_box(found, form=typed if isinstance(typed, RecusalForm) else None)
    election = elections.standing(
        found, seen, form=typed if isinstance(typed, CandidacyForm) else None, refusal=refusal
    )
    context = _context(found, seen) | {"recusal": recusal, "election": election}
    drawn = [box["form"] for box in (recusal, election) if box]
    context |= kept.told(typed, drawn=drawn, refusal=refusal)
    return render(request, "proposals/pending.html", context, status=refusal.status if refusal else 200)


def _context(found: Pending, seen: Visit) -> dict[str, Any]:
    return {
        "pending": found,
        "now": seen.at,
        "tone": verdicts.TONES[found.state],
        "rule": wording.table_value(
            clauses.first().parameter(found.act.threshold), found.threshold.written(), wording.language()
        ),
        "facts": lines_of(found.proposal, found.content) if found.content else (),
        "comments": comments.box(found.proposal, seen, standing=standing_of(found.proposal, None)),
        "timeline": _timeline(found, seen),
    }


def _timeline(found: Pending, seen: Visit) -> list[dict[str, Any]]:
    proposal = found.proposal
    items: list[dict[str, Any]] = [{"state": "ok", "text": _("The proposal is announced"), "at": proposal.proposed_at}]
    told = found.recusals if sees_wording(found.reader, proposal) else ()
    items += [
        {"state": "ok", "text": _("%(name)s takes no part") % {"name": row.member.name}, "at": row.declared_at}
        for row in sorted(told, key=lambda row: row.declared_at)
    ]
    if found.state != State.PENDING:
        return [*items, {"state": "now", "text": _("Taken back"), "at": proposal.taken_back_at}]
    items.append({"state": "now", "text": _("Now: members read it"), "at": seen.at})
    if found.times is not None:
        items.append({"state": "next", "text": _("Round 1 opens"), "at": found.times.opened_at})
        items.append({"state": "next", "text": _("Round 1 closes"), "at": found.times.deadline_at})
    if proposal.execute_on is not None:
        day = writing.day(proposal.execute_on, shape="day_year")
        text = _("If it passes: it is carried out, not before %(day)s") % {"day": day}
        items.append({"state": "next", "text": text})
    return items


def recusal_box(found: Pending, *, form: RecusalForm | None = None) -> dict[str, Any] | None:
    """The reader's word on taking no part; None for who has none to give up, and once it was taken back."""
    member = found.reader.member
    if found.state != State.PENDING or not found.reader.inside or member is None:
        return None
    # Who a removal is about has no seat anyway.
    if member.pk == found.proposal.concerns_id:
        return None
    drawn = None if found.recused else form or RecusalForm()
    return {"number": found.proposal.number, "form": drawn, "recused": found.recused}
