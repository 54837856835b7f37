"""Every marked text has its Simplified Chinese, with the same placeholders; the catalogue holds neither more nor less.

After marking or changing a text: `make messages`, then translate what is empty in locale/zh_Hans/LC_MESSAGES/django.po.
"""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.utils import translation

from expertgroup import catalogue

LOCALE = "zh_Hans"
PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sd%]|{\w*}")

Identity = tuple[str, str | None]


@pytest.fixture(scope="module")
def kept() -> Catalog:
    return catalogue.read(LOCALE)


def identity(message: Message) -> Identity:
    return (message.id if isinstance(message.id, str) else " | ".join(message.id)), message.context


def strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def texts(catalog: Catalog) -> list[Message]:
    """All messages but the header."""
    return [message for message in catalog if message.id]


def test_the_catalogue_holds_what_is_marked(kept: Catalog) -> None:
    marked = {identity(message) for message in texts(catalogue.extracted())}
    found = {identity(message) for message in texts(kept)}
    assert sorted(marked - found, key=str) == [], "run `make messages`, then translate"
    assert sorted(found - marked, key=str) == [], "run `make messages`"


def test_no_text_is_missing_or_fuzzy(kept: Catalog) -> None:
    assert [identity(message)[0] for message in texts(kept) if not strings(message) or not all(strings(message))] == []
    assert [identity(message)[0] for message in texts(kept) if message.fuzzy] == []


def test_placeholders_are_kept(kept: Catalog) -> None:
    wrong = []
    for message in texts(kept):
        # The plural form has all placeholders; the Chinese has one form for every number.
        wanted = set(PLACEHOLDER.findall(message.id if isinstance(message.id, str) else message.id[-1]))
        given = [string for string in strings(message) if string]
        wrong += [(message.id, string) for string in given if set(PLACEHOLDER.findall(string)) != wanted]
    assert wrong == []


def test_chinese_is_what_is_shown(kept: Catalog) -> None:
    catalogue.compile_all()
    message = next(each for each in texts(kept) if isinstance(each.id, str) and not each.context and each.string)
    with translation.override("zh-hans"):
        assert translation.gettext(str(message.id)) == message.string


# --- the tool itself


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one package and one template."""
    monkeypatch.setattr(catalogue, "PROJECT", tmp_path)
    monkeypatch.setattr(catalogue, "LOCALES", tmp_path / "locale")
    monkeypatch.setattr(catalogue, "PACKAGES", ("shop",))
    write(
        tmp_path,
        "shop/rules.py",
        "from django.utils.translation import gettext_lazy as _, ngettext, pgettext\n"
        '_("Open")\npgettext("month", "May")\nngettext("%(n)d line", "%(n)d lines", n)\n'
        '_(variable)\n_("two " "parts")\n',
    )
    write(
        tmp_path,
        "templates/page.html",
        '{% translate "Sign in (again)" %}{% blocktranslate count n=n trimmed %}one\n  seat{% plural %}{{ n }}\n'
        '  seats{% endblocktranslate %}{{ value|default:_("none") }}{% translate "May" context "verb" %}'
        "{% translate \"It's \" %}<p>{# {% translate 'not this' %} #}",
    )
    return tmp_path


def test_all_ways_to_mark_are_found(project: Path) -> None:
    found = {identity(message) for message in texts(catalogue.extracted())}
    assert found == {
        ("Open", None),
        ("May", "month"),
        ("May", "verb"),
        ("%(n)d line | %(n)d lines", None),
        ("two parts", None),
        ("Sign in (again)", None),
        ("one seat | %(n)s seats", None),
        ("none", None),
        ("It's ", None),
    }


def test_what_is_translated_is_kept_and_what_is_gone_goes(project: Path) -> None:
    catalogue.update(LOCALE)
    path = catalogue.file_of(LOCALE)
    path.write_text(path.read_text().replace('msgid "Open"\nmsgstr ""', 'msgid "Open"\nmsgstr "打开"'))
    write(project, "shop/rules.py", '_("Open")\n_("New")\n')
    kept = catalogue.update(LOCALE)
    assert kept.get("Open").string == "打开"  # type: ignore[union-attr]
    assert kept.get("New").string == ""  # type: ignore[union-attr]
    assert kept.get("May", "month") is None
    first = path.read_text()
    catalogue.update(LOCALE)
    assert path.read_text() == first
    assert "fuzzy" not in first


def test_every_template_parses_to_calls(project: Path) -> None:
    assert isinstance(catalogue._parse_call("_('a)b')) and more"), ast.Call)
    with pytest.raises(ValueError, match="no call"):
        catalogue._parse_call("_('never closed'")
