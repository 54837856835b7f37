"""The frame: menu, language, colours, refusals, and the admin in which nothing is deleted."""

from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin import ModelAdmin, TabularInline
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import RequestFactory
from django.utils.translation import override

from expertgroup import identity, navigation
from expertgroup.admin_site import GroupAdminSite
from expertgroup.views import errors
from journal.refusals import Conflict, NotAllowed, Refusal
from members.models import Member, Membership

pytestmark = pytest.mark.urls("tests.look.addresses")

LEADER = identity.Person("Lin Wei", "Leader", frozenset(("member", "leader")))
APPLICANT = identity.Person("Jun Park", "Applicant", frozenset(("applicant",)))


class Calls(list[str]):
    """What was asked, in order."""


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Writes down when the records are asked; nobody needs a database."""
    asked = Calls()

    class Told:
        """Stands in for the records."""

        def __init__(self, user: Any, _at: datetime) -> None:
            asked.append("reading")
            self.person = getattr(user, "person", identity.VISITOR)
            self.group_name = "Experts & Co"
            self.zone = ZoneInfo("Asia/Shanghai")

    monkeypatch.setattr(identity, "Reading", Told)
    monkeypatch.setattr(navigation, "COUNTS", {"claims": lambda _user, _at: 9})
    return asked


def asked(path: str = "/", person: identity.Person | None = None, theme: str = "", **headers: str) -> HttpRequest:
    """A request of a visitor or of somebody who is signed in."""
    request = RequestFactory().get(path, headers=headers)
    signed_in = SimpleNamespace(is_authenticated=True, is_active=True, person=person, theme=theme, is_staff=False)
    request.user = AnonymousUser() if person is None else signed_in  # type: ignore[assignment]
    return request


def text(response: HttpResponse) -> str:
    """The page."""
    return response.content.decode()


def test_the_frame_asks_the_records_once_however_often_it_is_drawn(calls: Calls) -> None:
    text(render(asked("/claims/", LEADER), "base.html"))
    assert calls == ["reading"]


def test_a_part_drawn_alone_asks_nothing(calls: Calls) -> None:
    render(asked("/claims/", LEADER), "parts/note.html", {"title": "x"})
    assert calls == []


def test_the_menu_has_only_pages_that_exist_and_marks_the_longest_that_fits(calls: Calls) -> None:
    page = text(render(asked("/treasury/ledger/", LEADER), "base.html"))
    assert "/applications/" not in page
    menu = page.partition("</nav>")[0]
    assert menu.count('aria-current="page"') == 1
    assert '<a href="/treasury/" aria-current="page">' in page


def test_a_page_outside_the_menu_does_not_mark_the_start(calls: Calls) -> None:
    assert 'aria-current="page"' not in text(render(asked("/elsewhere/", LEADER), "base.html"))


def test_each_person_sees_their_own_pages(calls: Calls) -> None:
    leader, applicant, visitor = (text(render(asked("/", who), "base.html")) for who in (LEADER, APPLICANT, None))
    assert 'href="/claims/"' in leader
    assert 'href="/claims/"' not in applicant
    assert 'href="/apply/"' in applicant
    assert 'data-shell="member"' in leader
    assert 'data-shell="public"' in visitor
    assert "tabbar" not in visitor


def test_a_count_is_shown_and_hidden_when_nothing_waits(calls: Calls) -> None:
    page = text(render(asked("/", LEADER), "base.html"))
    assert '<span class="count" id="count-claims">9</span>' in page
    assert '<span class="count" id="count-proposals" hidden>0</span>' in page


def test_names_are_escaped(calls: Calls) -> None:
    page = text(render(asked("/", replace(LEADER, name="<b>Lin")), "base.html"))
    assert "<b>Lin" not in page
    assert "Experts &amp; Co" in page


@pytest.mark.parametrize(("theme", "shown"), [("dark", True), ("light", True), ("", False), ('"><x', False)])
def test_colours_are_the_persons_choice_or_the_systems(calls: Calls, theme: str, shown: bool) -> None:
    assert ("data-theme=" in text(render(asked("/", LEADER, theme), "base.html"))) is shown


def test_the_other_language_leads_back_to_the_same_page(calls: Calls) -> None:
    page = text(render(asked("/treasury/?page=2&asset=U"), "base.html"))
    assert '<input type="hidden" name="next" value="/treasury/?page=2&amp;asset=U">' in page
    assert 'name="language" value="zh-hans" lang="zh-Hans">中文' in page
    with override("zh-hans"):
        page = text(render(asked("/"), "base.html"))
    assert '<html lang="zh-Hans">' in page
    assert 'value="en" lang="en">English' in page


def test_the_footer_names_the_groups_zone(calls: Calls) -> None:
    assert "Times in UTC+8" in text(render(asked(), "base.html"))


@pytest.mark.parametrize(("kind", "status"), [(NotAllowed, 403), (Conflict, 409), (Refusal, 422)])
def test_a_refusal_is_a_page_with_its_words_and_clause(calls: Calls, kind: type[Refusal], status: int) -> None:
    response = errors.refused(asked("/claims/", LEADER), kind("Only <the> leader approves.", clause="join.2.3"))
    assert response.status_code == status
    assert "Only &lt;the&gt; leader approves." in text(response)
    assert "§ 4.2.3" in text(response)
    assert ("<title>Error:" in text(response)) is (status == 422)


def test_the_way_back_never_leaves_the_site(calls: Calls) -> None:
    refusal = Conflict("Too late.")
    assert 'href="/claims/?q=1"' in text(errors.refused(asked(Referer="http://testserver/claims/?q=1"), refusal))
    assert "evil.example" not in text(errors.refused(asked(Referer="http://evil.example/claims/"), refusal))
    assert "evil.example" not in text(errors.refused(asked(Referer="http://testserver.evil.example/"), refusal))
    assert 'href="/evil.example/"' in text(errors.refused(asked(Referer="http://testserver//evil.example/"), refusal))


def test_missing_pages_name_the_address_without_trusting_it(calls: Calls) -> None:
    response = errors.page_not_found(asked("/<b>/"))
    assert response.status_code == 404
    assert "&lt;b&gt;" in text(response)


def test_callers_of_the_api_get_problem_details(calls: Calls) -> None:
    for response in (errors.page_not_found(asked("/api/v1/x")), errors.server_error(asked("/api/v1/x"))):
        assert response["Content-Type"] == "application/problem+json"
    assert calls == []


def test_a_broken_server_needs_neither_session_nor_database_for_its_page(calls: Calls) -> None:
    request = RequestFactory().get("/")
    assert "Something broke here" in text(errors.server_error(request))
    assert calls == []


def test_an_old_form_can_be_opened_again(calls: Calls) -> None:
    response = errors.csrf_failure(asked("/claims/", Referer="http://testserver/claims/"))
    assert response.status_code == 403
    assert "Nothing was changed" in text(response)


class Periods(TabularInline[Membership, Member]):
    """An inline that would offer to delete."""

    model = Membership


class Deleting(ModelAdmin[Member]):
    """An admin that asks for deletion."""

    inlines = [Periods]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


def test_no_admin_deletes_whatever_an_app_registers() -> None:
    site = GroupAdminSite()
    site.register(Member, Deleting)
    site.register([Membership])
    request = asked("/admin/")
    request.user = SimpleNamespace(  # type: ignore[assignment]
        is_active=True, is_staff=True, is_authenticated=True, has_perm=lambda *_: True, has_module_perms=lambda *_: True
    )
    admin = site.get_model_admin(Member)
    assert isinstance(admin, Deleting)
    assert not admin.has_delete_permission(request)
    assert [inline.can_delete for inline in admin.get_inline_instances(request)] == [False]
    assert not site.get_model_admin(Membership).has_delete_permission(request)
    assert "delete_selected" not in admin.get_actions(request)


def test_the_admin_sends_visitors_to_the_sites_sign_in_and_refuses_members() -> None:
    site = GroupAdminSite()
    assert site.login(asked("/admin/login/?next=/admin/x/")).headers["Location"].endswith("?next=/admin/x/")
    with pytest.raises(PermissionDenied, match="treasurer"):
        site.login(asked("/admin/login/", LEADER))
