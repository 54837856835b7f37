"""Founding the group and amending its charter."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from charter import selectors
from charter.models import FOUNDING_ACT, Amendment, ClauseText, Edition, Group
from charter.refusals import GroupExists, NoGroup
from charter.rules import amendments, clauses, kinds, rewordings
from charter.rules.rewordings import Rewording
from charter.rules.terms import ZONE_KEY
from journal.services import entries


def found(*, name: str, founded_on: date, by: str, at: datetime, time_zone: str | None = None) -> Group:
    """Founds the group under edition 1; without a zone, in the one that edition 1 names.

    `by` is the actor's text. Raises GroupExists, UnreadableValue for a zone that is none.
    """
    zone = time_zone or clauses.first().parameter(ZONE_KEY).value
    kinds.time_zone(zone)
    with transaction.atomic():
        # The primary key is always 1, so of two founders at once one inserts and the other is told.
        group, created = Group.objects.get_or_create(
            id=1, defaults={"name": name, "time_zone": zone, "founded_on": founded_on}
        )
        if not created:
            raise GroupExists
        Edition.objects.create(number=1, effective_on=founded_on, act=FOUNDING_ACT, actor=by)
        entries.append(
            actor=by,
            verb="group.found",
            subject="group",
            data={"name": name, "time_zone": zone, "founded_on": founded_on.isoformat(), "edition": 1},
            at=at,
        )
    return group


def amend(
    *,
    changes: Mapping[str, str],
    effective_on: date,
    act: str,
    by: str,
    at: datetime,
    texts: Sequence[Rewording] = (),
) -> Edition:
    """One edition more, settings and clause texts, whole or not at all.

    Only an executed act (`charter.amend`) or the import of records may call this: no form, page or API does.
    `changes` are written values by key, `act` the reference of the decision, `by` the actor's text. Raises NoGroup,
    NothingToAmend, UnknownSetting, UnreadableValue, OutOfBounds, RatesCrossed, QuarterMidYear, TextMoved,
    TextUnchanged, TextWaits.
    """
    values = amendments.canonical_changes(changes)
    amendments.refuse_empty(values, texts)
    with transaction.atomic():
        # The group's row is the lock: numbers follow without a gap, rules between settings see every other edition,
        # and no text takes the place of words that it was not written against.
        if not Group.objects.select_for_update().filter(id=1).exists():
            raise NoGroup
        number = selectors.last_edition() + 1
        amendments.check(selectors.timeline().amended(number, effective_on, values))
        rewordings.check(selectors.texts(), texts, effective_on)
        edition = Edition.objects.create(number=number, effective_on=effective_on, act=act, actor=by)
        Amendment.objects.bulk_create(Amendment(edition=edition, key=key, value=values[key]) for key in values)
        ClauseText.objects.bulk_create(_row(edition, item) for item in texts)
        entries.append(
            actor=by,
            verb="charter.amend",
            subject=f"edition/{number}",
            data={
                "effective_on": effective_on.isoformat(),
                "act": act,
                "changes": values,
                "texts": {item.key: item.digest for item in texts},
            },
            at=at,
        )
    return edition


def _row(edition: Edition, item: Rewording) -> ClauseText:
    return ClauseText(
        edition=edition,
        clause=item.clause,
        language=item.language,
        text=item.text,
        digest=item.digest,
        replaces=item.replaces,
    )
