"""Reminders: once each, to who has not voted, in their language, none after the end; an extension sets new ones."""

from datetime import datetime, timedelta

import pytest
from django.core import mail as sent
from django.test.utils import override_settings
from pytest_django import DjangoAssertNumQueries

from journal.clock import Clock
from journal.models import Job, Outbox
from journal.registry import due_work
from journal.services import jobs, outbox
from members.models import Member
from members.services import memberships
from proposals.models import Proposal, Round
from proposals.services import motions, proposing, reminders, rounds
from tests.proposals.cast import AFTER_A_DAY, DAY, DEADLINE, HOUR, NOW, at, found, opened, vote

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


@pytest.fixture
def held(group: list[Member]) -> Round:
    found_ = opened(group[0])[1]
    Outbox.objects.all().delete()
    return found_


def beat(moment: datetime) -> None:
    """One sweep of a worker whose clock shows a moment: what is due, then the jobs."""
    due_work["proposals.remind"](moment)
    # Whether a job is due, the database's clock says.
    Job.objects.update(due_at=NOW - DAY)
    jobs.run_due(clock=at(moment))


def promised() -> list[tuple[str, str]]:
    """Who is to get a mail, and how long before which end it was promised."""
    rows = Outbox.objects.filter(kind=reminders.KIND).order_by("pk")
    return [(row.payload["to"].partition("@")[0], row.key.split("/")[3]) for row in rows]


def test_who_has_not_voted_is_reminded_twice(group: list[Member], held: Round) -> None:
    vote(held, group[0])
    beat(DEADLINE - 48 * HOUR - SECOND)
    assert promised() == []
    beat(DEADLINE - 48 * HOUR)
    assert promised() == [("ben", "48"), ("chen", "48")]
    vote(held, group[1], moment=DEADLINE - 40 * HOUR)
    beat(DEADLINE - 6 * HOUR)
    assert promised() == [("ben", "48"), ("chen", "48"), ("chen", "6")]


def test_three_beats_remind_once(group: list[Member], held: Round) -> None:
    for minutes in range(3):
        beat(DEADLINE - 48 * HOUR + minutes * timedelta(minutes=1))
    assert len(promised()) == 3
    # The same job again, as after a worker that was killed before it wrote that it was done.
    Job.objects.filter(kind=reminders.REMIND).update(finished_at=None, lease_until=None)
    beat(DEADLINE - 47 * HOUR)
    assert len(promised()) == 3


@pytest.mark.parametrize(
    ("woken", "hours"),
    [(DEADLINE - 20 * HOUR, ["48"]), (DEADLINE - 5 * HOUR, ["6"]), (DEADLINE, []), (DEADLINE + DAY, [])],
)
def test_a_worker_that_slept(group: list[Member], held: Round, woken: datetime, hours: list[str]) -> None:
    beat(woken)
    assert [when for who, when in promised() if who == "ben"] == hours


def test_a_job_that_waited_too_long_promises_nothing(group: list[Member], held: Round) -> None:
    reminders.enqueue_due(at=DEADLINE - 48 * HOUR)
    jobs.run_due(clock=at(DEADLINE - 5 * HOUR))
    assert promised() == []
    beat(DEADLINE - 5 * HOUR)
    assert {when for _who, when in promised()} == {"6"}


def test_an_extension_sets_new_ones(group: list[Member], held: Round) -> None:
    beat(DEADLINE - 6 * HOUR)
    motion = motions.ask(
        round_id=held.pk, kind="extend", reason="More time.", by=group[0], until_at=DEADLINE + 3 * DAY,
        clock=at(DEADLINE - 5 * HOUR),
    )  # fmt: skip
    motions.answer(round_id=held.pk, number=motion.number, by=group[1], clock=at(DEADLINE - 4 * HOUR))
    beat(DEADLINE - 3 * HOUR)
    assert [when for who, when in promised() if who == "ben"] == ["6"]
    beat(DEADLINE + DAY)
    beat(DEADLINE + 3 * DAY - HOUR)
    assert [when for who, when in promised() if who == "ben"] == ["6", "48", "6"]


