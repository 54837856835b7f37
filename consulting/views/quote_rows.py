"""Quotes in words."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consulting.models import Quote
from consulting.rules import quoting
from consulting.views.billing_rows import Badge


def badge(quote: Quote, now: datetime) -> Badge:
    """How far a quote is."""
    names = {
        "unproved": Badge(_("Address not proved"), "wait"),
        "asked": Badge(_("Waiting for an offer"), "wait"),
        "sent": Badge(_("Waiting for an answer"), "act"),
        "expired": Badge(_("No longer valid"), "block"),
        "accepted": Badge(pgettext("quote", "Accepted"), "ok"),
        "declined": Badge(_("Declined"), ""),
    }
    return names[quoting.state(quote, now)]
