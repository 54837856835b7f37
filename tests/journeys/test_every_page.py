"""Every page that somebody can open: no barrier, no refusal of the policy, nothing wider than the screen."""

import logging
import re
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from playwright.sync_api import expect

from accounts.models import User
from expertgroup.demo.cast import CANDIDATE, CLIENT_CONTACT, DEPUTY, INTERVIEWEE, LEADERS, TREASURER
from tests.journeys import barriers, routes
from tests.journeys.routes import Place
from tests.journeys.visitors import Stage

# Who looks at which routes, by the start of their names: visitor and leader at all, others where theirs are different.
ALL = ("",)
LOOKS: dict[str, tuple[str, ...]] = {
    "visitor": ALL,
    "leader": ALL,
    "deputy": ("today", "claims:list", "claims:detail"),
    "member": (
        "today",
        "claims:list",
        "claims:detail",
        "proposals:",
        "members:application",
        "treasury:month",
        "consulting:bookings",
        "consulting:quote",
        "consulting:write-quote",
    ),
    # Whose hours the room with a running engagement shows.
    "expert": ("today", "consulting:bookings", "consulting:engagement", "consulting:invoices"),
    "applicant": ("today", "members:own", "members:apply-step"),
    "candidate": ("today", "members:own", "proposals:"),
    "client": (
        "today",
        "treasury:overview",
        "accounts:wallets",
        "consulting:client",
        "consulting:booking",
        "consulting:engagement",
        "consulting:invoice",
        "consulting:quote",
        "consulting:article",
        "consulting:review",
        "consulting:dispute",
    ),
    "treasurer": (
        "today",
        "treasury:",
        "consulting:payment",
        "consulting:invoice",
        "consulting:issue-invoice",
        "consulting:engagement",
    ),
    # Two tests: the ledger's tables are long.
    "treasurer in the admin": ("admin:",),
    "treasurer in the ledger's admin": ("admin:treasury_",),
}
# Whose pages are looked at in torture: their markup is that of the admin's others.
SELDOM = ("treasurer in the ledger's admin",)
TORTURE = pytest.mark.torture
# Who look at all, in this order.
BEFORE = ("visitor", "leader")
HANDLES = {"leader": LEADERS[-1], "deputy": DEPUTY, "member": "tomas", "expert": "marek"}
EMAILS = {role: f"{handle}@demo.example" for role, handle in HANDLES.items()} | {
    "visitor": "",
    "candidate": CANDIDATE.email,
    "applicant": INTERVIEWEE.email,
    "client": CLIENT_CONTACT.email,
    "treasurer": TREASURER.email,
    "treasurer in the admin": TREASURER.email,
    "treasurer in the ledger's admin": TREASURER.email,
}
# The mailed links end the session of who is not meant by them.
ONLY_FOR_VISITORS: tuple[str, ...] = ("account_confirm_email", "account_reset_password_from_key")
# Routes that never answer a GET with a page, and what they are.
NO_PAGES = {
    "accounts:demo-sign-in": "POST",
    "accounts:issue-token": "POST",
    "accounts:revoke-token": "POST",
    "accounts:remove-wallet": "POST",
    "set_language": "POST",
    "members:withdraw": "POST",
    "members:back": "POST",
    "claims:approve": "POST",
    "claims:preview": "POST",
    "claims:pick_one": "POST",
    "claims:refuse": "POST",
    "claims:change": "POST",
    "claims:remove": "POST",
    "claims:amount": "POST",
    "claims:log": "POST",
    "treasury:suggestion": "POST",
    "treasury:progress": "a part of the month's page",
    "treasury:ledger_csv": "a file",
    "treasury:ledger_json": "a file",
    "treasury:month_csv": "a file",
    "treasury:month_json": "a file",
    "members:confirm-builder": "POST",
    "consulting:invoice-credit": "POST",
    "consulting:invoice-void": "POST",
    "consulting:invoice-state": "a part of the invoice's page",
    "consulting:invoice-pdf": "a file",
    "consulting:prove-quote": "POST",
    "consulting:accept-quote": "POST",
    "consulting:decline-quote": "POST",
    "consulting:refuse-quote": "POST",
    "consulting:booking-answer": "POST",
    "consulting:booking-cancel": "POST",
    "consulting:booking-code": "POST",
    "consulting:booking-ics": "a file",
    "consulting:booking-state": "a part of the booking's page",
    "consulting:booking-verify": "POST",
    "consulting:publish": "POST",
    "consulting:dispute-offer": "POST",
    "consulting:dispute-withdraw": "POST",
    "consulting:add-addresses": "POST",
    "consulting:add-hours": "POST",
    "consulting:add-day": "POST",
    "consulting:add-work": "POST",
    "consulting:add-calendar": "POST",
    "consulting:articles-feed": "a file",
    "consulting:article-act": "POST",
    "consulting:review-hide": "POST",
    "consulting:feed": "a file",
    "consulting:remove": "POST",
    "consulting:confirm": "POST",
    "consulting:start-timer": "POST",
    "consulting:stop-timer": "POST",
    "consulting:log-session": "POST",
    "consulting:milestone": "POST",
    "consulting:write": "POST",
    "consulting:plan": "POST",
    "consulting:tick": "POST",
    "consulting:promise": "POST",
    "consulting:deliverable": "POST",
    "consulting:messages": "a part of the room's page",
    "consulting:file": "a file",
    "proposals:open_admission": "POST",
    "proposals:cast": "POST",
    "proposals:ask": "POST",
    "proposals:answer": "POST",
    "proposals:candidacy": "POST",
    "proposals:open_next": "POST",
    "proposals:execute": "POST",
    "proposals:take_back": "POST",
    "proposals:recuse": "POST",
    "proposals:retract": "POST",
    "proposals:comment": "leads to the comment's place",
    "proposals:verdict": "a part of the proposal's page",
    "proposals:ballots": "a part of the proposal's page",
    "proposals:receipts": "a file",
    "proposals:dossier": "a file",
    "journal:feed": "a file",
    "verify": "a script",
    "admin:login": "leads to the site's sign-in",
    "admin:logout": "leads to the site's page",
    "admin:password_change": "leads to the site's page",
    "admin:jsi18n": "a script",
    "accounts:demo": "looked at below: only the demo has it",
    "account_set_password": "looked at below: only for who has no password",
    "healthz": "text for machines",
    "api-schema": "a file",
}
NO_PAGES_BELOW = {
    "api:": "answers programs",
    "admin:auth_group_": "Django's; nobody has the permission",
    "admin:account_emailaddress_": "allauth's; nobody has the permission",
}
_PIECES = re.compile(r"<[a-z][^>]*>")
_TEXT = re.compile(r">[^<]+<")
_VALUES = re.compile(
    r'\s(?:href|value|datetime|action|id|for|d|width|x|aria-[a-z]+|data-[a-z]+|hx-[a-z]+|name)="[^"]*"'
)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Asking for every address as everybody is refused often; nobody needs to read it."""
    caplog.set_level(logging.CRITICAL, logger="django.request")


def skeleton(text: str) -> str:
    """A page's markup without its words and values, the frame left out."""
    return _VALUES.sub("", _TEXT.sub("><", text[text.index("<main") :].partition("</main>")[0]))


