"""Quotes: asking an expert, writing the offer, reading and answering it."""

from http import HTTPStatus
from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.requests import user_of
from consulting.forms.quoting import AcceptForm, AskForm, OfferForm, PartForms, offer_of
from consulting.models import Quote
from consulting.rules import pricing, quoting
from consulting.selectors import billing, offering
from consulting.selectors import quotes as reading
from consulting.services import quotes
from consulting.views import billing_rows, quote_rows
from consulting.views.billing import PAGE, Visit, visit
from journal.refusals import Refusal

# Requests per address that connects: each is a mail to somebody and, once proved, work for an expert.
LIMITS = {"quote": "5/h/ip"}
FORM, PARTS = "offer", "parts"


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, handle: str) -> HttpResponse:
    """`/experts/<handle>/quote/`: what somebody needs; a guest proves the address by a mailed link."""
    seen = visit(request)
    profile = offering.public_one(handle, seen.today)
    if profile is None or not quotes.FORMS & set(profile.forms):
        raise Http404
    user = request.user if isinstance(request.user, User) else None
    form = AskForm(request.POST or None, initial=AskForm.typed(user))
    if request.method == "POST":
        late: HttpResponse | None = ratelimit.consume_or_429(request, app="consulting", action="quote", config=LIMITS)
        if late is not None:
            return late
        if form.is_valid():
            try:
                made = quotes.ask(
                    member=profile.member, **form.cleaned_data, language=get_language() or "en", by=user, at=seen.at
                )
            except Refusal as refusal:
                form.refuse(refusal)
            else:
                return _asked(request, made)
    terms = seen.timeline.terms_on(seen.today)
    context = {"form": form, "profile": profile, "terms": terms, "now": seen.at}
    return render(request, "consulting/ask_quote.html", context, status=_status(form.is_bound))


def _asked(request: HttpRequest, made: Quote) -> HttpResponse:
    if made.verified_at is not None:
        messages.success(request, _("%(name)s has your request.") % {"name": made.member.name})
        return redirect("consulting:quote", made.token)
    messages.success(request, _("Look into your mail: the link there sends your request."))
    return redirect("consulting:expert", made.member.handle)


@require_safe
def quote(request: HttpRequest, token: str) -> HttpResponse:
    """`/quotes/<token>/`: the request and the offer, for whoever has the mailed address."""
    seen = visit(request)
    return _page(request, seen, _found(token), None)


