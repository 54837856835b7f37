"""The applicant's pages: four steps with a draft, what happens next, taking it back."""

from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.requests import user_of
from charter import selectors as charter
from journal.refusals import Refusal
from members.forms import STEPS, CheckForm, StepForm
from members.models import Application
from members.refusals.applications import ApplicationUnderVote, Incomplete
from members.registry import under_vote
from members.rules import answers as rules
from members.rules.handles import suggest
from members.selectors import applications as reading
from members.selectors import journeys
from members.services import applications

TITLES: dict[str, str | Promise] = {
    "you": _("Who you are"),
    "experience": _("Experience and evidence"),
    "time": _("Your time"),
    "check": _("Check and send"),
}
SHORT: dict[str, str | Promise] = TITLES | {"experience": _("Experience")}
ORDER = tuple(STEPS)


@dataclass(frozen=True)
class Step:
    """One step in the row at the top of the page."""

    text: str | Promise
    state: str
    current: bool


def row_of(current: str, answers: rules.Answers, today: date) -> list[Step]:
    """The steps as the page shows them: done is where nothing is missing any more."""
    found = gaps(answers, today)
    return [Step(SHORT[key], "ok" if found.get(key) == [] and key != current else "", key == current) for key in ORDER]


def gaps(answers: rules.Answers, today: date) -> dict[str, list[Refusal]]:
    """What is missing on each page."""
    return {
        "you": list(rules.identity(answers, today)),
        "experience": [*rules.experience(answers, today), *rules.work(answers)],
        "time": list(rules.time(answers)),
    }


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """`/apply/`: what joining takes; somebody who has begun goes on where they were."""
    if request.user.is_authenticated:
        application = reading.open_of(user_of(request))
        if application is not None:
            sent = application.submitted_at is not None
            return redirect("members:own") if sent else redirect("members:apply-step", _first_open(application))
    at = timezone.now()
    day = charter.today(at)
    context = {"terms": charter.terms_on(day), "way": journeys.way_of(None, at), "criteria": journeys.CRITERIA}
    return render(request, "members/apply.html", context)


def _first_open(application: Application) -> str:
    """The first page with something missing."""
    today = charter.today(timezone.now())
    found = gaps(reading.answers_of(application), today)
    return next((key for key, missing in found.items() if missing), "check")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, key: str) -> HttpResponse:
    """One page of the application. POST keeps what was typed; "continue" asks the rules and goes on."""
    if key not in STEPS:
        raise Http404
    user, at = user_of(request), timezone.now()
    journeys.refuse_members(user, at)
    application = reading.open_of(user)
    if application is not None and under_vote(application.pk):
        raise ApplicationUnderVote
    if application is None and key == "check":
        # Nothing has been typed that could be read once more.
        return redirect("members:apply")
    today = charter.today(at)
    if request.method != "POST":
        return _page(request, key, _form(key, application, user, today, _rows(request)), application, at)
    if application is not None and key == "check":
        return _send(request, application, today, at)
    return _keep(request, key, application, today, at)


def _rows(request: HttpRequest) -> int:
    """How many rows for links are asked for."""
    text = request.GET.get("links", "")
    return int(text) if text.isdecimal() and len(text) == 1 else 2


def _form(key: str, application: Application | None, user: User, today: date, rows: int, data: Any = None) -> StepForm:
    if application is None:
        answers = rules.Answers(name=user.name, handle=suggest(user.email))
    else:
        answers = reading.answers_of(application)
    more = {"rows": rows} if key == "experience" else {}
    return STEPS[key](data, today=today, answers=answers, **more)


def _page(
    request: HttpRequest, key: str, form: StepForm, application: Application | None, at: datetime, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "key": key,
        "title": TITLES[key],
        "steps": row_of(key, form.seen(), form.today),
        "application": application,
        "checks": journeys.checks_of(application, form.seen(), at),
        "way": journeys.way_of(application, at),
        "sent": application is not None and application.submitted_at is not None,
        "criteria": journeys.CRITERIA,
        "titles": journeys.picked(application) if application is not None else [],
        "now": at,
    }
    refused = form.is_bound and form.errors
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, f"members/apply_{key}.html", context | more, status=status)


