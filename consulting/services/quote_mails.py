"""Mails about a quote, promised in the transaction of what happened; each in its reader's language."""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.services import mail
from consulting.models import Quote
from consulting.rules import quoting
from journal import writing

# The addresses of `consulting:quote` and `consulting:write-quote` (a test compares).
PAGE = "/quotes/%s/"
DESK = "/quotes/%s/write/"


def prove(*, quote: Quote, at: datetime) -> None:
    """To a guest: the link that proves the address; nobody sees the request before."""
    _to_client(
        quote,
        "prove",
        _("Confirm your request to %(expert)s"),
        _(
            "You asked %(expert)s for a quote. Confirm that this is your address, and the request is sent:\n\n"
            "%(url)s\n\n"
            "If you did not ask for anything, do nothing.\n"
        ),
        at,
    )


def asked(*, quote: Quote, at: datetime) -> None:
    """To the expert: somebody waits for an offer."""
    _to_expert(
        quote,
        "asked",
        _("%(client)s asks for a quote"),
        _("%(client)s asks you for a quote (%(number)s). Read what they need and write your offer:\n\n%(url)s\n"),
        at,
    )


def sent(*, quote: Quote, at: datetime) -> None:
    """To the client: the offer, what it costs."""
    _to_client(
        quote,
        "sent",
        _("Quote %(number)s: %(amount)s U"),
        _("%(expert)s wrote an offer for you: %(title)s.\n\nRead it, then accept or decline it:\n\n%(url)s\n"),
        at,
    )


def accepted(*, quote: Quote, at: datetime) -> None:
    """To the expert: the work is ordered."""
    _to_expert(
        quote,
        "accepted",
        _("Quote %(number)s is accepted"),
        _("%(client)s accepted your offer %(title)s. The engagement is open:\n\n%(url)s\n"),
        at,
    )


def declined(*, quote: Quote, by_expert: bool, at: datetime) -> None:
    """To the other side: nothing comes of it."""
    tell = _to_client if by_expert else _to_expert
    tell(
        quote,
        "declined",
        _("Quote %(number)s is declined"),
        _("Nothing comes of quote %(number)s.\n\n%(url)s\n"),
        at,
    )


def _to_client(quote: Quote, key: str, subject: str | Promise, text: str | Promise, at: datetime) -> None:
    _put(quote, f"{key}/client", quote.email, quote.language, PAGE % quote.token, subject, text, at)


def _to_expert(quote: Quote, key: str, subject: str | Promise, text: str | Promise, at: datetime) -> None:
    member = quote.member
    address = member.email or (member.user.email if member.user else "")
    language = (member.user.language if member.user else "") or settings.LANGUAGE_CODE
    if address:
        _put(quote, f"{key}/expert", address, language, DESK % quote.number, subject, text, at)


def _put(
    quote: Quote,
    key: str,
    to: str,
    language: str,
    page: str,
    subject: str | Promise,
    text: str | Promise,
    at: datetime,
) -> None:
    with translation.override(language):
        words = {
            "number": quote.number,
            "title": quote.title,
            "expert": quote.member.name,
            "client": quote.organisation or quote.name,
            "amount": writing.money(quoting.price_micro(quote)),
            "url": settings.BASE_URL.rstrip("/") + page,
        }
        mail.put(
            to=to,
            subject=str(subject) % words,
            text=str(text) % words,
            sender=settings.DEFAULT_FROM_EMAIL,
            key=f"quote/{quote.number}/{key}",
            at=at,
        )