def places_of(role: str) -> list[Place]:
    """What a role looks at; many of these will be refused to it."""
    elsewhere = () if role == "visitor" else ONLY_FOR_VISITORS
    if role == "treasurer in the admin":
        elsewhere += LOOKS["treasurer in the ledger's admin"]
    known = [place for place in routes.places() if place.path and not is_no_page(place.route)]
    return [place for place in known if place.route.startswith(LOOKS[role]) and not place.route.startswith(elsewhere)]


def pages_of(role: str) -> dict[str, str]:
    """What a role sees, path by path; asked without a browser, which takes a tenth of the time."""
    client = client_of(role)
    answers = {place.path: client.get(place.path) for place in places_of(role)}
    for path, answer in answers.items():
        assert answer.status_code < 500, f"{path} breaks"
    return {path: skeleton(answer.content.decode()) for path, answer in answers.items() if is_page(answer)}


def kinds_of(role: str) -> list[str]:
    """One path for each kind of page: one with a piece of markup that stood on none that was looked at before.

    What the visitor sees too is the visitor's, then the leader's.
    """
    pages = pages_of(role)
    before = [client_of(other) for other in BEFORE[: BEFORE.index(role) if role in BEFORE else None]]
    pieces = {piece for path in pages for other in _seen_by(path, before) for piece in _PIECES.findall(other)}
    found = []
    for path, kind in pages.items():
        if not pieces.issuperset(_PIECES.findall(kind)):
            found.append(path)
        pieces.update(_PIECES.findall(kind))
    assert len(pages) > 0
    return found


