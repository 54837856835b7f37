"""Mail leaves through the outbox: promised in the transaction of its cause, sent by the worker."""

import uuid
from datetime import datetime
from typing import Any

from django.core.mail import EmailMessage

from journal.registry import channel
from journal.services import outbox

KIND = "mail"


def put(*, to: str, subject: str, text: str, sender: str, at: datetime, key: str = "") -> None:
    """Promises one mail in plain text; the same `key` again changes nothing, without one each call is a new mail.

    A subject becomes one line: names that people typed stand in it, and no mail server gets a header with a line break.
    """
    key = f"{KIND}/{key or uuid.uuid4().hex}"
    payload = {"to": to, "subject": " ".join(subject.split()), "text": text, "sender": sender, "key": key}
    outbox.put(kind=KIND, key=key, payload=payload, at=at)


@channel(KIND)
def send(payload: dict[str, Any]) -> None:
    """Hands one mail to the mail server; an address or subject with a line break is refused by Django."""
    # The same message id on a second delivery: mail programs show one message.
    domain = str(payload["sender"]).rpartition("@")[2].strip("<> ") or "localhost"
    identity = f"<{str(payload['key']).replace('/', '.')}@{domain}>"
    message = EmailMessage(
        subject=payload["subject"],
        body=payload["text"],
        from_email=payload["sender"],
        to=[payload["to"]],
        headers={"Message-ID": identity},
    )
    message.send()
