"""An application's words as they are shown and compared: one text a field, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from journal import writing
from members.models import Application
from proposals.rules import diffs


@dataclass(frozen=True)
class Field:
    """A field's name on the page and the clause it answers."""

    key: str
    label: str | Promise
    clause: str = ""


FIELDS = (
    Field("name", _("Name")),
    Field("handle", _("Handle")),
    Field("builder_since", _("Builder since"), "join.1"),
    Field("criteria", _("Criteria"), "req.1"),
    Field("experience", _("Experience"), "req.1"),
    Field("evidence", _("Evidence"), "req.1"),
    Field("project", _("Project"), "req.2"),
    Field("open_source", _("Open source"), "req.3"),
    Field("communication", _("Working with others"), "req.4"),
    Field("hours", _("Hours offered a week")),
    Field("interviews", _("Interview"), "join.2.2"),
    Field("text", _("Why it is proposed")),
)
BY_KEY = {field.key: field for field in FIELDS}


@dataclass(frozen=True)
class Line:
    """One field with its text; links of evidence and of the builder's proof stand apart."""

    field: Field
    text: str
    links: tuple[str, ...] = ()


def assessed(params: Mapping[str, str], name: str, text: str) -> list[Line]:
    """An escalated objection: what it is to, whose it is (by `name`), and its words, empty once erased."""
    found = [
        Line(Field("project", _("Project")), params["project"]),
        Line(Field("plan_url", _("Its plan")), "", (params["plan_url"],)),
        Line(Field("expert", _("Objection of")), name),
        Line(Field("title", _("The objection")), params["title"]),
        Line(Field("text", _("Its reasons"), "duty.1.8.1"), text),
    ]
    return [line for line in found if line.text or line.links]


@dataclass(frozen=True)
class Changed:
    """One field that differs between two rounds."""

    field: Field
    change: diffs.Change


def lines(content: Mapping[str, Any], names: Mapping[str, str] | None = None) -> list[Line]:
    """The fields that say something, in the order of the page; nothing for erased words. `names` by handle."""
    texts, found = texts_of(content, names or {}), links(content)
    return [Line(field, texts[field.key], found.get(field.key, ())) for field in FIELDS if texts.get(field.key)]


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Changed]:
    """What differs, word by word."""
    if not before or not now:
        return []
    return [Changed(BY_KEY[change.field], change) for change in diffs.fields(texts_of(before, {}), texts_of(now, {}))]


def texts_of(content: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    """Every field as text; people by their names where these are given."""
    if not content:
        return {}
    hours = content.get("weekly_hours_centi")
    return {
        "name": content.get("name", ""),
        "handle": content.get("handle", ""),
        "builder_since": _day(content.get("builder_since", "")),
        "criteria": "\n".join(_criterion(key) for key in content.get("criteria", ())),
        "experience": "\n".join(_experience(item) for item in content.get("experience", {}).values()),
        "evidence": "\n".join(
            f"{item.get('shows', '')} ({item.get('url', '')})" for item in content.get("evidence", ())
        ),
        "project": content.get("project", ""),
        "open_source": content.get("open_source", ""),
        "communication": content.get("communication", ""),
        "hours": writing.hours(hours) if hours else "",
        "interviews": "\n".join(_interview(item, names) for item in content.get("interviews", ())),
        "text": content.get("text", ""),
    }


def links(content: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Addresses by field."""
    proof = content.get("builder_url", "")
    return {"builder_since": (proof,) if proof else ()}


def _day(text: str) -> str:
    return writing.day(date.fromisoformat(text), shape="day_year") if text else ""


def _criterion(key: str) -> str:
    labels = dict(Application.Criterion.choices)
    return str(labels.get(key, key))


def _experience(item: Mapping[str, str]) -> str:
    month, year = item.get("month", ""), item.get("year", "")
    since = f"{year}-{month.zfill(2)}" if month and year else ""
    return " · ".join(part for part in (item.get("field", ""), since) if part)


def _interview(item: Mapping[str, Any], names: Mapping[str, str]) -> str:
    length = writing.span(timedelta(minutes=int(item.get("minutes", 0))))
    people = pgettext("between names", ", ").join(names.get(handle, handle) for handle in item.get("interviewers", ()))
    parts = [_day(item.get("held_on", "")), length, people]
    return f"{' · '.join(part for part in parts if part)}\n{item.get('summary', '')}".strip()
