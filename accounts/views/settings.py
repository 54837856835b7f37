"""The settings page: name, language, colours, password, keys to the API."""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import UNSET, PreferenceForm, TokenForm
from accounts.middleware import LANGUAGES
from accounts.preferences import remember_language
from accounts.requests import user_of
from accounts.selectors import tokens_of
from accounts.services import people, tokens
from journal.refusals import Refusal


def _page(request: HttpRequest, status: HTTPStatus = HTTPStatus.OK, **more: Any) -> HttpResponse:
    user = user_of(request)
    typed = {"name": user.name, "language": user.language or UNSET, "theme": user.theme or UNSET}
    context = {
        "preferences": PreferenceForm(initial=typed),
        "token_form": TokenForm(),
        "tokens": tokens_of(user),
        "now": timezone.now(),
        "has_errors": status == HTTPStatus.UNPROCESSABLE_ENTITY,
    }
    return render(request, "accounts/settings.html", context | more, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Shows the settings; POST changes name, language and colours."""
    if request.method != "POST":
        return _page(request)
    form = PreferenceForm(request.POST)
    if not form.is_valid():
        return _page(request, HTTPStatus.UNPROCESSABLE_ENTITY, preferences=form)
    user = people.prefer(user=user_of(request), **form.cleaned_data)
    response = redirect("accounts:settings")
    if user.language:
        remember_language(response, user.language)
    return response


@login_required
@require_POST
def issue_token(request: HttpRequest) -> HttpResponse:
    """Makes a token and shows it, this once: it is not kept anywhere, so there is no redirect."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, HTTPStatus.UNPROCESSABLE_ENTITY, token_form=form)
    try:
        token, secret = tokens.issue(user=user_of(request), at=timezone.now(), **form.cleaned_data)
    except Refusal as refusal:
        _add(form, refusal)
        return _page(request, HTTPStatus.UNPROCESSABLE_ENTITY, token_form=form)
    return _page(request, token=token, secret=secret)


def _add(form: BaseForm, refusal: Refusal) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


@login_required
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends one of one's own tokens; another person's does not exist here."""
    token = tokens_of(user_of(request)).filter(pk=pk).first()
    if token is None:
        raise Http404
    tokens.revoke(token=token, by=user_of(request), at=timezone.now())
    return redirect("accounts:settings")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """The language link of every page: for this browser, and for the person if somebody is signed in."""
    url = request.POST.get("next", "")
    response = redirect(url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) else "today")
    language = request.POST.get("language", "")
    if language in LANGUAGES:
        translation.activate(language)
        remember_language(response, language)
        if request.user.is_authenticated:
            people.prefer(user=user_of(request), language=language)
    return response
