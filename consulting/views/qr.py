"""QR codes: as inline SVG for a page, as squares for paper."""

from io import BytesIO

import segno
from django.utils.safestring import SafeString, mark_safe


def svg(text: str) -> SafeString:
    """The code as an SVG element without any style of its own; its size is the page's."""
    out = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=2, dark="#000", nl=False)
    # The library writes paths and numbers only: nothing of the text is in the markup.
    return mark_safe(out.getvalue().decode())  # noqa: S308


def squares(text: str) -> list[tuple[int, ...]]:
    """The code row by row, 1 for a dark square."""
    return [tuple(row) for row in segno.make(text, error="m", micro=False).matrix]
