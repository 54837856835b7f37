"""Many at once about one person, one handle, one term, one application: one wins, and one entry says so."""

from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db.models import QuerySet

from accounts.models import ApiToken, User
from accounts.services import people as accounts
from accounts.services import tokens
from journal.models import Entry
from members.models import Application, Leave, Membership, Term
from members.selectors import people
from members.selectors.leaves import overlapping
from members.services import applications, leaves, memberships, terms
from tests.cast import ANSWERS, AT, DAY, Cast, assemble, person
from tests.races import PATIENCE, at_once, meeting

pytestmark = pytest.mark.committed
MANY = 8
TOMORROW = DAY + timedelta(days=1)


@pytest.fixture
def stage(committed_db: str) -> Cast:
    return assemble()


def test_records_that_name_a_new_address_mean_one_user(committed_db: str) -> None:
    assert at_once(*[lambda: accounts.user_for_email("new@cast.example", at=AT)] * MANY) == ["done"] * MANY
    assert User.objects.filter(email="new@cast.example").count() == 1


def test_one_handle_one_person(stage: Cast) -> None:
    users = [person(f"p{number}@cast.example") for number in range(MANY)]
    acts = [
        lambda user=user: memberships.join(
            handle="dora", name="Dora", user=user, joined_on=DAY, decided_by="x", by="import", at=AT
        )
        for user in users
    ]
    outcomes = at_once(*acts)
    assert outcomes.count("done") == 1
    assert set(outcomes) == {"done", "HandleTaken"}
    assert Membership.objects.filter(member__handle="dora").count() == 1
    assert Entry.objects.filter(verb="member.join", subject="member/dora").count() == 1


def test_one_leader_for_one_day(stage: Cast) -> None:
    acts = [
        lambda member=member: terms.seat_leader(member=member, starts_on=TOMORROW, decided_by="x", by="import", at=AT)
        for member in (stage.bo, stage.chen) * 4
    ]
    outcomes = at_once(*acts)
    assert sorted(outcomes) == [*["TermsOverlap"] * 7, "done"]
    assert Term.objects.filter(role="leader", starts_on=TOMORROW).count() == 1
    assert Entry.objects.filter(verb="term.seat", subject=f"term/leader/{TOMORROW}").count() == 1


def test_nobody_is_seated_outside_of_a_membership_that_ends_meanwhile(stage: Cast) -> None:
    outcomes = at_once(
        lambda: terms.seat_leader(member=stage.bo, starts_on=TOMORROW, decided_by="x", by="import", at=AT),
        lambda: memberships.declare_exit(member=stage.bo, exited_on=DAY, by="import", at=AT),
    )
    assert outcomes[0] in ("done", "TermOutsideMembership")
    assert outcomes[1] == "done"
    held = Term.objects.filter(role="leader", member=stage.bo)
    assert not held.exists()
    assert Membership.objects.get(member=stage.bo).exited_on == DAY
    assert people.leader_on(TOMORROW) is not None or Term.objects.get(role="leader").ends_on == DAY


def test_leaving_happens_once(stage: Cast) -> None:
    acts = [lambda: memberships.declare_exit(member=stage.chen, exited_on=DAY, by=stage.chen, at=AT)] * MANY
    assert sorted(at_once(*acts)) == [*["NotMember"] * (MANY - 1), "done"]
    assert Entry.objects.filter(verb="member.exit").count() == 1


def test_an_application_is_begun_once_and_sent_once(stage: Cast) -> None:
    begun = [lambda: applications.save_draft(user=stage.otto, changes=ANSWERS | {"handle": "otto"}, at=AT)] * MANY
    assert at_once(*begun) == ["done"] * MANY
    draft = Application.objects.get(user=stage.otto)
    sent = [lambda: applications.submit(application=draft, by=stage.otto, at=AT)] * MANY
    assert sorted(at_once(*sent)) == [*["AlreadySubmitted"] * (MANY - 1), "done"]
    assert Entry.objects.filter(verb="application.submit", subject=f"application/{draft.pk}").count() == 1


def test_two_applicants_never_send_one_handle(stage: Cast) -> None:
    users = [person(f"p{number}@cast.example") for number in range(4)]
    drafts = [applications.save_draft(user=user, changes=ANSWERS | {"handle": "dora"}, at=AT) for user in users]
    acts = [
        lambda draft=draft, user=user: applications.submit(application=draft, by=user, at=AT)
        for draft, user in zip(drafts, users, strict=True)
    ]
    assert sorted(at_once(*acts)) == [*["HandleTaken"] * 3, "done"]


def test_no_more_tokens_than_the_limit(stage: Cast) -> None:
    made = [tokens.issue(user=stage.otto, name="t", scope="read", days=1, at=AT) for _ in range(tokens.LIVE_MOST - 1)]
    assert made
    acts = [lambda: tokens.issue(user=stage.otto, name="t", scope="read", days=1, at=AT)] * MANY
    assert at_once(*acts).count("done") == 1
    assert ApiToken.objects.filter(user=stage.otto).count() == tokens.LIVE_MOST


def test_without_the_lock_there_are_more(stage: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(tokens.LIVE_MOST - 1):
        tokens.issue(user=stage.otto, name="t", scope="read", days=1, at=AT)
    together = Barrier(2)
    digest = tokens.digest
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self: self.all())
    # Called after the count and before the row is written.
    monkeypatch.setattr(tokens, "digest", lambda secret: (together.wait(PATIENCE), digest(secret))[1])
    acts = [lambda: tokens.issue(user=stage.otto, name="t", scope="read", days=1, at=AT)] * 2
    assert at_once(*acts) == ["done", "done"]
    assert ApiToken.objects.filter(user=stage.otto).count() == tokens.LIVE_MOST + 1


@pytest.mark.parametrize("locked", [True, False])
def test_one_leave_from_two_tabs(stage: Cast, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    def looked(*days: Any) -> QuerySet[Leave]:
        """What each sees before either writes, if nothing keeps them apart."""
        return Leave.objects.filter(pk__in=list(overlapping(*days).values_list("pk", flat=True)))

    monkeypatch.setattr(leaves, "overlapping", looked)
    meeting(monkeypatch, leaves, "overlapping", 2)
    if not locked:
        monkeypatch.setattr(leaves, "_hold", lambda _member: None)
    declare = partial(leaves.declare, member=stage.chen, first_on=DAY, last_on=TOMORROW, by=stage.chen, at=AT)
    # Without the lock both find the days free, and only the constraint keeps the second out.
    assert sorted(at_once(declare, declare)) == ["LeavesOverlap" if locked else "IntegrityError", "done"]
    assert Leave.objects.count() == Entry.objects.filter(verb="leave.declare").count() == 1
