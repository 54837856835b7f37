"""An electorate is complete when its round is committed."""

import pytest
from django.db import IntegrityError, connection, transaction

from members.models import Member
from members.services import memberships
from proposals.models import Round, Seat
from tests.proposals.cast import NOW, found, opened


def late_member() -> Member:
    return memberships.join(handle="dana", name="Dana", joined_on=NOW.date(), decided_by="import", by="import", at=NOW)


def add_seat(held: Round, member: Member) -> None:
    with transaction.atomic():
        Seat.objects.create(round=held, member=member, position=4)


def test_no_later_transaction_adds_a_seat(committed_db: str) -> None:
    _proposal, held = opened(found()[0])
    with pytest.raises(IntegrityError, match="fixed when the round opened"):
        add_seat(held, late_member())
    assert Seat.objects.filter(round=held).count() == 3


def test_not_even_one_that_says_it_is_the_first(committed_db: str) -> None:
    _proposal, held = opened(found()[0])
    with connection.cursor() as cursor:
        cursor.execute("SELECT opened_in FROM proposals_round WHERE id = %s", [held.pk])
        (opened_in,) = cursor.fetchone()
    # The trigger writes the number itself, whatever an INSERT says.
    assert opened_in > 1


def test_without_the_guard_the_seat_is_added(committed_db: str) -> None:
    _proposal, held = opened(found()[0])
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE proposals_seat DISABLE TRIGGER proposals_seat_guard")
    add_seat(held, late_member())
    assert Seat.objects.filter(round=held).count() == 4
