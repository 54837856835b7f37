"""Where an application stands and what happens next, in words: for the applicant and for the group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.models import User
from charter import selectors as charter
from charter.rules.terms import Terms
from journal import writing
from members import registry
from members.models import Application, Interview
from members.refusals.people import AlreadyMember
from members.registry import Stage
from members.rules.admission import builder_long_enough_on
from members.rules.answers import Answers
from members.rules.interviews import TEMPLATE, Question
from members.selectors import applications as reading
from members.selectors.applications import State
from members.selectors.people import active_on, is_active, member_of


@dataclass(frozen=True)
class Criterion:
    """One of req.1 as the form and the pages say it."""

    key: str
    title: str | Promise
    text: str | Promise


CRITERIA = (
    Criterion(
        "req.1.a",
        gettext_lazy("Expert in a traditional field"),
        gettext_lazy("For example front end, back end or data. At least 5 years of work."),
    ),
    Criterion(
        "req.1.b",
        gettext_lazy("2 years or more in Web3"),
        gettext_lazy("With a Web3 project that the community recognises."),
    ),
    Criterion(
        "req.1.c",
        gettext_lazy("Web3 expert with a successful project or published work"),
        gettext_lazy("A successful Web3 project, or a rich record of research and reports."),
    ),
)
TITLES = {item.key: item.title for item in CRITERIA}


@dataclass(frozen=True)
class Check:
    """One line of "Can you apply?": done (check) or waiting (wait)."""

    icon: str
    text: str
    clause: str = ""


@dataclass(frozen=True)
class Journey:
    """An application's state in words, what comes next, and the steps so far."""

    state: State
    badge: str
    tone: str
    lead: str
    stages: Sequence[Stage]
    progress: registry.Progress | None
    editable: bool
    open: bool


def refuse_members(user: User, at: datetime) -> None:
    """AlreadyMember for whoever is one."""
    member = member_of(user)
    if member is not None and is_active(member, charter.today(at)):
        raise AlreadyMember


def checks_of(application: Application | None, answers: Answers, at: datetime) -> list[Check]:
    """What stands between the applicant and the vote, as far as the answers tell."""
    timeline = charter.timeline()
    day = timeline.day_of(at)
    terms = timeline.terms_on(day)
    found = [_builder_check(answers.builder_since, terms, day)]
    if application is None or application.submitted_at is None:
        found.append(Check("check", _("No open application of yours")))
    picked = len(answers.criteria)
    if picked:
        text = ngettext("%(count)d of three criteria", "%(count)d of three criteria", picked) % {"count": picked}
        found.append(Check("check", text, "req.1"))
    else:
        found.append(Check("wait", _("One of three criteria: not chosen yet"), "req.1"))
    return found


def _builder_check(since: date | None, terms: Terms, day: date) -> Check:
    if since is None:
        return Check("wait", _("Builder of the DAO: no day yet"), "join.1")
    enough_on = builder_long_enough_on(since, terms.admission_builder_months)
    words = {"since": writing.day(since, shape="day_year"), "from": writing.day(enough_on, shape="day_year")}
    if day >= enough_on:
        return Check("check", _("Builder since %(since)s: long enough") % words, "join.1")
    return Check("wait", _("Builder since %(since)s: the proposal can open from %(from)s on") % words, "join.1")


def way_of(application: Application | None, at: datetime) -> list[Stage]:
    """What joining takes from here, for somebody who has not sent anything, or has."""
    timeline = charter.timeline()
    day = timeline.day_of(at)
    terms = timeline.terms_on(day)
    sent = application is not None and application.submitted_at is not None
    members = active_on(day).count()
    vote = ngettext(
        "The only member must vote in favour.",
        "All %(count)d members must vote in favour. One objection asks you for more information.",
        members,
    )
    days = ngettext("Vote, %(days)d day", "Vote, %(days)d days", terms.voting_days) % {"days": terms.voting_days}
    return [
        Stage(
            _("Your application"),
            "ok" if sent else "now",
            at=application.submitted_at if application is not None else None,
            note="" if sent else _("About 25 minutes. Save and come back any time."),
        ),
        Stage(_("Interview"), "now" if sent else "next", note=_("45 to 60 minutes with members of the group")),
        Stage(_("Proposal"), "next", note=_("Opened by the group leader")),
        Stage(days, "next", note=vote % {"count": members}),
    ]