def test_a_release_does_not_remind_again(group: list[Member], held: Round) -> None:
    beat(DEADLINE - 6 * HOUR)
    motions.ask(
        round_id=held.pk, kind="hold", reason="I read.", by=group[0], until_at=DEADLINE + DAY,
        clock=at(DEADLINE - 5 * HOUR),
    )  # fmt: skip
    beat(DEADLINE - 4 * HOUR)
    motions.answer(round_id=held.pk, number=1, by=group[0], clock=at(DEADLINE - 3 * HOUR))
    beat(DEADLINE - 2 * HOUR)
    assert [when for who, when in promised() if who == "ben"] == ["6", "48"]


def test_who_left_gets_none_and_a_withdrawn_objection_is_no_vote(group: list[Member], held: Round) -> None:
    memberships.declare_exit(member=group[1], exited_on=(NOW + DAY).date(), by="import", at=NOW)
    vote(held, group[2], "object")
    vote(held, group[2], "withdrawn", NOW + 2 * HOUR)
    vote(held, group[0])
    beat(DEADLINE - 48 * HOUR)
    assert promised() == [("chen", "48")]


def test_a_round_that_has_ended_reminds_nobody(group: list[Member], held: Round) -> None:
    for member in group:
        vote(held, member, moment=AFTER_A_DAY)
    beat(DEADLINE - 6 * HOUR)
    assert promised() == []


def test_each_in_their_own_language(group: list[Member], held: Round) -> None:
    group[1].user.language = "zh-hans"  # type: ignore[union-attr]
    group[1].user.save()  # type: ignore[union-attr]
    beat(DEADLINE - 6 * HOUR)
    texts = {row.payload["to"].partition("@")[0]: row.payload["text"] for row in Outbox.objects.all()}
    assert "Fri 20 Nov 2026" in texts["ana"]
    assert "2026年11月20日" in texts["ben"]


def hidden(group: list[Member]) -> Round:
    params = {"title": "We say so"}
    made = proposing.propose(kind="resolution", params=params, text="Why.", by=group[0], at=NOW, hidden=True)
    Outbox.objects.all().delete()
    return made.rounds.get()


def test_a_hidden_round_reminds_everybody_alike(group: list[Member]) -> None:
    held = hidden(group)
    vote(held, group[0], "against")
    beat(DEADLINE - 48 * HOUR)
    rows = list(Outbox.objects.order_by("pk"))
    assert [row.payload["to"].partition("@")[0] for row in rows] == ["ana", "ben", "chen"]
    assert len({(row.payload["subject"], row.payload["text"]) for row in rows}) == 1
    assert "not voted." not in rows[0].payload["text"]


def left_the_house(moment: Clock, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many mails leave when the outbox is emptied at a moment."""
    monkeypatch.setattr(reminders, "database_clock", moment)
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        sent.outbox = []
        outbox.deliver()
    return len(sent.outbox)


@pytest.mark.parametrize(("moment", "mails"), [(DEADLINE - SECOND, 3), (DEADLINE, 0), (DEADLINE + DAY, 0)])
def test_no_mail_leaves_after_the_end(
    group: list[Member], held: Round, monkeypatch: pytest.MonkeyPatch, moment: datetime, mails: int
) -> None:
    beat(DEADLINE - 6 * HOUR)
    Outbox.objects.update(due_at=NOW - 300 * DAY)
    assert left_the_house(at(moment), monkeypatch) == mails
    assert not Outbox.objects.filter(delivered_at=None).exists()


def test_no_mail_leaves_once_it_is_decided(group: list[Member], held: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    beat(DEADLINE - 6 * HOUR)
    Outbox.objects.update(due_at=NOW - 300 * DAY)
    for member in group:
        vote(held, member, moment=DEADLINE - 5 * HOUR)
    assert left_the_house(at(DEADLINE - 4 * HOUR), monkeypatch) == 0


def test_the_sweep_asks_little(
    group: list[Member], held: Round, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    beat(DEADLINE - 6 * HOUR)
    for handle in ("otto", "olga"):
        opened(group[0], handle=handle)
    beat(DEADLINE - 6 * HOUR)
    assert Proposal.objects.count() == 3
    with django_assert_num_queries(2):
        reminders.enqueue_due(at=DEADLINE - 6 * HOUR)
    assert rounds.close_due(clock=at(DEADLINE - 6 * HOUR)) == []
