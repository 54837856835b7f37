"""What an amendment may say: readable values, no day and setting twice, settings that fit each other on every day."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from charter.refusals import AmendedTwice, NothingToAmend, QuarterMidYear, RatesCrossed
from charter.rules import clauses, kinds
from charter.rules.rewordings import Rewording
from charter.rules.terms import Timeline
from journal.refusals import Refusal

FIRST_MONTH_KEY = "quarter.first_month"


def canonical_value(key: str, text: str) -> str:
    """The value as it is stored and exported; UnknownSetting, UnreadableValue or OutOfBounds with key and clause."""
    parameter = clauses.first().parameter(key)
    try:
        value = kinds.canonical(parameter.kind, text)
        parameter.parse(value)
    except Refusal as refusal:
        refusal.clause = parameter.clause
        raise
    return value


def canonical_changes(changes: Mapping[str, str]) -> dict[str, str]:
    """All changes of one edition in their stored writing, by key."""
    return {key: canonical_value(key, text) for key, text in sorted(changes.items())}


def refuse_empty(changes: Mapping[str, str], texts: Collection[Rewording]) -> None:
    """NothingToAmend if an edition would change neither a setting nor a clause."""
    if not changes and not texts:
        raise NothingToAmend


def bundles(rows: Iterable[tuple[date, str, str]]) -> dict[date, dict[str, str]]:
    """Rows (effective_on, key, value) as one bundle per day, days ascending; AmendedTwice for a day and key twice."""
    found: dict[date, dict[str, str]] = {}
    for effective_on, key, value in rows:
        refuse_repeated(found.get(effective_on, {}), effective_on, key)
        found.setdefault(effective_on, {})[key] = value
    return dict(sorted(found.items()))


def refuse_repeated(bundle: Mapping[str, str], effective_on: date, key: str) -> None:
    """AmendedTwice if the day's bundle has the key already."""
    if key in bundle:
        raise AmendedTwice(
            _("%(key)s is amended twice on %(day)s. Keep one of the two.")
            % {"key": key, "day": effective_on.isoformat()}
        )


def check(timeline: Timeline) -> None:
    """Raises RatesCrossed or QuarterMidYear for the first day on which the settings do not fit each other."""
    month = timeline.terms_on(date.min).quarter_first_month
    for start in timeline.starts:
        terms = timeline.terms_on(start)
        if terms.rate_min_micro > terms.rate_max_micro:
            held = timeline.held_on(start)
            raise RatesCrossed(
                _("From %(day)s the lowest fee, %(least)s, would be above the highest, %(most)s. Change both together.")
                % {
                    "day": start.isoformat(),
                    "least": held["consulting.rate_min"].value,
                    "most": held["consulting.rate_max"].value,
                }
            )
        # A quarter that has begun keeps its days: with 1 January as the only day, each stays in one piece.
        if terms.quarter_first_month != month and (start.month, start.day) != (1, 1):
            raise QuarterMidYear(
                _("%(key)s changes only at the end of a year. Let it take effect on 1 January, not on %(day)s.")
                % {"key": FIRST_MONTH_KEY, "day": start.isoformat()}
            )
        month = terms.quarter_first_month