def journey_of(application: Application, at: datetime) -> Journey:
    """Where a sent application stands."""
    held = reading.interviews_of(application)
    told = registry.progress(application.pk, at)
    state = reading.state_of(application, len(held), proposed=told is not None)
    badge, tone, lead = _words(state, told)
    stages = [Stage(_("Application sent"), "ok", at=application.submitted_at)]
    stages += [
        Stage(_("Interview held"), "ok", note=writing.day(row.held_on, shape="day_year")) for row in reversed(held)
    ]
    is_open = state in reading.UNDER_WAY
    if told is not None:
        stages += told.stages
    elif is_open:
        stages += _to_come(bool(held))
    if application.withdrawn_at is not None:
        stages.append(Stage(_("Taken back by the applicant"), "now", at=application.withdrawn_at))
    elif application.closed_at is not None and application.member_id is None:
        stages.append(Stage(_("Closed by the group"), "now", at=application.closed_at))
    editable = is_open and not registry.under_vote(application.pk)
    return Journey(state, badge, tone, lead, stages, told, editable, is_open)


def _to_come(interviewed: bool) -> list[Stage]:
    steps = (
        [] if interviewed else [Stage(_("Interview"), "now", note=_("The leader and the applicant agree on a time."))]
    )
    note = _("The leader opens it when nothing is missing any more.")
    return [*steps, Stage(_("Proposal and vote"), "now" if interviewed else "next", note=note)]


def _words(state: State, told: registry.Progress | None) -> tuple[str, str, str]:
    """Badge, its tone, and the answer in one sentence."""
    if told is not None and state == State.PROPOSED:
        return _("Before the members"), "act", told.title
    texts = {
        State.DRAFT: (_("Draft"), "wait", _("You have not sent your application yet.")),
        State.SUBMITTED: (
            _("Sent"),
            "wait",
            _("Your application is with the group. Next is the interview: the leader writes to you with a time."),
        ),
        State.INTERVIEWED: (
            _("Interviewed"),
            "wait",
            _("Your interview is on record. Next the leader puts your admission to the vote of all members."),
        ),
        State.PROPOSED: (_("Before the members"), "act", ""),
        State.ADMITTED: (_("Admitted"), "ok", _("You are a member of the group.")),
        State.CLOSED: (_("Closed"), "block", _("The group has closed this application. You can begin another one.")),
        State.WITHDRAWN: (_("Taken back"), "block", _("You took this application back. You can begin another one.")),
    }
    return texts[state]


def picked(application: Application) -> list[tuple[str, str | Promise, str]]:
    """(clause, title, since when or which field) of each criterion that the applicant claims."""
    found = []
    for key in application.criteria:
        typed = application.experience.get(key, {})
        since = _month(typed)
        words = [typed.get("field", ""), _("since %(month)s") % {"month": since} if since else ""]
        found.append((key, TITLES.get(key, key), pgettext("between names", ", ").join(filter(None, words))))
    return found


def _month(typed: Mapping[str, str]) -> str:
    """`March 2017`; what was typed where a draft has no month yet."""
    month, year = typed.get("month", ""), typed.get("year", "")
    try:
        return writing.day(date(int(year), int(month), 1), shape="month")
    except ValueError:
        return "/".join(part for part in (month, year) if part)


def answers_in_order(interview: Interview) -> list[tuple[Question, str]]:
    """The answers by the template's order."""
    return [(question, interview.answers.get(question.key, "")) for question in TEMPLATE]
