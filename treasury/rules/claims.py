"""What a claim must say, and what it is worth."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from treasury.refusals import (
    DescriptionMissing,
    EvidenceUnreadable,
    HoursUnreadable,
    ProjectMissing,
    ReasonMissing,
    WorkAhead,
)
from treasury.rules.amounts import HOURS_CENTI_MOST

PROJECT_MOST = 120
DESCRIPTION_MOST = 2000
EVIDENCE_MOST = 500
REASON_MOST = 1000
_HOURS = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,40})?")


@dataclass(frozen=True)
class Work:
    """What a claim says. Hours in hundredths."""

    worked_on: date
    hours_centi: int
    project: str
    description: str
    evidence_url: str = ""


def hours_centi(text: str) -> int:
    """`1.5` as 150 hundredths; HoursUnreadable outside (0, 24] or with more than two decimals."""
    text = text.strip()
    try:
        centi = Decimal(text) * 100 if _HOURS.fullmatch(text) else Decimal()
    except InvalidOperation as error:  # pragma: no cover (the pattern lets only numbers through)
        raise HoursUnreadable from error
    if centi != centi.to_integral_value() or not 0 < centi <= HOURS_CENTI_MOST:
        raise HoursUnreadable
    return int(centi)


def check(work: Work, today: date) -> Work:
    """The work with its texts trimmed; the first refusal of what is missing, unreadable or ahead of time."""
    if not 0 < work.hours_centi <= HOURS_CENTI_MOST:
        raise HoursUnreadable
    if work.worked_on > today:
        raise WorkAhead
    project, description = work.project.strip(), work.description.strip()
    if not 0 < len(project) <= PROJECT_MOST:
        raise ProjectMissing
    if not 0 < len(description) <= DESCRIPTION_MOST:
        raise DescriptionMissing
    return Work(work.worked_on, work.hours_centi, project, description, evidence(work.evidence_url))


def evidence(url: str) -> str:
    """The link trimmed, or "" for none; EvidenceUnreadable unless it is http or https with a host, in plain signs."""
    url = url.strip()
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound or len(url) > EVIDENCE_MOST or " " in url or not url.isprintable():
        raise EvidenceUnreadable
    return url


def reason(text: str) -> str:
    """The reason of a refusal, trimmed; ReasonMissing for none or too long a one."""
    text = text.strip()
    if not 0 < len(text) <= REASON_MOST:
        raise ReasonMissing
    return text
