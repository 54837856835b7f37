"""Whom a name and an address mean: nobody becomes another client by typing its name."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import User
from tests.cast import AT
from treasury.models import Client
from treasury.services.clients import client_at, client_named, reach

MANY = 8


def booked(email: str, name: str = "Kite Finance") -> str:
    client = client_at(name=name, email=email, by="test", at=AT)
    connection.close() if not connection.in_atomic_block else None
    return client.name


@pytest.mark.django_db
def test_the_same_address_under_the_same_name_is_the_same_client() -> None:
    assert booked("dan@kite.example") == booked("Dan@Kite.example ") == "Kite Finance"
    assert Client.objects.count() == 1


@pytest.mark.django_db
def test_a_name_that_another_client_has_is_made_unlike() -> None:
    client_named(name="Kite Finance", at=AT)
    assert booked("eve@evil.example") == "Kite Finance (evil.example)"
    assert booked("mal@evil.example") == "Kite Finance (evil.example, 2)"
    assert booked("mal@evil.example") == "Kite Finance (evil.example, 2)"
    assert booked("x@x.example", "N" * 120) == "N" * 120
    assert booked("y@y.example", "N" * 120) == "N" * 108 + " (y.example)"


@pytest.mark.django_db
def test_a_user_is_attached_once_under_the_person_s_name() -> None:
    client = client_at(name="Kite Finance", email="dan@kite.example", by="test", at=AT)
    assert client.user is None
    for person in ("Daniel Tan", "Somebody Else"):
        client = reach(client=client, person=person, by="test", at=AT)
    assert User.objects.get() == client.user
    assert client.user is not None
    assert (client.user.name, client.user.email) == ("Daniel Tan", "dan@kite.example")


@pytest.mark.committed
def test_many_at_once_under_one_name_are_as_many_clients(committed_db: str) -> None:
    with ThreadPoolExecutor(MANY) as pool:
        names = list(pool.map(booked, [f"a{number % 4}@x{number % 4}.example" for number in range(MANY)]))
    assert Client.objects.count() == len(set(names)) == 4
    assert Client.objects.filter(name="Kite Finance").count() == 1
