"""An invoice on paper: a PDF of one or more pages, the same bytes for the same invoice.

Texts are drawn, never read as markup. Western letters are set in Helvetica, everything else in STSong-Light, which
every reader of PDF brings or fetches; no font is embedded.
"""

from dataclasses import dataclass
from datetime import tzinfo
from io import BytesIO
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from consulting.models import Invoice
from consulting.rules.pricing import Breakdown
from consulting.views import qr
from consulting.views.paying import Ways
from journal import writing

WIDTH, HEIGHT = A4
LEFT, RIGHT, TOP, BOTTOM = 56.0, WIDTH - 56.0, HEIGHT - 64.0, 64.0
CHINESE = "STSong-Light"
CODE = 96.0


@dataclass(frozen=True)
class Sheet:
    """What stands on it beside the invoice: who sends it, the group's zone, who gets what, the ways to pay."""

    group: str
    zone: tzinfo
    parts: Breakdown
    ways: Ways


def render(invoice: Invoice, sheet: Sheet) -> bytes:
    """The PDF in the invoice's language."""
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    with translation.override(invoice.language):
        canvas.setTitle(_("Invoice %(number)s") % {"number": invoice.number})
        canvas.setAuthor(sheet.group)
        pen = Pen(canvas)
        _head(pen, invoice, sheet)
        _lines(pen, invoice)
        _share(pen, sheet)
        _pay(pen, invoice, sheet)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


class Pen:
    """Writes downwards and begins a new page where one is full."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.y = TOP

    def down(self, by: float) -> None:
        """So much lower."""
        self.y -= by
        if self.y < BOTTOM:
            self.canvas.showPage()
            self.y = TOP

    def write(self, text: str, *, x: float = LEFT, size: float = 10, bold: bool = False, right: bool = False) -> None:
        """One line of text at this height."""
        text = _printable(text)
        font = _font(text, bold)
        self.canvas.setFont(font, size)
        draw: Any = self.canvas.drawRightString if right else self.canvas.drawString
        draw(x, self.y, text)

    def paragraph(self, text: str, *, x: float = LEFT, width: float = RIGHT - LEFT, size: float = 10) -> None:
        """Text broken into lines, each lower than the one before."""
        for line in _broken(_printable(text), width, size):
            self.write(line, x=x, size=size)
            self.down(size * 1.5)

    def rule(self) -> None:
        """A line across."""
        self.canvas.setLineWidth(0.5)
        self.canvas.line(LEFT, self.y, RIGHT, self.y)
        self.down(16)


def _head(pen: Pen, invoice: Invoice, sheet: Sheet) -> None:
    pen.paragraph(sheet.group, size=11)
    pen.down(12)
    pen.write(_("Invoice %(number)s") % {"number": invoice.number}, size=20, bold=True)
    if invoice.voided_at is not None:
        pen.write(pgettext("invoice", "Void"), x=RIGHT, size=20, bold=True, right=True)
    pen.down(28)
    issued, due = invoice.issued_at.astimezone(sheet.zone), invoice.due_at.astimezone(sheet.zone)
    for label, text in (
        (pgettext("invoice", "Date"), writing.day(issued.date(), shape="day_year")),
        (pgettext("invoice", "Due"), writing.moment(due, now=issued, shape="year")),
        (pgettext("invoice", "To"), invoice.client.name),
        (pgettext("invoice", "From"), sheet.ways.bank.name if sheet.ways.bank else sheet.group),
        (pgettext("invoice", "For"), f"{invoice.purpose} ({invoice.engagement.reference})"),
    ):
        pen.write(label, size=9)
        pen.paragraph(text, x=LEFT + 80, width=RIGHT - LEFT - 80)
    pen.down(12)


def _lines(pen: Pen, invoice: Invoice) -> None:
    pen.rule()
    for line in invoice.lines:
        pen.write(f"{writing.money(line['amount_micro'])} U", x=RIGHT, right=True)
        pen.paragraph(line["text"], width=RIGHT - LEFT - 110)
        if line["rate_micro"] is not None:
            pen.write(f"{writing.hours(line['hours_centi'])} × {writing.amount(line['rate_micro'])} U", size=9)
            pen.down(14)
    pen.rule()
    pen.write(pgettext("invoice", "Total"), bold=True, size=12)
    pen.write(f"{writing.money(invoice.total_micro)} U", x=RIGHT, size=12, bold=True, right=True)
    pen.down(22)


def _share(pen: Pen, sheet: Sheet) -> None:
    words = {
        "experts": writing.money(sheet.parts.individuals_micro),
        "pool": writing.money(sheet.parts.pool_micro),
    }
    pen.paragraph(
        _("Of this %(experts)s U goes to those who do the work and %(pool)s U to the group’s pool. 1 U is 1 US dollar.")
        % words,
        size=9,
    )
    pen.down(16)


def _pay(pen: Pen, invoice: Invoice, sheet: Sheet) -> None:
    ways = sheet.ways
    if invoice.voided_at is not None or not (ways.coins or ways.bank):
        return
    pen.write(_("Ways to pay"), bold=True, size=12)
    pen.down(22)
    if ways.coins:
        symbols = " / ".join(coin.symbol for coin in ways.coins)
        amount = f"{writing.money(invoice.total_micro)} {symbols}"
        pairs = [(_("Amount"), amount), (_("Network"), ways.network), (_("Address"), ways.address)]
        _way(pen, pairs, ways.coins[0].code)
    if ways.bank:
        pairs = [
            (_("Amount"), f"{writing.money(invoice.total_micro)} USD"),
            (pgettext("bank account", "Account"), ways.bank.iban),
            ("BIC", ways.bank.bic),
            (pgettext("bank account", "Name"), ways.bank.name),
            (pgettext("bank account", "Reference"), ways.reference),
        ]
        _way(pen, [pair for pair in pairs if pair[1]], "")


def _way(pen: Pen, pairs: list[tuple[str, str]], code: str) -> None:
    """A way to pay, with its code on the right."""
    if pen.y - CODE < BOTTOM:
        pen.down(HEIGHT)
    top = pen.y
    if code:
        rows = qr.squares(code)
        side = CODE / len(rows)
        for number, row in enumerate(rows):
            for column, dark in enumerate(row):
                if dark:
                    x, y = RIGHT - CODE + column * side, top + 8 - (number + 1) * side
                    pen.canvas.rect(x, y, side, side, stroke=0, fill=1)
    for label, text in pairs:
        pen.write(label, size=9)
        pen.paragraph(text, x=LEFT + 80, width=RIGHT - LEFT - CODE - 96, size=9)
    pen.down(max(16.0, pen.y - (top - CODE - 8) if code else 16.0))


def _printable(text: str) -> str:
    """One line without control characters and signs that turn the direction of what follows."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())


def _font(text: str, bold: bool) -> str:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return CHINESE
    return "Helvetica-Bold" if bold else "Helvetica"


def _broken(text: str, width: float, size: float) -> list[str]:
    """The text in lines of at most `width`: at spaces, and inside a word that is longer than a line."""
    font, lines, line = _font(text, bold=False), [], ""
    for word in text.split(" "):
        wanted = f"{line} {word}" if line else word
        if pdfmetrics.stringWidth(wanted, font, size) <= width:
            line = wanted
            continue
        if line:
            lines.append(line)
        line = ""
        for character in word:
            if pdfmetrics.stringWidth(line + character, font, size) > width:
                lines.append(line)
                line = ""
            line += character
    return [*lines, line]
