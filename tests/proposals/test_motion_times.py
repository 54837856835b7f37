"""The times that decide: the rule and its twins in the database agree, whatever was asked of a round."""

from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from members.models import Member
from proposals.models import Answer, Motion, Round
from proposals.rules import motions as rules
from proposals.rules.motions import Moved
from proposals.selectors.motions import held_until, motions_of, moved, opened_times, timed, times_of
from proposals.selectors.standings import standing
from tests.proposals.cast import DEADLINE, HOUR, NOW, found, opened
from tests.proposals.test_motion_rules import moved as random_moved

pytestmark = pytest.mark.django_db


@pytest.fixture
def held() -> Round:
    return opened(found()[0])[1]


@pytest.fixture
def unguarded() -> None:
    """Rows as no service would write them, to the end of the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")


def write(held: Round, asked: list[Moved]) -> None:
    """Other motions than before; the members do not matter to any time."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM proposals_answer")
        cursor.execute("DELETE FROM proposals_motion")
    rows = Motion.objects.bulk_create(
        Motion(
            round=held,
            number=number,
            kind=item.kind,
            asked_by_id=number,
            asked_at=item.asked_at,
            until_at=item.until_at,
            reason_digest="x",
        )
        for number, item in enumerate(asked, start=1)
    )
    Answer.objects.bulk_create(
        Answer(motion=row, member_id=1, answered_at=item.answered_at)
        for row, item in zip(rows, asked, strict=True)
        if item.answered_at
    )


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(asked=st.lists(random_moved(), max_size=8))
def test_the_database_says_the_same(held: Round, unguarded: None, asked: list[Moved]) -> None:
    write(held, asked)
    times = rules.effective(opened_times(held), asked)
    assert times_of(held) == times
    assert times_of(timed(Round.objects.filter(pk=held.pk)).get()) == times
    assert standing(round_id=held.pk, voter=Member.objects.get(handle="ana"))[1].times == times


@pytest.mark.parametrize("within", [-1, 0])
def test_rounds_are_found_by_their_effective_deadline(held: Round, unguarded: None, within: int) -> None:
    write(held, [Moved("extend", NOW, DEADLINE + 9 * HOUR, NOW + HOUR)])
    moment = DEADLINE + 9 * HOUR + within * timedelta(microseconds=1)
    assert timed(Round.objects.all()).filter(ends_at__lte=moment).count() == (within == 0)


def test_many_rounds_are_read_in_one_query(held: Round, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    others = [opened(Member.objects.get(handle="ana"), handle=handle)[1] for handle in ("otto", "olga")]
    with django_assert_num_queries(1):
        assert [times_of(one).deadline_at for one in timed(Round.objects.all())] == [DEADLINE] * 3
    with django_assert_num_queries(1):
        assert motions_of([held, *others]) == {held.pk: [], others[0].pk: [], others[1].pk: []}


def test_what_is_read_back_is_what_was_asked(held: Round) -> None:
    ana = Member.objects.get(handle="ana")
    row = Motion.objects.create(
        round=held, number=1, kind="hold", asked_by=ana, asked_at=NOW, until_at=NOW + 3 * HOUR, reason_digest="x"
    )
    assert moved(row) == Moved("hold", NOW, NOW + 3 * HOUR)
    assert [held_until(held, NOW + hours * HOUR) for hours in (1, 3)] == [NOW + 3 * HOUR, None]
