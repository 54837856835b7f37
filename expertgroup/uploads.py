"""How files are received: in memory, and never more of one than is needed to refuse it."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from consulting.rules.uploads import BYTES_MOST


class Bounded(FileUploadHandler):
    """Keeps one byte more than a file may have; what follows is read and dropped, and the form's other fields stay."""

    def new_file(self, *args: Any, **more: Any) -> None:
        """Begins an empty file."""
        super().new_file(*args, **more)
        self.kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Takes as much as there is room for."""
        self.kept.write(raw_data[: max(0, BYTES_MOST + 1 - self.kept.tell())])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file, with the size of what was kept."""
        size = self.kept.tell()
        self.kept.seek(0)
        return InMemoryUploadedFile(
            self.kept,
            self.field_name,
            self.file_name or "",
            self.content_type or "",
            size,
            self.charset,
            self.content_type_extra,
        )
