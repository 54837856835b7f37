"""Files that somebody might send who means harm: what they claim to be, and what must not come through."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from PIL import Image
from PIL.PngImagePlugin import PngInfo

PAYLOAD = b"<script>alert(1)</script>"
PAGE = b"<!doctype html><html><body>" + PAYLOAD + b"</body></html>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + PAYLOAD + b"</svg>"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + b"\0" * 64 + b"This program cannot be run in DOS mode."


def picture(form: str, size: tuple[int, int] = (8, 6), **more: object) -> bytes:
    """A small picture."""
    drawn = io.BytesIO()
    Image.new("RGB", size, (10, 102, 82)).save(drawn, form, **more)
    return drawn.getvalue()


def document(inside: bytes = b"/Type /Catalog") -> bytes:
    """A small PDF with one object."""
    head = b"%PDF-1.7\n1 0 obj\n<< " + inside + b" >>\nendobj\n"
    return head + b"trailer << /Root 1 0 R >>\nstartxref\n" + str(len(head)).encode() + b"\n%%EOF\n"


def archive(*names: str, content: bytes = b"x", make: Callable[[zipfile.ZipInfo], None] | None = None) -> bytes:
    """A ZIP of entries with these names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            entry = zipfile.ZipInfo(name)
            # ZipInfo makes names of this system's shape; hostile ones have their own.
            entry.filename = entry.orig_filename = name
            entry.compress_type = zipfile.ZIP_DEFLATED
            if make:
                make(entry)
            file.writestr(entry, content)
    return made.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def flood(width: int, height: int) -> bytes:
    """A PNG whose head promises that many points, all of one colour."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * min((width // 8 + 1) * height, 8_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def overlapping() -> bytes:
    """Two entries of the list that share their bytes."""
    data = bytearray(archive("a.txt", "b.txt", content=b"y" * 1000))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    return bytes(data)


def link(entry: zipfile.ZipInfo) -> None:
    entry.external_attr = 0o120777 << 16


def with_text() -> bytes:
    texts = PngInfo()
    texts.add_text("Comment", PAYLOAD.decode())
    return picture("PNG", pnginfo=texts)


def text_bomb() -> bytes:
    """A PNG with a compressed text of 200 MB."""
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 200_000_000) + PAYLOAD)
    plain = picture("PNG")
    return plain[:33] + text + plain[33:]


def wrong_sum() -> bytes:
    data = bytearray(picture("PNG", size=(64, 64)))
    data[data.index(b"IDAT") + 8] ^= 0xFF
    return bytes(data) + PAYLOAD


# (name as sent, content): each is dangerous if it is stored as it came.
HOSTILE: dict[str, tuple[str, bytes]] = {
    "drawing": ("logo.svg", DRAWING),
    "drawing as picture": ("logo.png", DRAWING),
    "page": ("page.html", PAGE),
    "page as text": ("notes.txt", PAGE),
    "page as document": ("report.pdf", PAGE),
    "page behind a mark and spaces": ("notes.md", b"\xef\xbb\xbf  \r\n\t" + PAGE),
    "xml as text": ("data.txt", b'<?xml version="1.0"?><x>' + PAYLOAD + b"</x>"),
    "script in a table": ("data.csv", b"a,b\n" + PAYLOAD + b",2\n"),
    "frame as text": ("notes.txt", b"hello <iframe src=//evil.example>"),
    "program as document": ("report.pdf", PROGRAM),
    "program behind a second ending": ("report.pdf.exe", PROGRAM),
    "program under a turned name": ("report\u202efdp.exe", PROGRAM),
    "program as text": ("notes.txt", b"\x7fELF\x02\x01\x01" + PAYLOAD),
    "script": ("app.js", b"alert(1)"),
    "server's script as picture": ("shell.php.png", b"<?php system($_GET['c']); ?>"),
    "page's name cut by a zero": ("evil.html\0.png", PAGE),
    "text with zeros": ("notes.txt", "hello".encode("utf-16") + PAYLOAD),
    "settings of a server": (".htaccess", b"AddType text/html .txt"),
    "office document with macros": ("book.xlsm", archive("xl/vbaProject.bin")),
    "picture with a page behind": ("p.png", picture("PNG") + PAGE),
    "picture with a script in its text": ("p.png", with_text()),
    "picture with a script in its comment": ("p.jpg", picture("JPEG", comment=PAYLOAD)),
    "picture that is an archive": ("p.jpg", picture("JPEG") + archive("evil.class", content=PAYLOAD)),
    "moving picture with a page behind": ("p.webp", picture("WEBP") + PAGE),
    "picture of another kind": ("p.png", picture("JPEG", comment=PAYLOAD)),
    "pixel flood": ("p.png", flood(60_000, 60_000)),
    "small pixel flood": ("p.png", flood(6_000, 6_000)),
    "bomb in a picture's text": ("p.png", text_bomb()),
    "picture cut short": ("p.jpg", picture("JPEG", size=(400, 400))[:400] + PAYLOAD),
    "picture with a wrong sum": ("p.png", wrong_sum()),
    "head of a picture alone": ("p.webp", b"RIFF\x10\0\0\0WEBPVP8 " + PAYLOAD),
    "document with a script": ("d.pdf", document(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>")),
    "document with a hidden script": ("d.pdf", document(b"/OpenAction << /S /J#61vaScript /J#53 (1) >>")),
    "document that starts a program": ("d.pdf", document(b"/OpenAction << /S /Launch /F (cmd.exe) >>")),
    "document with a file inside": ("d.pdf", document(b"/Names << /EmbeddedFiles 2 0 R >>")),
    "document that is an archive": ("d.pdf", document() + archive("evil.class")),
    "document with a page behind": ("d.pdf", document() + PAGE),
    "document with a page before": ("d.pdf", PAGE + document()),
    "document without an end": ("d.pdf", b"%PDF-1.7\n" + b"0" * 1024 + PAYLOAD),
    "zip bomb": ("a.zip", archive("zeros.txt", content=b"\0" * 60_000_000)),
    "archives in an archive": ("a.zip", archive("inner.zip", content=archive("x"))),
    "archive that leads out": ("a.zip", archive("../../etc/cron.d/job")),
    "archive with a whole path": ("a.zip", archive("/etc/passwd")),
    "archive with a drive": ("a.zip", archive("C:/Windows/system.ini")),
    "archive with backslashes": ("a.zip", archive("..\\..\\evil.exe")),
    "archive with a link": ("a.zip", archive("home", content=b"/etc/passwd", make=link)),
    "archive with a turned name": ("a.zip", archive("invoice\u202efdp.exe")),
    "archive whose parts overlap": ("a.zip", overlapping()),
    "archive of very many": ("a.zip", archive(*(f"f{number}" for number in range(1001)))),
    "archive behind another": ("a.zip", archive("a") + archive("b")),
    "archive behind a program": ("a.zip", PROGRAM + archive("a")),
    "archive with words behind": ("a.zip", archive("a")[:-2] + struct.pack("<H", len(PAGE)) + PAGE),
    "nothing": ("notes.txt", b""),
    "too much": ("notes.txt", b"x" * (10 * 1024 * 1024 + 1)),
}