@require_POST
def prove(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link's button: the address is proved."""
    made = quotes.prove(quote=_found(token), at=visit(request).at)
    messages.success(request, _("%(name)s has your request.") % {"name": made.member.name})
    return redirect("consulting:quote", token)


@require_POST
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The offer is accepted: the engagement and its invoices are there."""
    seen, found = visit(request), _found(token)
    form = AcceptForm(request.POST, days=_days(found))
    if form.is_valid():
        given = form.cleaned_data
        try:
            quotes.accept(quote=found, name=given["name"], silent=given["silent"], signed=form.signed)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The offer is accepted. The invoices are below."))
            return redirect("consulting:quote", token)
    return _page(request, seen, found, form)


@require_POST
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """The client does not want it."""
    _answered(request, _found(token), None)
    return redirect("consulting:quote", token)


@login_required
@require_POST
def refuse(request: HttpRequest, number: str) -> HttpResponse:
    """The expert does not want it."""
    found = _own(request, number)
    _answered(request, found, user_of(request))
    return redirect("consulting:quotes")


def _answered(request: HttpRequest, found: Quote, by: User | None) -> None:
    try:
        quotes.decline(quote=found, by=by, at=visit(request).at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The quote is declined."))


def _page(request: HttpRequest, seen: Visit, found: Quote, form: AcceptForm | None) -> HttpResponse:
    state = quoting.state(found, seen.at)
    weights = reading.weights_of(found)
    sent = billing.standings(list(billing.of_engagement(found.engagement)), seen.at) if found.engagement else []
    context: dict[str, Any] = {
        "quote": found,
        "state": state,
        "badge": quote_rows.badge(found, seen.at),
        "milestones": quoting.thawed(found.milestones),
        "price": quoting.price_micro(found),
        "parts": _split(found, seen),
        "message": quoting.message_of(found, weights) if state == "sent" else "",
        "form": form or AcceptForm(days=_days(found)),
        "rows": [billing_rows.listed(row) for row in sent],
        "now": seen.at,
    }
    return render(request, "consulting/quote.html", context, status=_status(form is not None))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, number: str) -> HttpResponse:
    """`/quotes/<number>/write/`: the expert reads the request and writes the offer."""
    seen, found = visit(request), _seen(request, number)
    author = reading.is_author(user_of(request), found)
    if request.method == "POST" and not author:
        raise Http404
    asked = request.POST or None
    begin = {"weights": f"{found.member.handle} 1"}
    form = OfferForm(asked, prefix=FORM, initial=begin)
    parts = PartForms(_with_one_more(request), prefix=PARTS)
    priced = None
    if request.method == "POST" and "more" not in request.POST and form.is_valid() and parts.is_valid():
        offer = offer_of(form.cleaned_data, parts.cleaned_data)
        if "preview" in request.POST:
            priced = pricing.of_price(offer.price_micro, seen.timeline.terms_on(seen.today).consulting_individual_share)
        else:
            try:
                quotes.send(quote=found, offer=offer, by=user_of(request), at=seen.at)
            except Refusal as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, _("The offer is sent."))
                return redirect("consulting:quotes")
    context: dict[str, Any] = {
        "quote": found,
        "state": quoting.state(found, seen.at),
        "author": author,
        "form": form,
        "parts_forms": parts,
        "priced": priced,
        "milestones": quoting.thawed(found.milestones),
        "price": quoting.price_micro(found),
        "parts": _split(found, seen),
        "has_errors": form.is_bound and "more" not in request.POST and bool(form.errors or not parts.is_valid()),
        "now": seen.at,
    }
    return render(request, "consulting/write_quote.html", context, status=_status(context["has_errors"]))


def _with_one_more(request: HttpRequest) -> Any:
    """What was typed, with one more empty milestone where that was asked for."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    total = data.get(f"{PARTS}-TOTAL_FORMS", "")
    if "more" in data and total.isdecimal() and int(total) < quoting.MILESTONES_MOST:
        data[f"{PARTS}-TOTAL_FORMS"] = str(int(total) + 1)
    return data


@login_required
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """`/quotes/`: an expert's quotes; the leader and the treasurer see all."""
    seen = visit(request)
    page = Paginator(reading.visible_to(user_of(request), seen.today), PAGE).get_page(request.GET.get("page"))
    rows = [(row, quote_rows.badge(row, seen.at), quoting.price_micro(row)) for row in page]
    return render(request, "consulting/quotes.html", {"page": page, "rows": rows, "now": seen.at})


def _found(token: str) -> Quote:
    found = reading.by_token(token)
    if found is None:
        raise Http404
    return found


def _seen(request: HttpRequest, number: str) -> Quote:
    """A quote that the reader may read; 404 for one of others."""
    seen = visit(request)
    found = reading.visible_to(user_of(request), seen.today).filter(number=number).first()
    if found is None:
        raise Http404
    return found


def _own(request: HttpRequest, number: str) -> Quote:
    """A quote that the reader is asked for; 404 for one of others."""
    found = _seen(request, number)
    if not reading.is_author(user_of(request), found):
        raise Http404
    return found


def _split(found: Quote, seen: Visit) -> pricing.Breakdown | None:
    """Who gets what of the price by the charter of the day; a milestone is split by that of its acceptance."""
    price = quoting.price_micro(found)
    share = seen.timeline.terms_on(seen.today).consulting_individual_share
    return pricing.of_price(price, share) if price else None


def _days(found: Quote) -> int:
    return int((found.terms or {}).get("silent_accept_days") or 0)


def _status(refused: bool) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
