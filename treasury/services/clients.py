"""Outside parties as counterparties of the ledger."""

from datetime import datetime

from django.db import IntegrityError, connection, transaction

from accounts.services import people
from journal.services import entries
from treasury.models import Client


@transaction.atomic
def client_named(*, name: str, email: str = "", by: str = "import", at: datetime) -> Client:
    """The client of this name, made if there is none. An e-mail attaches a user who can sign in, once."""
    client = Client.objects.select_for_update().filter(name=name).first()
    if client is None:
        client = _make(name, by, at)
    if email and client.user_id is None:
        client.email, client.user = email, people.user_for_email(email, name=name, at=at)
        client.save(update_fields=["email", "user"])
        entries.append(actor=by, verb="client.reachable", subject=f"client/{client.key}", at=at)
    return client


def _make(name: str, by: str, at: datetime) -> Client:
    """A client under the next number; whoever is just making the same one is waited for."""
    while True:
        key = _next_key()
        try:
            with transaction.atomic():
                client = Client.objects.create(key=key, name=name)
        except IntegrityError as error:
            if "client_name_once" in str(error):
                return Client.objects.select_for_update().get(name=name)
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
