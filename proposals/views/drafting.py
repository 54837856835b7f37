"""Drafting a proposal: what it would do, what is missing before it can open, and opening it."""

from datetime import date, datetime
from typing import Any, TypedDict

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

import charter.selectors
from charter import registry
from charter.rules import clauses, wording
from journal.refusals import Refusal
from members.selectors import people
from proposals import forms
from proposals.models import Proposal
from proposals.refusals import MembersOnly
from proposals.rules import kinds
from proposals.rules.casting import words
from proposals.selectors import drafts
from proposals.services import proposing
from proposals.views.readers import Visit, member_of, visit

Kind = Proposal.Kind
FORMS: dict[Kind, type[forms.DraftForm]] = {
    Kind.REMOVAL: forms.RemovalForm,
    Kind.AMENDMENT: forms.AmendmentForm,
    Kind.BUDGET: forms.BudgetForm,
    Kind.DISPUTE: forms.DisputeForm,
    Kind.RESOLUTION: forms.ResolutionForm,
    Kind.OBJECTION: forms.ObjectionForm,
    Kind.ELECTION: forms.ElectionForm,
}


class Plan(TypedDict):
    """When it opens, by itself unless at once, and the day before which it is not carried out."""

    opens_at: datetime | None
    execute_on: date | None


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """`/proposals/new/`: the kinds, by which rule each is decided, and which of them the reader may put forward."""
    seen = _member(request)
    rows = []
    for kind, key in kinds.ACTS.items():
        act = registry.get(key)
        rows.append((kind, _rule(act, seen), act.may_propose in _roles(seen)))
    return render(request, "proposals/kinds.html", {"rows": rows, "now": seen.at})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, kind: str) -> HttpResponse:
    """`/proposals/new/amendment/`: the form with its check-list; a POST previews, with `open` it opens."""
    chosen, seen = kinds.kind_of(kind), _member(request)
    form = _form(request, chosen, seen)
    params, refused = _params(form)
    plan, unread = _plan(chosen, form, seen)
    refused = refused or unread
    if request.method == "POST" and "open" in request.POST and params is not None and unread is None:
        try:
            made = proposing.propose(
                kind=chosen,
                params=params,
                text=form.typed("text"),
                by=member_of(request),
                at=seen.at,
                final_ballots="final_ballots" in request.POST,
                hidden="hidden" in request.POST,
                **plan,
            )
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("proposals:detail", made.number)
    draft = drafts.draft(
        kind=chosen,
        params=params,
        text=words(form.typed("text")),
        roles=_roles(seen),
        at=seen.at,
        hidden="hidden" in request.POST,
        final_ballots="final_ballots" in request.POST,
        **plan,
    )
    if refused is not None and refused.field:
        form.refuse(refused)
    context = {
        "kind": chosen,
        "form": form,
        "draft": draft,
        "unread": unread is not None,
        "refusal": refused if refused and not refused.field else None,
        "rule": _rule(draft.act, seen),
        "now": seen.at,
    }
    return render(request, "proposals/draft.html", context, status=refused.status if refused else 200)


def _member(request: HttpRequest) -> Visit:
    seen = visit(request)
    if not seen.reader.inside:
        raise MembersOnly
    return seen


def _roles(seen: Visit) -> frozenset[str]:
    return frozenset(("member", "leader") if seen.reader.leading else ("member",))


def _rule(act: registry.Act[Any], seen: Visit) -> str:
    """The rule that decides it now, in words."""
    parameter = clauses.first().parameter(act.threshold)
    return wording.table_value(parameter, seen.terms.threshold(act.threshold).written(), wording.language())


def _form(request: HttpRequest, kind: Kind, seen: Visit) -> forms.DraftForm:
    data = request.POST if request.method == "POST" else None
    if kind == Kind.REMOVAL:
        return forms.RemovalForm(data, members=people.active_on(seen.today))
    if kind == Kind.OBJECTION:
        return forms.ObjectionForm(data, members=people.active_on(seen.today))
    if kind == Kind.AMENDMENT:
        return forms.AmendmentForm(
            request.POST if request.method == "POST" else None,
            held=charter.selectors.timeline().held_on(seen.today),
            texts=charter.selectors.texts(),
            today=seen.today,
        )
    return FORMS[kind](data)


def _plan(kind: Kind, form: forms.DraftForm, seen: Visit) -> tuple[Plan, Refusal | None]:
    """When it is to open and to be carried out, or why that cannot be read; an election's form asks for neither."""
    if kind == Kind.ELECTION:
        return {"opens_at": None, "execute_on": None}, None
    try:
        return {"opens_at": form.opening(seen.zone), "execute_on": form.day("execute_on")}, None
    except Refusal as refused:
        return {"opens_at": None, "execute_on": None}, refused


def _params(form: forms.DraftForm) -> tuple[dict[str, Any] | None, Refusal | None]:
    """What was typed as the act's params, or why it cannot be read; neither before anything was typed."""
    if not form.is_bound:
        return None, None
    try:
        return form.params(), None
    except Refusal as refused:
        return None, None if form.picking else refused