def _keep(request: HttpRequest, key: str, application: Application | None, today: date, at: datetime) -> HttpResponse:
    """Keeps the answers of a page, right or wrong; only "continue" on right ones goes on."""
    user = user_of(request)
    rows = sum(name.startswith("url_") for name in request.POST) or 2
    data = request.POST.copy()
    if isinstance(removed := data.get("remove"), str) and removed in map(str, range(rows)):
        _drop_link(data, int(removed), rows)
    form = _form(key, application, user, today, rows, data)
    right = form.is_valid()
    wants = request.POST.get("then", "")
    sent = application is not None and application.submitted_at is not None
    if not right and (sent or wants == "continue"):
        if not sent:
            application = applications.save_draft(user=user, changes=form.draft(), at=at)
        return _page(request, key, form, application, at)
    try:
        applications.save_draft(user=user, changes=form.draft(), at=at)
    except Incomplete as refused:
        for one in refused.problems:
            form.blame(one)
        return _page(request, key, form, application, at)
    except Refusal as refused:
        form.blame(refused)
        return _page(request, key, form, application, at)
    if sent and wants == "continue":
        return redirect("members:own")
    return _onward(key, wants, rows)


def _drop_link(data: Any, number: int, rows: int) -> None:
    """Takes one link out of what was typed and closes the gap."""
    for place in range(number, rows):
        for part in ("url", "shows"):
            data[f"{part}_{place}"] = data.get(f"{part}_{place + 1}", "")


def _onward(key: str, wants: str, rows: int) -> HttpResponseRedirect:
    if wants == "continue":
        return redirect("members:apply-step", ORDER[ORDER.index(key) + 1])
    here = redirect("members:apply-step", key)
    if wants == "add":
        here["Location"] += f"?links={min(rows + 1, rules.EVIDENCE_MOST)}#id_url_{min(rows, rules.EVIDENCE_MOST - 1)}"
    return here


def _send(request: HttpRequest, application: Application, today: date, at: datetime) -> HttpResponse:
    """Sends the application; what is missing is listed with links to its page."""
    user = user_of(request)
    form = CheckForm(request.POST, today=today, answers=reading.answers_of(application))
    try:
        if application.submitted_at is None:
            applications.submit(application=application, by=user, at=at)
    except Incomplete as refused:
        return _missing(request, form, application, list(refused.problems), at)
    except Refusal as refused:
        return _missing(request, form, application, [refused], at)
    return redirect("members:own")


def _missing(
    request: HttpRequest, form: StepForm, application: Application, problems: list[Refusal], at: datetime
) -> HttpResponse:
    errors = [(f"answer-{_page_of(one)}", str(one)) for one in problems]
    response = _page(request, "check", form, application, at, errors=errors, has_errors=True)
    response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return response


def _page_of(refused: Refusal) -> str:
    """Which step an answer belongs to."""
    field = refused.field or ""
    if field in ("name", "handle", "builder_since"):
        return "you"
    return "time" if field == "weekly_hours" else "experience"


@login_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """`/application/`: one's newest application, where it stands and what happens next."""
    user, at = user_of(request), timezone.now()
    application = reading.latest_of(user)
    if application is None or (application.submitted_at is None and application.withdrawn_at is None):
        return redirect("members:apply")
    context = {
        "application": application,
        "journey": journeys.journey_of(application, at),
        "way": journeys.way_of(application, at),
        "titles": journeys.picked(application),
        "now": at,
    }
    return render(request, "members/own.html", context)


@login_required
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Takes one's open application back."""
    user = user_of(request)
    application = reading.open_of(user)
    if application is None:
        raise Http404
    applications.withdraw(application=application, by=user, at=timezone.now())
    return redirect("members:own")
