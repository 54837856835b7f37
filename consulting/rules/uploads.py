"""Which files are taken, judged by content: what a name or a browser says about a file is only a claim (threat 28).

Pictures are drawn anew, so nothing that is hidden in one is kept; of an archive the list is read, nothing is unpacked.
"""

import io
import re
import stat
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass

from PIL import Image, ImageOps

from consulting.refusals.delivery import (
    ArchiveUnsafe,
    FileActive,
    FileBroken,
    FileEmpty,
    FileKindUnknown,
    FileNotWhatItSays,
    FileTooLarge,
    PictureTooLarge,
)

BYTES_MOST = 10 * 1024 * 1024
POINTS_MOST = 25_000_000
NAME_LONGEST = 100
ENTRIES_MOST = 1000
UNPACKED_MOST = 200 * 1024 * 1024
RATIO_MOST = 100
# kind: (name's endings, content type, Pillow's format)
KINDS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "png": (("png",), "image/png", "PNG"),
    "jpeg": (("jpg", "jpeg"), "image/jpeg", "JPEG"),
    "webp": (("webp",), "image/webp", "WEBP"),
    "pdf": (("pdf",), "application/pdf", ""),
    "zip": (("zip",), "application/zip", ""),
    "txt": (("txt",), "text/plain; charset=utf-8", ""),
    "md": (("md", "markdown"), "text/plain; charset=utf-8", ""),
    "csv": (("csv",), "text/csv; charset=utf-8", ""),
}
KIND_OF = {ending: kind for kind, (endings, _type, _format) in KINDS.items() for ending in endings}
TEXTS = frozenset(("txt", "md", "csv"))
# What a browser that guesses would take for a page or a drawing.
MARKUP = re.compile(rb"<(?:!doctype|html|head|body|script|svg|iframe|\?xml)", re.IGNORECASE)
ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia)(?![A-Za-z])")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
END_OF_ZIP = b"PK\x05\x06"
ARCHIVES = (".zip", ".jar", ".7z", ".rar", ".gz", ".bz2", ".xz", ".zst", ".tar", ".tgz")
DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True)
class Examined:
    """A file as it may be stored: a name to show, its kind, its bytes, and what an archive lists."""

    name: str
    kind: str
    data: bytes
    listing: tuple[tuple[str, int], ...] = ()


def examine(name: str, data: bytes) -> Examined:
    """The file as it is kept; raises FileEmpty, FileTooLarge, FileKindUnknown, FileNotWhatItSays, FileBroken,
    PictureTooLarge, FileActive, ArchiveUnsafe.
    """
    if not data:
        raise FileEmpty
    if len(data) > BYTES_MOST:
        raise FileTooLarge
    claimed, kind = KIND_OF.get(ending_of(name)), sniffed(data)
    if claimed is None or kind is None:
        raise FileKindUnknown
    if claimed != kind and not (kind == "txt" and claimed in TEXTS):
        raise FileNotWhatItSays
    listing: tuple[tuple[str, int], ...] = ()
    if KINDS[claimed][2]:
        data = redrawn(data, KINDS[claimed][2])
    elif claimed == "pdf":
        check_document(data)
    elif claimed == "zip":
        listing = listed(data)
    return Examined(shown_name(name, claimed), claimed, data, listing)


def content_type(kind: str) -> str:
    """What the browser is told."""
    return KINDS[kind][1]


def ending_of(name: str) -> str:
    """The last part of a name, in small letters: `pdf`."""
    return name.strip().rpartition(".")[2].lower()


def shown_name(name: str, kind: str) -> str:
    """A name without folders, invisible characters and second endings; at most 100 characters: `report-v2.pdf`."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    stem, _dot, ending = last.strip().rpartition(".")
    # Letters, marks, numbers and what stands between them; no controls, no signs that turn the direction of writing.
    kept = "".join(sign if unicodedata.category(sign)[0] in "LMN" or sign in " -_()+" else "_" for sign in stem)
    kept = kept.strip(" _")[: NAME_LONGEST - 10].strip() or "file"
    return f"{kept}.{ending.lower() if KIND_OF.get(ending.lower()) == kind else KINDS[kind][0][0]}"


def sniffed(data: bytes) -> str | None:
    """The kind that the content is; any readable text is `txt`, None is none that we know."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    if data.startswith((b"%PDF-1.", b"%PDF-2.")):
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return "zip"
    return "txt" if _is_text(data) else None


