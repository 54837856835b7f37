"""The admin is the treasurer's while the term lasts, whatever mark the account still carries."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from members.services import terms
from tests.cast import AT, Cast, person

pytestmark = pytest.mark.django_db


def appointed(starts_on: date, ends_on: date | None) -> Client:
    user = person("kay@cast.example")
    terms.appoint_treasurer(user=user, starts_on=starts_on, ends_on=ends_on, decided_by="import", by="import", at=AT)
    assert User.objects.get(pk=user.pk).is_staff
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(("first", "last", "status"), [(-9, None, 200), (-9, 3, 200), (-9, -2, 403), (3, None, 403)])
def test_the_admin_opens_for_the_days_of_the_term(cast: Cast, first: int, last: int | None, status: int) -> None:
    today = timezone.now().date()
    ends_on = None if last is None else today + timedelta(days=last)
    client = appointed(today + timedelta(days=first), ends_on)
    assert client.get("/admin/", follow=True).status_code == status
