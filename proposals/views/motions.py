"""Asking something of a round on the proposal's page, and answering it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from journal.clock import database_clock
from journal.refusals import Refusal
from proposals.forms import MotionForm
from proposals.refusals import MembersOnly, UnknownMotion
from proposals.rules.motions import Kind
from proposals.selectors.lookups import round_in
from proposals.services import motions
from proposals.views import detail
from proposals.views.readers import member_of

DIGITS_MOST = 9


@require_POST
@login_required
def ask(request: HttpRequest, number: int) -> HttpResponse:
    """Asks for time, a later deadline or a cancellation; the form names the round, as a ballot's does."""
    by, kind = member_of(request), _kind(request.POST.get("kind", ""))
    form = MotionForm(request.POST, kind=kind)
    try:
        motions.ask(
            round_id=round_in(number, request.POST.get("round", "")),
            kind=kind,
            reason=form.typed("reason"),
            by=by,
            until_at=form.until(kind, database_clock()),
        )
    except Refusal as refusal:
        return detail.answer(request, number, motion=(form, kind), refusal=refusal)
    messages.success(request, _told(kind))
    return _back(number)


@require_POST
@login_required
def answer(request: HttpRequest, number: int) -> HttpResponse:
    """Seconds what somebody asked, or releases one's own hold."""
    try:
        motions.answer(
            round_id=round_in(number, request.POST.get("round", "")),
            number=_motion(request.POST.get("motion", "")),
            by=member_of(request),
        )
    except MembersOnly:
        raise
    except Refusal as refusal:
        # Nothing was typed that the page could show beside a field.
        refusal.field = None
        return detail.answer(request, number, refusal=refusal)
    return _back(number)


def _told(kind: Kind) -> str:
    if kind == Kind.HOLD:
        return _("The round waits for you. You can release it as soon as you are ready.")
    return _("It is asked. It takes effect when another member seconds it.")


def _back(number: int) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('proposals:detail', args=[number])}#motions")


def _kind(text: str) -> Kind:
    found = next((kind for kind in Kind if kind.value == text), None)
    if found is None:
        raise UnknownMotion
    return found


def _motion(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > DIGITS_MOST:
        raise UnknownMotion
    return int(text)