def _seen_by(path: str, before: list[Client]) -> list[str]:
    """The same page for those who look at all before this role."""
    answers = [client.get(path) for client in before]
    return [skeleton(answer.content.decode()) for answer in answers if is_page(answer)]


@pytest.mark.parametrize("role", [pytest.param(role, marks=TORTURE if role in SELDOM else ()) for role in LOOKS])
def test_nobody_meets_a_barrier(demo: Stage, role: str) -> None:
    visitor = demo.visitor()
    if EMAILS[role]:
        visitor.sign_in(EMAILS[role])
    found = []
    for path in kinds_of(role):
        # The policy was heard by the visitor before axe is put into the page.
        found += barriers.findings(visitor.open(path))
    assert not found, barriers.told(found)


def test_the_demo_s_own_pages(demo: Stage, settings: Any) -> None:
    settings.DEMO = True
    User.objects.filter(email=EMAILS["leader"]).update(password=make_password(None))
    visitor = demo.visitor()
    found = barriers.findings(visitor.open("/accounts/login/"))
    found += barriers.findings(visitor.open("/demo/"))
    visitor.page.get_by_role("button", name="Lin Wei").click()
    expect(visitor.page.get_by_role("link", name="Applications")).to_be_visible()
    found += barriers.findings(visitor.open("/accounts/password/set/"))
    assert not found, barriers.told(found)


def test_pages_that_say_no(demo: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = demo.signed_in(EMAILS["candidate"])
    found = barriers.findings(visitor.open("/nowhere/", status=404))
    found += barriers.findings(visitor.open("/admin/", status=403))
    # The members are voting: her words stand still.
    found += barriers.findings(visitor.open("/apply/you/", status=409))
    monkeypatch.setattr("expertgroup.views.today.agenda", lambda *_: 1 / 0)
    found += barriers.findings(visitor.open("/", status=500))
    assert not found, barriers.told(found)
    assert visitor.trouble == [f"{demo.url}/ broke"]
    visitor.trouble.clear()


def client_of(role: str) -> Client:
    """The role's session, without a browser."""
    client = Client(raise_request_exception=False)
    if EMAILS[role]:
        client.force_login(User.objects.get(email=EMAILS[role]))
    return client


def is_page(answer: HttpResponseBase) -> bool:
    """Whether it is a whole page."""
    is_html = answer.status_code == 200 and "text/html" in answer.headers["Content-Type"]
    return is_html and isinstance(answer, HttpResponse) and b"<html" in answer.content


def test_every_route_is_looked_at_or_is_no_page(demo: Stage) -> None:
    places = routes.places()
    without = {place.route for place in places if not place.path}
    left = {place.route for place in places} - {route for route in without if is_no_page(route)}
    for role in LOOKS:
        client = client_of(role)
        looked_at = [place for place in places_of(role) if place.route in left]
        left -= {place.route for place in looked_at if is_page(client.get(place.path))}
    left = {route for route in left if not is_no_page(route)}
    # What the admin offers by itself and nobody may do.
    client = client_of("treasurer in the admin")
    left -= {place.route for place in places if place.route in left and client.get(place.path).status_code == 403}
    assert sorted(left) == []


def is_no_page(route: str) -> bool:
    """Whether a route is known not to be a page."""
    return route in NO_PAGES or any(route.startswith(start) for start in NO_PAGES_BELOW)