def _is_text(data: bytes) -> bool:
    """UTF-8 without control characters, that does not begin like a page."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    plain = not any(unicodedata.category(sign) == "Cc" and sign not in "\t\n\r\f" for sign in set(text))
    return plain and not MARKUP.search(data[:1024])


def redrawn(data: bytes, form: str) -> bytes:
    """The same picture drawn anew, upright, without anything beside its points; of a moving one the first frame."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[form]) as picture:
                # The size stands in the head: asked before a point is unpacked.
                if picture.width * picture.height > POINTS_MOST:
                    raise PictureTooLarge
                points = _points(ImageOps.exif_transpose(picture), form)
            drawn = io.BytesIO()
            points.save(drawn, form, **({"quality": 90} if form != "PNG" else {}))
    except PictureTooLarge:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise PictureTooLarge from bomb
    # A decoder that is given hostile bytes raises whatever it comes upon.
    except Exception as broken:
        raise FileBroken from broken
    if drawn.tell() > BYTES_MOST:
        raise PictureTooLarge
    return drawn.getvalue()


def _points(picture: Image.Image, form: str) -> Image.Image:
    """A copy that knows no comments, profiles or texts."""
    clear = form != "JPEG" and (picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info)
    points = picture.convert("RGBA" if clear else "RGB")
    points.info.clear()
    return points


def check_document(data: bytes) -> None:
    """A PDF and nothing else, without programs that start, as far as that is written in the open.

    Compressed parts are not looked into: no reader of ours opens the file, and it leaves as a download only.
    """
    if MARKUP.search(data[:1024]) or END_OF_ZIP in data[-66_000:]:
        raise FileNotWhatItSays
    _body, mark, after = data.rpartition(b"%%EOF")
    if not mark:
        raise FileBroken
    if after.strip(b"\0 \t\r\n\f"):
        raise FileNotWhatItSays
    if ACTIVE.search(ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data)):
        raise FileActive


def listed(data: bytes) -> tuple[tuple[str, int], ...]:
    """(name, size) of what an archive lists, in its order; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found, tail = archive.infolist(), archive.comment
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, UnicodeDecodeError, ValueError) as broken:
        raise FileBroken from broken
    if tail:
        raise FileNotWhatItSays
    if not found or len(found) > ENTRIES_MOST or any(_unsafe(entry) for entry in found):
        raise ArchiveUnsafe
    whole = sum(entry.file_size for entry in found)
    if whole > UNPACKED_MOST or whole > RATIO_MOST * len(data):
        raise ArchiveUnsafe
    if len({entry.filename.casefold() for entry in found}) < len(found) or _overlap(found):
        raise ArchiveUnsafe
    return tuple((entry.filename, entry.file_size) for entry in found)


def _unsafe(entry: zipfile.ZipInfo) -> bool:
    """A name that leads elsewhere or deceives, a link, an encrypted part, an archive of its own."""
    name = entry.orig_filename
    steps = name.split("/")
    return (
        "\\" in name
        or name.startswith("/")
        or bool(DRIVE.match(name))
        or ".." in steps
        or len(name) > 255
        or any(unicodedata.category(sign)[0] == "C" for sign in name)
        or stat.S_ISLNK(entry.external_attr >> 16)
        or bool(entry.flag_bits & 0x1)
        or name.lower().endswith(ARCHIVES)
    )


def _overlap(found: list[zipfile.ZipInfo]) -> bool:
    """Whether two parts share bytes: how a few kilobytes are made to unpack into terabytes."""
    reached = 0
    for entry in sorted(found, key=lambda entry: entry.header_offset):
        if entry.header_offset < reached:
            return True
        # The local head has 30 bytes and the name, at least.
        reached = entry.header_offset + 30 + len(entry.orig_filename.encode()) + entry.compress_size
    return bool(found) and min(entry.header_offset for entry in found) != 0
