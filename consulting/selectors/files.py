"""Where the files of rooms lie, and who gets one."""

from datetime import date
from typing import IO

from django.core.files.storage import default_storage

from consulting.models import Upload
from consulting.rules import rooms
from consulting.selectors.sides import side_of
from members.selectors.people import Signed


def place(token: str) -> str:
    """A file's place below MEDIA_ROOT, which no server serves."""
    return f"uploads/{token[:2]}/{token}"


def for_reader(user: Signed, reference: str, token: str, day: date) -> Upload | None:
    """A file of an engagement, for whom the engagement's room exists; None for anybody else."""
    rows = Upload.objects.select_related("engagement__client")
    upload = rows.filter(engagement__reference=reference, token=token).first()
    if upload is None or not rooms.sees(side_of(user, upload.engagement, day)):
        return None
    return upload


def opened(upload: Upload) -> IO[bytes]:
    """Its bytes, to be read."""
    return default_storage.open(place(upload.token))


def missing() -> list[str]:
    """Names of files whose bytes are not there in their length."""
    found = []
    for upload in Upload.objects.order_by("pk").iterator():
        where = place(upload.token)
        if not default_storage.exists(where) or default_storage.size(where) != upload.size:
            found.append(f"{upload.engagement_id}/{upload.token}")
    return found
