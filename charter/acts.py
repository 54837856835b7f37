"""The act of this floor: amending the charter."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from charter import selectors
from charter.registry import Act, Difference, register
from charter.rules import amendments, clauses, wording
from charter.services import editions
from journal import writing


@dataclass(frozen=True)
class Amend:
    """New written values by key, from a day on; without one, from the day of execution."""

    changes: dict[str, str]
    effective_on: date | None = None

    def begins_on(self, day: date) -> date:
        """The day of execution, unless the act names a later one: what is past stays as it was."""
        return max(self.effective_on or day, day)


def check(params: Amend, day: date) -> None:
    """Raises what would refuse the amendment if it were executed on a day."""
    values = amendments.canonical_changes(params.changes)
    read = selectors.timeline()
    amendments.check(read.amended(selectors.last_edition() + 1, params.begins_on(day), values))


def preview(params: Amend, day: date) -> list[str]:
    """One sentence per changed setting, in the active language."""
    begins_on = writing.day(params.begins_on(day), shape="day_year")
    return [
        _("From %(day)s on, “%(label)s” is %(new)s instead of %(old)s.")
        % {"day": begins_on, "label": item.label, "new": item.after, "old": item.before}
        for item in diff(params, day)
    ]


def diff(params: Amend, day: date) -> list[Difference]:
    """Each setting as it would stand on the first day without the amendment, and with it; its clause."""
    held = selectors.timeline().held_on(params.begins_on(day))
    tongue, parameters = wording.language(), clauses.first().parameters
    return [
        Difference(
            wording.label(key),
            wording.table_value(parameters[key], held[key].value, tongue),
            wording.table_value(parameters[key], value, tongue),
            parameters[key].clause or "",
        )
        for key, value in amendments.canonical_changes(params.changes).items()
    ]


def execute(params: Amend, /, *, at: datetime, by: str, reference: str) -> str:
    """Writes the edition."""
    begins_on = params.begins_on(selectors.today(at))
    edition = editions.amend(changes=params.changes, effective_on=begins_on, act=reference, by=by, at=at)
    return f"edition/{edition.number}"


AMEND = register(
    Act(
        key="charter.amend",
        params=Amend,
        may_propose="member",
        threshold="amendment.threshold",
        preview=preview,
        execute=execute,
        check=check,
        diff=diff,
    )
)
