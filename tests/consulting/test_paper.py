"""An invoice on paper: the same bytes for the same invoice, in its language, whatever stands in the names."""

from typing import Any

import pypdfium2
import pytest
from django.test import Client as Browser
from django.utils import timezone

from consulting.models import Invoice
from consulting.rules.billing import Line
from consulting.services import invoices as issuing
from tests.cast import Cast
from tests.consulting.bills import bill, fresh, open_ways, page_of, pay
from tests.consulting.desk import MICRO, hourly
from treasury.models import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def ways(settings: Any) -> None:
    """The group takes two stablecoins and bank transfers."""
    open_ways(settings)


def pdf(invoice: Invoice, client: Browser) -> tuple[bytes, str]:
    """An invoice's PDF and the text in it."""
    answer = client.get(f"{page_of(invoice)}pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.content)
    return answer.content, "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_paper_is_the_same_bytes_for_the_same_invoice(cast: Cast, client: Browser, ways: None) -> None:
    invoice = fresh(cast)
    first, text = pdf(invoice, client)
    pay(cast, invoice, 240 * MICRO)
    client.cookies["language"] = "zh-hans"
    second, _text = pdf(invoice, client)
    assert first == second
    for words in (
        f"Invoice {invoice.number}",
        "Harbor Labs",
        "240.00 U",
        "192.00 U",
        "DE89370400440532013000",
        "Optimism",
    ):
        assert words in text.replace("\xa0", " ")
    assert b"/Font" in first


def test_paper_speaks_the_invoices_language_and_every_script(cast: Cast, client: Browser) -> None:
    engagement = hourly(cast)
    Client.objects.filter(pk=engagement.client_id).update(name="海港实验室")
    now = timezone.now()
    invoice = bill(cast, engagement, language="zh-hans", lines=[Line("合约审查", MICRO)], at=now, due_at=now)
    _bytes, text = pdf(invoice, client)
    assert "海港实验室" in text
    assert "合约审查" in text
    assert f"{invoice.number[:4]}年" in text


HOSTILE = (
    "<b>bold</b><script>1</script>",
    ") Tj ET BT (x",
    "\\)\\(\\\\",
    "%PDF-1.7 endobj stream",
    "a" * 115,
    "\u202egnp.exe",
    "\x00\x07name\x1b[31m",
    "line\nbreak",
    "{{ 7*7 }} %(number)s",
    "🙂 emoji Ωмега",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_breaks_the_paper(cast: Cast, client: Browser, ways: None, name: str) -> None:
    engagement = hourly(cast)
    Client.objects.filter(pk=engagement.client_id).update(name=name.replace("\x00", "")[:120])
    now = timezone.now()
    lines = [Line(f"{name} {number}".replace("\x00", ""), MICRO) for number in range(60)]
    invoice = bill(cast, engagement, lines=lines, purpose=name.replace("\x00", ""), at=now, due_at=now)
    content, text = pdf(invoice, client)
    assert "60.00 U" in text.replace("\xa0", " ")
    assert "\u202e" not in text
    assert b"/JavaScript" not in content
    assert b"/URI" not in content


def test_a_void_invoice_says_so_on_paper(cast: Cast, client: Browser, ways: None) -> None:
    invoice = fresh(cast)
    issuing.void(invoice=invoice, reason="Wrong", by=cast.mira, at=timezone.now())
    _bytes, text = pdf(invoice, client)
    assert "Void" in text
    assert "Optimism" not in text
