"""What the database itself refuses about people, whoever asks."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from members.models import Application, Interview, Member, Membership, Term
from tests.cast import ANSWERS, AT, DAY, FOUNDED_ON, Cast

pytestmark = pytest.mark.django_db


def refused(what: Any) -> str:
    """Runs something in a savepoint and returns why the database refused it."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        what()
    return str(caught.value)


def period(member: Member, first: date, last: date | None = None) -> Membership:
    return Membership.objects.create(member=member, joined_on=first, exited_on=last, decided_by="test")


def test_periods_of_one_person_never_overlap(cast: Cast) -> None:
    Membership.objects.filter(member=cast.chen).update(exited_on=date(2026, 6, 30))
    for first, last in [
        (date(2026, 6, 30), None),
        (date(2026, 2, 1), date(2026, 2, 1)),
        (date(2025, 1, 1), None),
        (date(2025, 1, 1), FOUNDED_ON),
    ]:
        assert "membership_apart" in refused(lambda first=first, last=last: period(cast.chen, first, last))
    period(cast.chen, date(2026, 7, 1))
    period(cast.chen, date(2025, 1, 1), FOUNDED_ON - timedelta(days=1))


def test_a_period_does_not_end_before_it_begins(cast: Cast) -> None:
    assert "membership_order" in refused(
        lambda: Membership.objects.filter(member=cast.chen).update(exited_on=FOUNDED_ON - timedelta(days=1))
    )


def test_two_leaders_share_no_day(cast: Cast) -> None:
    def term(member: Member, first: date, last: date | None) -> Term:
        return Term.objects.create(role="leader", member=member, starts_on=first, ends_on=last, decided_by="test")

    assert "term_leader_alone" in refused(lambda: term(cast.bo, DAY, None))
    Term.objects.filter(role="leader").update(ends_on=date(2026, 3, 31))
    assert "term_leader_alone" in refused(lambda: term(cast.bo, date(2026, 3, 31), None))
    term(cast.bo, date(2026, 4, 1), None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "leader", "member": None, "user": "mira"},
        {"role": "treasurer", "member": "bo", "user": None},
        {"role": "leader", "member": "bo", "user": "mira"},
        {"role": "king", "member": "bo"},
        {"role": "leader", "member": "bo", "deputy": "bo"},
        {"role": "leader", "member": "bo", "ends_on": date(2025, 1, 1)},
    ],
)
def test_a_term_has_its_holder(cast: Cast, wrong: dict[str, Any]) -> None:
    Term.objects.filter(role="leader").update(ends_on=date(2026, 3, 31))
    told = {
        name: getattr(cast, value) if isinstance(value, str) and name != "role" else value
        for name, value in wrong.items()
    }
    row = {"starts_on": date(2026, 6, 1), "decided_by": "test"} | told
    with pytest.raises(IntegrityError), transaction.atomic():
        Term.objects.create(**row)


@pytest.mark.parametrize(
    "change",
    [
        {"joined_on": date(2025, 1, 1)},
        {"decided_by": "me"},
        {"exited_on": None},
        {"exited_on": date(2026, 8, 2)},
        {"member_id": 0},
    ],
)
def test_a_period_only_gets_its_last_day_once(cast: Cast, change: dict[str, Any]) -> None:
    mine = Membership.objects.filter(member=cast.chen)
    mine.update(exited_on=date(2026, 8, 1))
    assert "a period only gets its last day" in refused(lambda: mine.update(**change))


@pytest.mark.parametrize(
    "change",
    [
        {"starts_on": date(2025, 1, 1)},
        {"role": "treasurer"},
        {"deputy_id": None},
        {"decided_by": "me"},
        {"ends_on": None},
        {"ends_on": date(2026, 9, 1)},
    ],
)
def test_a_term_only_gets_an_earlier_last_day(cast: Cast, change: dict[str, Any]) -> None:
    mine = Term.objects.filter(role="leader")
    mine.update(ends_on=date(2026, 8, 1))
    assert "only gets an earlier last day" in refused(lambda: mine.update(**change))
    mine.update(ends_on=date(2026, 7, 1))


@pytest.mark.parametrize("change", [{"handle": "other"}, {"user_id": None}])
def test_handle_and_account_of_a_member_stay(cast: Cast, change: dict[str, Any]) -> None:
    assert "handle and account stay" in refused(lambda: Member.objects.filter(pk=cast.lin.pk).update(**change))
    Member.objects.filter(pk=cast.lin.pk).update(name="", email="", wallet="")


@pytest.mark.parametrize("table", ["members_member", "members_membership", "members_term"])
@pytest.mark.parametrize("attack", ["DELETE FROM {}", "TRUNCATE {} CASCADE", "TRUNCATE {} RESTART IDENTITY CASCADE"])
def test_rows_about_people_never_vanish(cast: Cast, table: str, attack: str) -> None:
    def run() -> None:
        with connection.cursor() as cursor:
            # Foreign keys that wait for the commit would stop TRUNCATE before our trigger does.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(attack.format(table))

    assert "refused" in refused(run)


def test_handles_of_the_database_are_those_of_the_rule(cast: Cast) -> None:
    for handle in ("Lin", "a", "x" * 32, "a_b", "1a", "pool", "system", "lin"):
        with pytest.raises(DatabaseError), transaction.atomic():
            Member.objects.create(handle=handle, name="X")


def test_one_account_one_member_one_wallet(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.create(handle="lin2", name="X", user=cast.user("lin"))
    wallet = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"
    Member.objects.filter(pk=cast.lin.pk).update(wallet=wallet)
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.filter(pk=cast.bo.pk).update(wallet=wallet)


def test_one_open_application_each_and_one_sent_one_per_handle(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(user=cast.noor, saved_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(user=cast.otto, saved_at=AT, submitted_at=AT, handle=ANSWERS["handle"])
    Application.objects.create(user=cast.otto, saved_at=AT, handle=ANSWERS["handle"])


@pytest.mark.parametrize("minutes", [4, 481, 0, -5])
def test_an_interview_lasts_a_while(cast: Cast, minutes: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Interview.objects.create(
            application=cast.application, held_on=DAY, minutes=minutes, summary="x", recorded_by="test"
        )
