"""Files that are sent while they are read: no text grows with the ledger."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.http import StreamingHttpResponse

from treasury.rules.sheets import guarded


class _Echo:
    """What the CSV writer writes into: gives each line back."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """RFC 4180; a text that a spreadsheet would take for a formula gets a leading `'`, numbers (int, Decimal) stay."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield writer.writerow(columns)
        for row in rows:
            yield writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])

    return _attached(StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8"), name)


def json_file(
    name: str, head: Mapping[str, Any], key: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """One object: the head's keys, then `key` with the rows, one a line; amounts (Decimal) are strings."""

    def parts() -> Iterator[str]:
        start = json.dumps(dict(head), ensure_ascii=False)[:-1]
        yield f"{start}{', ' if head else ''}{json.dumps(key)}: ["
        for number, row in enumerate(rows):
            text = json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False, default=str)
            yield f"{',' if number else ''}\n{text}"
        yield "\n]}\n"

    return _attached(StreamingHttpResponse(parts(), content_type="application/json"), name)


def _attached(response: StreamingHttpResponse, name: str) -> StreamingHttpResponse:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
