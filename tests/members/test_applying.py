"""Applications: what is kept, sent, confirmed, taken back; what the services refuse and write down."""

from datetime import date
from typing import Any

import pytest

from journal.refusals import Refusal
from members import acts
from members.models import Application
from members.refusals import applications as no
from members.refusals import people as not_people
from members.services import applications
from tests.cast import ANSWERS, AT, DAY, Cast
from tests.members.steps import TOMORROW, confirmed, entries, interviewed, joined

pytestmark = pytest.mark.django_db


def test_a_draft_keeps_only_what_is_an_answer(cast: Cast) -> None:
    for name in ("user", "submitted_at", "builder_confirmed_by", "builder_url", "member", "id", "closed_at"):
        with pytest.raises(TypeError):
            applications.save_draft(user=cast.otto, changes={name: 1}, at=AT)
    assert not Application.objects.filter(user=cast.otto).exists()


def test_sending_needs_every_answer_and_happens_once(cast: Cast) -> None:
    draft = applications.save_draft(user=cast.otto, changes={"handle": "otto"}, at=AT)
    with pytest.raises(no.Incomplete) as caught:
        applications.submit(application=draft, by=cast.otto, at=AT)
    assert len(caught.value.problems) == 7
    applications.save_draft(user=cast.otto, changes=ANSWERS | {"handle": "otto"}, at=AT)
    with pytest.raises(no.NotYourApplication):
        applications.submit(application=draft, by=cast.noor, at=AT)
    applications.submit(application=draft, by=cast.otto, at=AT)
    with pytest.raises(no.AlreadySubmitted):
        applications.submit(application=draft, by=cast.otto, at=AT)


@pytest.mark.parametrize("handle", ["lin", "noor"])
def test_a_handle_of_a_member_or_of_another_applicant_is_taken(cast: Cast, handle: str) -> None:
    draft = applications.save_draft(user=cast.otto, changes=ANSWERS | {"handle": handle}, at=AT)
    with pytest.raises(not_people.HandleTaken):
        applications.submit(application=draft, by=cast.otto, at=AT)


def test_another_day_needs_the_leader_again(cast: Cast) -> None:
    assert confirmed(cast).builder_confirmed_by == cast.lin
    kept = applications.save_draft(user=cast.noor, changes={"builder_since": date(2026, 9, 28)}, at=AT)
    assert kept.builder_confirmed_by == cast.lin
    moved = applications.save_draft(user=cast.noor, changes={"builder_since": date(2025, 9, 28)}, at=AT)
    assert (moved.builder_confirmed_by, moved.builder_url) == (None, "")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"by": "bo"}, not_people.OnlyLeader),
        ({"since": TOMORROW}, no.BuilderSinceFuture),
        ({"url": "javascript:1"}, no.BuilderLink),
        ({"url": ""}, no.BuilderLink),
    ],
)
def test_a_confirmation_is_refused(cast: Cast, change: dict[str, Any], refusal: type[Refusal]) -> None:
    told: dict[str, Any] = {name: getattr(cast, value) if name == "by" else value for name, value in change.items()}
    with pytest.raises(refusal):
        confirmed(cast, **told)
    cast.application.refresh_from_db()
    assert cast.application.builder_confirmed_by is None


def test_nobody_confirms_their_own_years_as_a_builder(cast: Cast) -> None:
    Application.objects.update(user=cast.user("lin"))
    with pytest.raises(no.OwnApplication):
        confirmed(cast)
    cast.application.refresh_from_db()
    assert cast.application.builder_confirmed_by is None


def test_the_leader_alone_records_interviews_of_members(cast: Cast) -> None:
    with pytest.raises(not_people.OnlyLeader):
        interviewed(cast, by=cast.bo)
    outsider = joined("dora", joined_on=TOMORROW)
    with pytest.raises(no.Incomplete) as caught:
        interviewed(cast, interviewers=[cast.bo, outsider])
    assert [one.field for one in caught.value.problems] == ["interviewers"]
    interviewed(cast)
    (entry,) = entries("interview.record")
    assert entry.data["interviewers"] == ["bo"]
    assert "Convincing" not in str(entry.data)


@pytest.mark.parametrize("end", ["withdraw", "close"])
def test_what_has_ended_stays_ended(cast: Cast, end: str) -> None:
    if end == "withdraw":
        applications.withdraw(application=cast.application, by=cast.noor, at=AT)
    else:
        applications.close(application=cast.application, by=cast.lin, at=AT)
    for again in (
        lambda: applications.withdraw(application=cast.application, by=cast.noor, at=AT),
        lambda: applications.close(application=cast.application, by=cast.lin, at=AT),
        lambda: confirmed(cast),
        lambda: interviewed(cast),
        lambda: acts.check_admission(acts.Admit(cast.application.pk), DAY),
    ):
        with pytest.raises(no.ApplicationEnded):
            again()


def test_nothing_moves_under_a_vote_but_withdrawal(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("members.registry.vote_checks", [lambda _pk: True])
    with pytest.raises(no.ApplicationUnderVote):
        applications.save_draft(user=cast.noor, changes={"name": "N"}, at=AT)
    with pytest.raises(no.ApplicationUnderVote):
        confirmed(cast)
    applications.withdraw(application=cast.application, by=cast.noor, at=AT)
