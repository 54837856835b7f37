"""The translation catalogue, kept with Babel: Django's own commands need GNU gettext, which a fresh machine lacks."""

import ast
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PROJECT = Path(__file__).resolve().parent.parent
LOCALES = PROJECT / "locale"
PACKAGES = ("journal", "charter", "accounts", "members", "proposals", "treasury", "consulting", "expertgroup")
CALLS: dict[str, tuple[int | tuple[int, int] | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# What templatize leaves of a template: calls among blanked-out text.
TEMPLATE_CALL = re.compile(r"\b(?:_|n?p?gettext)\(")

MOMENTS = re.compile(
    r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Report-Msgid-Bugs-To|Language-Team): .*\n', re.MULTILINE
)

Found = tuple[str | tuple[str, ...], str | None]


def extracted() -> Catalog:
    """Every marked text of the packages and templates, with the files (not the lines) where it stands."""
    catalog = Catalog(locale="zh_Hans", charset="utf-8")
    for path, found in [*_from_python(), *_from_templates()]:
        message, context = found
        catalog.add(message, locations=[(path, 1)], context=context)
    return catalog


def _sources(pattern: str, *folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(path for path in folder.rglob(pattern) if "migrations" not in path.parts)


def _from_python() -> Iterator[tuple[str, Found]]:
    for path in _sources("*.py", *(PROJECT / package for package in PACKAGES)):
        with path.open("rb") as source:
            calls = list(extract_python(source, CALLS, ["Translators:"], {}))
        for _line, function, texts, _comments in calls:
            # One text, several, or None for what is no literal, whatever Babel's types say.
            given: Any = texts
            found = _message(str(function), tuple(given) if isinstance(given, tuple) else (given,))
            if found:
                yield _relative(path), found


def _from_templates() -> Iterator[tuple[str, Found]]:
    folders = [PROJECT / "templates", *(PROJECT / package / "templates" for package in PACKAGES)]
    for path in _sources("*.*", *folders):
        code = templatize(path.read_text(), origin=str(path))
        for start in TEMPLATE_CALL.finditer(code):
            call = _parse_call(code[start.start() :])
            texts = tuple(each.value for each in call.args if isinstance(each, ast.Constant))
            assert isinstance(call.func, ast.Name)
            found = _message(call.func.id, tuple(text for text in texts if isinstance(text, str)))
            if found:
                yield _relative(path), found


def _parse_call(code: str) -> ast.Call:
    """The call at the start of `code`, which goes on with anything."""
    end = code.find(")")
    while end >= 0:
        try:
            expression = ast.parse(code[: end + 1].strip(), mode="eval").body
        except SyntaxError:
            end = code.find(")", end + 1)
            continue
        if isinstance(expression, ast.Call):
            return expression
        break
    raise ValueError(f"no call in {code[:80]!r}")


def _message(function: str, texts: tuple[str | None, ...]) -> Found | None:
    """(message or (singular, plural), context) of one call; None when a text is not a literal."""
    spec = CALLS[function] or (1,)
    wanted = [(place[0], True) if isinstance(place, tuple) else (place, False) for place in spec]
    if len(texts) < max(place for place, _ in wanted):
        return None
    context: str | None = None
    message: list[str] = []
    for place, is_context in wanted:
        text = texts[place - 1]
        if not text:
            return None
        if is_context:
            context = text
        else:
            message.append(text)
    return (message[0] if len(message) == 1 else tuple(message)), context


def _relative(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def file_of(locale: str) -> Path:
    """The catalogue file of a locale ("zh_Hans")."""
    return LOCALES / locale / "LC_MESSAGES" / "django.po"


def read(locale: str) -> Catalog:
    """The kept catalogue; an empty one when there is none yet."""
    path = file_of(locale)
    if not path.exists():
        return Catalog(locale=locale, charset="utf-8")
    with path.open("rb") as source:
        return read_po(source, locale=locale)


def update(locale: str) -> Catalog:
    """Writes the catalogue with exactly the texts that are marked now, keeping what is translated; no guesses."""
    kept, wanted = read(locale), extracted()
    fresh = Catalog(
        locale=locale, charset="utf-8", project="expertgroup", version="1", copyright_holder="", fuzzy=False
    )
    fresh.header_comment = f"# Texts of the expert group, {locale}. Kept by `make messages`."
    for message in sorted((each for each in wanted if each.id), key=_order):
        old = kept.get(_key(message.id), message.context)
        string = old.string if old is not None and not old.fuzzy else ""
        # A text that became plural keeps nothing: its translation has another shape.
        if isinstance(string, tuple) != isinstance(message.id, tuple):
            string = ""
        fresh.add(message.id, string or None, locations=message.locations, flags=message.flags, context=message.context)
    output = io.BytesIO()
    write_po(output, fresh, width=100, omit_header=False, include_lineno=False, sort_by_file=False)
    # Moments would change the file without a change in it.
    text = MOMENTS.sub("", output.getvalue().decode())
    file_of(locale).parent.mkdir(parents=True, exist_ok=True)
    file_of(locale).write_text(text)
    return read(locale)


def _order(message: object) -> tuple[str, str]:
    identity = getattr(message, "id", "")
    return _key(identity), getattr(message, "context", None) or ""


def _key(identity: str | tuple[str, ...] | list[str]) -> str:
    return identity if isinstance(identity, str) else identity[0]


def compile_all() -> None:
    """Writes the .mo file of each catalogue that is newer than it; whole, because servers may read it meanwhile."""
    for source in LOCALES.glob("*/LC_MESSAGES/django.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        # Two starts may compile at once: each under a name of its own.
        unfinished = target.with_suffix(f".{os.getpid()}.new")
        with unfinished.open("wb") as output:
            write_mo(output, read(source.parent.parent.name))
        unfinished.rename(target)
