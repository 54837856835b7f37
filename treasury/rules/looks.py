"""What makes a claim worth a second look before it is approved. Nothing here decides anything."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from journal import writing

# More than this on one day is unusual, whoever worked.
DAY_CENTI = 1000


@dataclass(frozen=True)
class Other:
    """Another claim that shows the same link; `approved_on` is None while it waits."""

    reference: str
    approved_on: date | None


@dataclass(frozen=True)
class Facts:
    """What is compared: all hours sent for the person's day, another claim with the link, work outside membership."""

    day_centi: int
    same_link: Other | None = None
    outside: bool = False


def reasons(facts: Facts) -> list[str]:
    """One sentence for each reason to look; empty for an ordinary claim."""
    found = []
    if facts.outside:
        found.append(_("Worked on a day outside of membership: it cannot be approved."))
    if facts.day_centi > DAY_CENTI:
        found.append(_("%(hours)s are claimed for this day.") % {"hours": writing.hours(facts.day_centi)})
    if facts.same_link is not None:
        found.append(_same_link(facts.same_link))
    return found


def _same_link(other: Other) -> str:
    if other.approved_on is None:
        return _("Same link as claim %(reference)s, which waits too.") % {"reference": other.reference}
    return _("Same link as claim %(reference)s, approved on %(day)s.") % {
        "reference": other.reference,
        "day": writing.day(other.approved_on, shape="plain_year"),
    }
