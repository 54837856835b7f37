"""The acts of this floor: resolving something that only has to be said, assessing an objection to a project's plan."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from charter.registry import Act, Difference, register
from members.models import Member
from members.refusals.people import UnknownHandle
from members.rules.answers import is_link
from members.selectors.people import by_handle
from proposals.refusals import TitleMissing
from proposals.refusals.objections import ObjectionUnnamed, PlanUnlinked, ProjectUnnamed
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


@dataclass(frozen=True)
class Assess:
    """An expert's objection (by handle) to a project's plan, in one sentence; its reasons are the proposal's words."""

    project: str
    plan_url: str
    expert: str
    title: str


def _expert(params: Assess) -> Member:
    found = by_handle(params.expert)
    if found is None:
        refused = UnknownHandle.of(params.expert)
        refused.field = "expert"
        raise refused
    return found


def check_assessment(params: Assess, _day: date) -> None:
    """ProjectUnnamed, PlanUnlinked, UnknownHandle, ObjectionUnnamed. Who objected may have left since."""
    if not params.project.strip() or len(params.project) > ABOUT_MOST:
        raise ProjectUnnamed
    if not is_link(params.plan_url):
        raise PlanUnlinked
    _expert(params)
    if not params.title.strip() or len(params.title) > ABOUT_MOST:
        raise ObjectionUnnamed


def preview_assessment(params: Assess, _day: date) -> list[str]:
    """What the group says then, and that it does no more than say it (duty.1.8)."""
    words = {"name": _expert(params).name, "project": params.project, "title": params.title}
    return [
        _("The group upholds the objection of %(name)s to the plan of %(project)s: “%(title)s”.") % words,
        _("The project adjusts its plan: the group writes no plan and stops none."),
    ]


def diff_assessment(params: Assess, _day: date) -> list[Difference]:
    """The objection, from one expert's to the group's."""
    before = _("of %(name)s") % {"name": _expert(params).name}
    label = _("Objection to the plan of %(project)s") % {"project": params.project}
    return [Difference(label, before, _("of the whole group"), "duty.1.8.1")]


def assess(_params: Assess, /, *, at: datetime, by: str, reference: str) -> str:
    """Nothing but the record; `assessment/<number>`."""
    return f"assessment/{reference.rpartition('/')[2]}"


ASSESS = register(
    Act(
        key="proposals.assess",
        params=Assess,
        may_propose="member",
        # The charter names none for the whole group's assessment either.
        threshold="election.threshold",
        preview=preview_assessment,
        check=check_assessment,
        execute=assess,
        diff=diff_assessment,
    )
)
