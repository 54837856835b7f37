"""The act of this floor: resolving something that only has to be said."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from charter.registry import Act, register
from proposals.refusals import TitleMissing
from proposals.rules.kinds import ABOUT_MOST


@dataclass(frozen=True)
class Resolve:
    """What is resolved, in one sentence; the reasons are the proposal's words."""

    title: str


def check_resolution(params: Resolve, _day: date) -> None:
    """TitleMissing for no sentence, or one that no list can show."""
    if not params.title.strip() or len(params.title) > ABOUT_MOST:
        raise TitleMissing


def preview_resolution(params: Resolve, _day: date) -> list[str]:
    """One sentence."""
    return [_("The group has resolved: %(title)s") % {"title": params.title}]


def resolve(_params: Resolve, /, *, at: datetime, by: str, reference: str) -> str:
    """Nothing but the record; `resolution/<number>`."""
    return f"resolution/{reference.rpartition('/')[2]}"


RESOLVE = register(
    Act(
        key="proposals.resolve",
        params=Resolve,
        may_propose="member",
        # The charter names no threshold for what the group says of a DAO decision (duty.3): the same as for a person
        # whom it chooses, more than half of all members.
        threshold="election.threshold",
        preview=preview_resolution,
        check=check_resolution,
        execute=resolve,
    )
)
