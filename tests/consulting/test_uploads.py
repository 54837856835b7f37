"""Uploads: hostile files do not come through, honest ones do; and a gate that believes names lets the hostile in."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from consulting.refusals import delivery as refusals
from consulting.refusals.delivery import UploadRefused
from consulting.rules import uploads
from consulting.rules.uploads import BYTES_MOST, KIND_OF, Examined, examine
from tests.consulting.hostile import HOSTILE, PAYLOAD, archive, document, picture

Gate = Callable[[str, bytes], Examined]


def through(gate: Gate) -> list[str]:
    """The hostile files that a gate lets in as they came, or with what is dangerous in them."""
    found = []
    for name, (sent, data) in HOSTILE.items():
        try:
            taken = gate(sent, data)
        except UploadRefused:
            continue
        if taken.data == data or PAYLOAD in taken.data or b"PK\x05\x06" in taken.data:
            found.append(name)
    return found


def by_name(name: str, data: bytes) -> Examined:
    """The negative control: what most sites do, the name's ending and the size."""
    kind = KIND_OF.get(name.rpartition(".")[2].lower())
    if kind is None or len(data) > BYTES_MOST or not data:
        raise refusals.FileKindUnknown
    return Examined(name, kind, data)


def test_no_hostile_file_comes_through() -> None:
    assert len(HOSTILE) >= 30
    assert through(examine) == []


def test_a_gate_that_believes_names_lets_thirty_in() -> None:
    assert len(through(by_name)) >= 30


@pytest.mark.parametrize(
    ("guard", "lets_in"),
    [
        ("check_document", "document with a script"),
        ("listed", "zip bomb"),
        ("redrawn", "picture with a page behind"),
        ("_unsafe", "archive that leads out"),
        ("_overlap", "archive whose parts overlap"),
    ],
)
def test_each_guard_is_needed(monkeypatch: pytest.MonkeyPatch, guard: str, lets_in: str) -> None:
    off: dict[str, Any] = {"redrawn": lambda data, _form: data, "listed": lambda _data: ()}
    monkeypatch.setattr(uploads, guard, off.get(guard, lambda *_: False))
    assert lets_in in through(examine)


@pytest.mark.parametrize(
    ("case", "refusal"),
    [
        ("nothing", refusals.FileEmpty),
        ("too much", refusals.FileTooLarge),
        ("drawing", refusals.FileKindUnknown),
        ("picture of another kind", refusals.FileNotWhatItSays),
        ("pixel flood", refusals.PictureTooLarge),
        ("small pixel flood", refusals.PictureTooLarge),
        ("picture cut short", refusals.FileBroken),
        ("document with a hidden script", refusals.FileActive),
        ("document that is an archive", refusals.FileNotWhatItSays),
        ("document without an end", refusals.FileBroken),
        ("zip bomb", refusals.ArchiveUnsafe),
    ],
)
def test_a_refusal_says_why(case: str, refusal: type[UploadRefused]) -> None:
    with pytest.raises(refusal) as refused:
        examine(*HOSTILE[case])
    assert refused.value.field == "file"
    assert str(refused.value)


@pytest.mark.parametrize(
    ("name", "data", "shown", "kind"),
    [
        ("Shot 1.PNG", picture("PNG"), "Shot 1.png", "png"),
        ("photo.jpeg", picture("JPEG"), "photo.jpeg", "jpeg"),
        ("photo.webp", picture("WEBP"), "photo.webp", "webp"),
        ("report v1.2.pdf", document(), "report v1_2.pdf", "pdf"),
        ("合同.txt", "你好\n".encode(), "合同.txt", "txt"),
        ("notes.md", b"# Notes\n\nif a < b: `<T>`", "notes.md", "md"),
        ("rows.csv", b"a,b\r\n1,2\r\n", "rows.csv", "csv"),
        ("src.zip", archive("src/a.sol", "src/b.sol"), "src.zip", "zip"),
        ("../../etc/passwd.txt", b"x", "passwd.txt", "txt"),
        ("C:\\temp\\a.txt", b"x", "a.txt", "txt"),
        ("a\r\nSet-Cookie: x.txt", b"x", "a__Set-Cookie_ x.txt", "txt"),
        ("evil.html.txt", b"x", "evil_html.txt", "txt"),
        (".txt", b"x", "file.txt", "txt"),
        ('"; x=".txt', b"x", "x.txt", "txt"),
        ("n" * 300 + ".txt", b"x", "n" * 90 + ".txt", "txt"),
    ],
)
def test_honest_files_are_taken_under_a_plain_name(name: str, data: bytes, shown: str, kind: str) -> None:
    taken = examine(name, data)
    assert (taken.name, taken.kind) == (shown, kind)


def test_a_picture_keeps_its_points_and_loses_its_words() -> None:
    sent = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "secret place"
    Image.new("RGBA", (4, 2), (200, 10, 10, 128)).save(sent, "PNG", exif=exif)
    taken = Image.open(io.BytesIO(examine("p.png", sent.getvalue()).data))
    # Turned upright, as the camera said, and the alpha is kept.
    assert (taken.size, taken.mode, taken.getpixel((0, 0))) == ((2, 4), "RGBA", (200, 10, 10, 128))
    assert not taken.getexif()
    assert b"secret place" not in examine("p.png", sent.getvalue()).data


def test_an_archive_is_listed() -> None:
    assert examine("a.zip", archive("a.txt", "b/c.txt")).listing == (("a.txt", 1), ("b/c.txt", 1))
