"""Outside parties as counterparties of the ledger."""

import itertools
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from accounts.services import people
from journal.services import entries
from treasury.models import Client

NAME_LONGEST = 120


@transaction.atomic
def client_named(*, name: str, email: str = "", by: str = "import", at: datetime) -> Client:
    """The client of this name, made if there is none. An e-mail attaches a user who can sign in, once."""
    client = _named(name, by, at)
    if email and client.user_id is None:
        _reach(client, email, name, by, at)
    return client


@transaction.atomic
def reach(*, client: Client, person: str, by: str, at: datetime) -> Client:
    """Attaches a user to the client's proved address, once; `person` is the name of one who is made for it."""
    known = Client.objects.get(pk=client.pk)
    if known.user_id is not None:
        # A user stays: nothing is locked, so whoever uses the client's credit in this moment is not in the way.
        return known
    client = Client.objects.select_for_update().get(pk=client.pk)
    if client.email and client.user_id is None:
        _reach(client, client.email, person, by, at)
    return client


def _reach(client: Client, email: str, person: str, by: str, at: datetime) -> None:
    client.email, client.user = email, people.user_for_email(email, name=person, at=at)
    client.save(update_fields=["email", "user"])
    entries.append(actor=by, verb="client.reachable", subject=f"client/{client.key}", at=at)


@transaction.atomic
def client_at(*, name: str, email: str, by: str, at: datetime) -> Client:
    """The client that a proved address stands for under a name, made if there is none.

    A name that another client has is made unlike by the address's domain, then by a number: whoever types a client's
    name is not that client. A user is attached later (`reach`), when there is money of theirs.
    """
    email = email.strip().lower()
    for number in itertools.count():
        unlike = name if number == 0 else _unlike(name, email, number)
        client = _named(unlike, by, at, email)
        if client.email.lower() == email:
            return client
    raise AssertionError("numbers do not end")


def _unlike(name: str, email: str, number: int) -> str:
    domain = email.rpartition("@")[2]
    added = f" ({domain})" if number == 1 else f" ({domain}, {number})"
    return name[: NAME_LONGEST - len(added)] + added[:NAME_LONGEST]


def _named(name: str, by: str, at: datetime, email: str = "") -> Client:
    """The client of a name, locked; made with the address if nobody has it, also not in this moment."""
    return _held(name) or _make(name, by, at, email) or Client.objects.select_for_update().get(name=name)


def _held(name: str) -> Client | None:
    return Client.objects.select_for_update().filter(name=name).first()


def _make(name: str, by: str, at: datetime, email: str = "") -> Client | None:
    """A client under the next number; None once somebody else has the name, who is waited for."""
    while True:
        key = _next_key()
        try:
            with transaction.atomic():
                client = Client.objects.create(key=key, name=name, email=email)
        except IntegrityError as error:
            if "client_name_once" in str(error):
                return None
            continue
        entries.append(actor=by, verb="client.added", subject=f"client/{key}", at=at)
        return client


def _next_key() -> str:
    """`client-7`: the ledger keeps keys for ever, so they say nothing about anybody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(substr(key, 8)::int), 0) + 1 FROM treasury_client WHERE key ~ '^client-[0-9]{1,8}$'"
        )
        (number,) = cursor.fetchone()
    return f"client-{number}"
