"""Files of a room: examined and written down before the transaction, counted against the quota inside it."""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Sum

from accounts.models import User
from consulting.models import Deliverable, Engagement, Message, Upload
from consulting.refusals.delivery import QuotaFull, RoomFull
from consulting.rules import uploads
from consulting.rules.uploads import Examined
from consulting.selectors.files import place

FILES_MOST = 3
QUOTA_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True)
class Sent:
    """A file as somebody sent it: nothing of it is believed."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Written:
    """A file that was examined and lies under its random name."""

    token: str
    file: Examined


@contextmanager
def written(files: Sequence[Sent]) -> Iterator[list[Written]]:
    """The files, examined and on the disk; if what follows fails they are taken away again.

    Outside of any transaction: drawing a picture anew takes its time, and no lock waits for it. Raises RoomFull for
    more than three, and the refusals of `uploads.examine`.
    """
    if len(files) > FILES_MOST:
        raise RoomFull(field="file")
    done: list[Written] = []
    try:
        for file in [uploads.examine(sent.name, sent.data) for sent in files]:
            one = Written(secrets.token_urlsafe(32), file)
            default_storage.save(place(one.token), ContentFile(file.data))
            done.append(one)
        yield done
    except BaseException:
        for one in done:
            default_storage.delete(place(one.token))
        raise


def attach(
    files: Sequence[Written],
    *,
    engagement: Engagement,
    by: User,
    at: datetime,
    message: Message | None = None,
    deliverable: Deliverable | None = None,
) -> list[Upload]:
    """Rows of written files in the caller's transaction, who holds the engagement's row: QuotaFull counts under it."""
    taken = Upload.objects.filter(engagement=engagement).aggregate(size=Sum("size"))["size"] or 0
    if taken + sum(len(one.file.data) for one in files) > QUOTA_BYTES:
        raise QuotaFull
    return Upload.objects.bulk_create(
        Upload(
            engagement=engagement,
            message=message,
            deliverable=deliverable,
            token=one.token,
            name=one.file.name,
            kind=one.file.kind,
            size=len(one.file.data),
            digest=hashlib.sha256(one.file.data).hexdigest(),
            listing=one.file.listing,
            uploaded_by=by,
            uploaded_at=at,
        )
        for one in files
    )


def facts(files: Sequence[Written]) -> list[str]:
    """What the journal keeps of files: the digest of each."""
    return [hashlib.sha256(one.file.data).hexdigest() for one in files]
