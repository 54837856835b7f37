"""What `manage.py verify` checks of the charter."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from charter import selectors
from charter.models import FOUNDING_ACT, Amendment, ClauseText, Edition, Group
from charter.rules import amendments, rewordings, texts
from charter.rules.texts import Text, Texts
from charter.selectors.editions import text_of
from journal.models import Entry
from journal.refusals import Refusal
from journal.registry import invariant


@invariant("charter.group")
def one_group() -> Iterable[str]:
    """A group has its edition 1, and there is no edition without a group."""
    if Group.objects.exists() != Edition.objects.filter(number=1).exists():
        yield _("The group and edition 1 of its charter do not stand together.")


@invariant("charter.editions")
def editions_follow() -> Iterable[str]:
    """Editions are numbered 1 to n."""
    numbers = Edition.objects.order_by("number").values_list("number", flat=True)
    for expected, number in enumerate(numbers, start=1):
        if number != expected:
            yield _("Edition %(number)s stands where edition %(expected)s must.") % {
                "number": number,
                "expected": expected,
            }
            return


@invariant("charter.amendments")
def amendments_readable() -> Iterable[str]:
    """Every amended value can be read, is within bounds and in its one writing; the settings fit each other."""
    readable = True
    for row in Amendment.objects.order_by("id"):
        try:
            if amendments.canonical_value(row.key, row.value) != row.value:
                yield _("Amendment %(id)s is not in its canonical writing.") % {"id": row.pk}
        except Refusal as refusal:
            readable = False
            yield _("Amendment %(id)s (%(key)s): %(reason)s") % {"id": row.pk, "key": row.key, "reason": refusal}
    if readable:
        try:
            amendments.check(selectors.timeline())
        except Refusal as refusal:
            yield str(refusal)


@invariant("charter.texts")
def texts_follow() -> Iterator[str]:
    """Every text fits its clause and its digest, replaces the one before it and does not come before its day."""
    last: dict[str, Text] = {}
    for row in ClauseText.objects.select_related("edition").order_by("edition", "id"):
        what, key = {"id": row.pk}, texts.key_of(row.clause, row.language)
        try:
            (read,) = rewordings.read({key: row.text}, {key: row.replaces})
            before = last.get(key) or Texts().latest(key)
        except Refusal as refusal:
            yield _("Clause text %(id)s: %(reason)s") % (what | {"reason": refusal})
            continue
        if (read.text, read.digest) != (row.text, row.digest):
            yield _("Clause text %(id)s is not the one of its digest.") % what
        if before.digest != row.replaces or (before.since and before.since > row.edition.effective_on):
            yield _("Clause text %(id)s does not follow the text before it.") % what
        last[key] = text_of(row)


@invariant("charter.journal")
def as_told() -> Iterator[str]:
    """The group and every edition say what the journal says of the founding and of each amendment."""
    verbs = ("group.found", "charter.amend")
    told = {entry.subject: entry.data for entry in Entry.objects.filter(verb__in=verbs).order_by("pk")}
    for group in Group.objects.all():
        founding = {"name": group.name, "time_zone": group.time_zone, "founded_on": group.founded_on.isoformat()}
        if {key: told.get("group", {}).get(key) for key in founding} != founding:
            yield _("The group is not as the journal says it was founded.")
    for edition in Edition.objects.prefetch_related("amendments", "texts").order_by("number"):
        if _told_of(edition, told) != _stands(edition):
            yield _("Edition %(number)s is not the one in the journal.") % {"number": edition.number}


def _stands(edition: Edition) -> dict[str, Any]:
    """An edition's own rows in the writing of its entry."""
    return {
        "effective_on": edition.effective_on.isoformat(),
        "act": edition.act,
        "changes": {row.key: row.value for row in edition.amendments.all()},
        "texts": {texts.key_of(row.clause, row.language): row.digest for row in edition.texts.all()},
    }


def _told_of(edition: Edition, told: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """What the journal says of an edition; the first one was founded, not amended."""
    if edition.number > 1:
        return told.get(f"edition/{edition.number}")
    founded_on = told.get("group", {}).get("founded_on")
    return {"effective_on": founded_on, "act": FOUNDING_ACT, "changes": {}, "texts": {}}
