"""What a transfer and its accounts are called, in words."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from charter.refusals import UnreadableQuarter
from charter.rules import quarters
from journal import writing

# The clause behind a transfer that is no payout line.
CLAUSES = {"grant": "income.1.2", "acceptance": "income.2.1", "refund": "income.2.1", "release": "income.2.1"}


def what(reference: str) -> str:
    """A transfer by its reference: `Member’s stipend, October 2026`; a reference of an unknown kind stays as it is."""
    base, _sign, correction = reference.partition("#")
    kind, _slash, rest = base.partition("/")
    if kind == "reversal":
        return _("Reversal: %(what)s") % {"what": what(rest + (f"#{correction}" if correction else ""))}
    words = _words(kind, rest) or base
    return _("Correction: %(what)s") % {"what": words} if correction else words


def _words(kind: str, rest: str) -> str:
    first, _slash, _others = rest.partition("/")
    if kind == "grant":
        return _("Budget of %(quarter)s") % {"quarter": _quarter(first)}
    if kind in ("stipend-member", "stipend-leader"):
        text = _("Leader’s stipend, %(month)s") if kind == "stipend-leader" else _("Member’s stipend, %(month)s")
        return text % {"month": month(first)}
    if kind == "pow":
        return _("POW claim %(reference)s") % {"reference": first}
    # Engagement and session; the expert's handle at the end says nothing new.
    named = "/".join(part for part in rest.split("/")[:2])
    texts = {
        "acceptance": _("Accepted work, %(reference)s"),
        "payment": _("Client’s payment %(reference)s"),
        "funding": _("Client’s money held, %(reference)s"),
        "refund": _("Refund to the client, %(reference)s"),
        "release": _("Held money given back, %(reference)s"),
        "payback": _("Credit paid back, %(reference)s"),
        "consulting": _("Consulting, %(reference)s"),
        "consulting-pool": _("Pool’s share of consulting, %(reference)s"),
    }
    return texts[kind] % {"reference": named} if kind in texts else ""


def account(kind: str, owner: str, names: Mapping[str, str]) -> str:
    """An account: `Group’s pool`, `Owed to Lin Wei`; `names` says who carries which handle."""
    texts = {
        "dao": _("The DAO"),
        "outside": _("Outside"),
        "pool": _("Group’s pool"),
        "payable": _("Owed to %(owner)s"),
        "receivable": _("Owed by %(owner)s"),
        "escrow": _("Held for %(owner)s"),
    }
    return texts[kind] % {"owner": names.get(owner, owner) if kind == "payable" else owner}


def month(text: str) -> str:
    """`2026-10` as `October 2026`; anything else stays."""
    try:
        return writing.day(date.fromisoformat(f"{text}-01"), shape="month")
    except ValueError:
        return text


def _quarter(text: str) -> str:
    try:
        quarter = quarters.parse(text)
    except UnreadableQuarter:
        return text
    return writing.quarter(quarter.year, quarter.number)
