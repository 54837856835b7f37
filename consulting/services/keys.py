"""The secret address of a person's own calendar feed: made, renewed, ended by them."""

import secrets
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.selectors import actor
from consulting.models import CalendarKey
from journal.services import entries

RANDOM_BYTES = 16


def renew(*, user: User, at: datetime) -> CalendarKey:
    """A new address in place of an earlier one, which leads nowhere from now on."""
    with transaction.atomic():
        key, _created = CalendarKey.objects.update_or_create(
            user=user, defaults={"nonce": secrets.token_urlsafe(RANDOM_BYTES), "made_at": at}
        )
        entries.append(actor=actor(user), verb="calendar.renew", subject=f"user/{user.pk}", at=at)
    return key


def stop(*, user: User, at: datetime) -> None:
    """Ends the feed; one that was never made is ended already."""
    with transaction.atomic():
        if CalendarKey.objects.filter(user=user).delete()[0]:
            entries.append(actor=actor(user), verb="calendar.stop", subject=f"user/{user.pk}", at=at)
