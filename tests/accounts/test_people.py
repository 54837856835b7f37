"""Whom a record means by an address."""

from datetime import timedelta

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import ApiToken, User
from accounts.refusals import NoAddress
from accounts.services import mail, people, tokens
from journal.services import outbox
from tests.cast import AT, PASSWORD, person

pytestmark = pytest.mark.django_db


def claimed(email: str) -> User:
    """An account that somebody opened for an address without proving it."""
    user = User.objects.create_user(email, PASSWORD, name="Mallory")
    EmailAddress.objects.create(user=user, email=email, verified=False, primary=True)
    return user


def test_a_record_attaches_to_who_proved_the_address() -> None:
    owner = person("lin@cast.example")
    before = owner.password
    assert people.user_for_email("Lin@Cast.example ", at=AT) == owner
    owner.refresh_from_db()
    assert owner.password == before


def test_a_record_attaches_to_a_proved_second_address() -> None:
    owner = person("lin@cast.example")
    EmailAddress.objects.create(user=owner, email="lin@work.example", verified=True)
    assert people.user_for_email("lin@work.example", at=AT) == owner
    assert not User.objects.filter(email="lin@work.example").exists()


def test_an_unproved_account_loses_password_sessions_tokens_and_name() -> None:
    user = claimed("victim@cast.example")
    token, _secret = tokens.issue(user=user, name="t", scope="write", days=3, at=AT)
    browser = Client()
    browser.force_login(user)
    assert browser.get("/settings/").status_code == 200
    assert people.user_for_email("victim@cast.example", name="Victoria", at=AT) == user
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert user.name == "Victoria"
    assert browser.get("/settings/").status_code == 302
    assert ApiToken.objects.get(pk=token.pk).revoked_at == AT
    assert not EmailAddress.objects.filter(user=user).exists()


def test_a_link_that_the_impostor_asked_for_dies_with_the_password() -> None:
    user = claimed("victim@cast.example")
    key = default_token_generator.make_token(user)
    assert default_token_generator.check_token(user, key)
    people.user_for_email("victim@cast.example", at=AT)
    user.refresh_from_db()
    assert not default_token_generator.check_token(user, key)


def test_an_unproved_second_address_of_somebody_else_attaches_to_nobody() -> None:
    other = person("mallory@cast.example")
    EmailAddress.objects.create(user=other, email="victim@cast.example", verified=False)
    user = people.user_for_email("victim@cast.example", name="Victoria", at=AT)
    assert user != other
    assert not user.has_usable_password()
    assert list(EmailAddress.objects.filter(email="victim@cast.example")) == []


def test_the_second_record_finds_the_user_of_the_first() -> None:
    first = people.user_for_email("new@cast.example", name="New", at=AT)
    before = first.password
    assert people.user_for_email("NEW@cast.example", name="Other", at=AT + timedelta(days=1)) == first
    first.refresh_from_db()
    assert (first.password, first.name) == (before, "New")


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a b@c.example", "a@c.example\nBcc: x@y.example"])
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(NoAddress):
        people.user_for_email(email, at=AT)


def test_the_database_keeps_one_account_per_address_however_written() -> None:
    User.objects.create_user("One@Cast.Example")
    for email in ("one@cast.example", "ONE@cast.example"):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.bulk_create([User(email=email, password="!")])


def test_a_mailed_link_proves_the_address_once() -> None:
    user = claimed("lin@cast.example")
    assert people.prove_address(user=user)
    assert EmailAddress.objects.get(user=user).verified
    other = User.objects.create_user("other@cast.example")
    EmailAddress.objects.filter(user=user).update(email="other@cast.example")
    assert not people.prove_address(user=other)


def test_a_subject_is_one_line_whatever_names_stand_in_it(mailoutbox: list[EmailMessage]) -> None:
    mail.put(
        to="bo@cast.example", subject="Your vote: Noor\r\nBcc: eve@cast.example", text="…", sender="g@x.org", at=AT
    )
    assert outbox.deliver() == 1
    assert [sent.subject for sent in mailoutbox] == ["Your vote: Noor Bcc: eve@cast.example"]
