"""Tags and filters of the design, built in everywhere: clause, icon, seal, seats, bar, legend, dates, stack, amounts.

Amounts are integer micro-units, hours are hundredths, moments are aware. How they look is decided in `journal.writing`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from fractions import Fraction
from urllib.parse import urlsplit

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from accounts.rules import addresses
from charter.rules import numbering
from journal import writing

register = template.Library()

# fmt: off
ICONS = frozenset((
    "today", "vote", "hours", "deal", "review", "learn", "cal", "people", "report", "pool", "charter",
    "menu", "check", "cross", "alert", "wait", "lock", "plus", "copy", "down", "arrow",
))
# fmt: on
TONES = frozenset(("", "ok", "wait", "block", "act"))
GAP = Decimal("0.3")
Segment = tuple[str, int, str]


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of the 21 icons; it is never alone, a text stands beside it."""
    if name not in ICONS:
        raise ValueError(f"no icon {name!r}")
    return format_html('<span class="i i-{}" aria-hidden="true"></span>', name)


@register.simple_tag
def clause(identifier: str) -> SafeString:
    """The mark of a clause, `{% clause "join.2.4" %}`: § 4.2.4, linked to the charter's text. Nothing for no clause."""
    if not identifier:
        return SafeString("")
    address = f"{reverse('charter:page')}#{numbering.anchor(identifier)}"
    return format_html('<a class="clause" href="{}">§ {}</a>', address, numbering.number(identifier))


@register.filter
def clause_number(identifier: str) -> str:
    """The number alone: `4.2.4`."""
    return numbering.number(identifier)


@register.simple_tag
def badge(text: str, tone: str = "") -> SafeString:
    """A state in at most four words; tone is ok, wait, block, act or none."""
    if tone not in TONES:
        raise ValueError(f"no tone {tone!r}")
    if not tone:
        return format_html('<span class="badge">{}</span>', text)
    return format_html('<span class="badge" data-tone="{}">{}</span>', tone, text)


@register.simple_tag
def seal(digest: str | bytes | memoryview, size: str = "") -> SafeString:
    """A chop with the first 8 hexadecimal characters of a digest, 4 over 4; size `lg` for receipts."""
    first = _hex(digest)[:8].upper()
    if len(first) < 8:
        return SafeString("")
    attribute = SafeString(' data-size="lg"') if size == "lg" else ""
    return format_html('<span class="seal"{}><b>{}</b><b>{}</b></span>', attribute, first[:4], first[4:])


@register.filter
def receipt(digest: str | bytes | memoryview) -> str:
    """The same 8 characters as running text: `7F3A 91C2`."""
    return spaced(_hex(digest)[:8].upper(), 4)


def _hex(digest: str | bytes | memoryview) -> str:
    """A digest as lower-case hexadecimal; anything else than hexadecimal characters is dropped."""
    text = digest if isinstance(digest, str) else bytes(digest).hex()
    return re.sub(r"[^0-9a-f]", "", text.lower())


@register.filter
def spaced(text: str, size: int | str = 4) -> str:
    """An address or digest in groups, so that people can compare it."""
    step = int(size)
    return " ".join(text[start : start + step] for start in range(0, len(text), step))


@register.filter
def checksummed(address: str) -> str:
    """An address on a chain as wallets show it (EIP-55)."""
    return addresses.checksummed(address)


@register.simple_tag
def seats(votes: Iterable[str], label: str = "") -> SafeString:
    """Small seats in the group's order; a vote is `for`, `object`, `against`, `abstain` or empty, with a label."""
    cast = [vote if vote in ("for", "object", "against", "abstain") else "" for vote in votes]
    marks = format_html_join(
        "", "<i{}></i>", ((format_html(' data-s="{}"', vote) if vote else SafeString(""),) for vote in cast)
    )
    return format_html('<span class="seats" role="img" aria-label="{}">{}</span>', label or seats_label(cast), marks)


def seats_label(votes: Sequence[str]) -> str:
    """Where a round stands, in one sentence: `5 of 7 in favour, 2 have not voted`."""
    objections = votes.count("object")
    missing = votes.count("")
    numbers = {"yes": votes.count("for"), "all": len(votes), "no": objections, "missing": missing}
    if objections:
        text = ngettext(
            "%(yes)d of %(all)d in favour, stopped by %(no)d objection",
            "%(yes)d of %(all)d in favour, stopped by %(no)d objections",
            objections,
        )
    elif missing:
        text = ngettext(
            "%(yes)d of %(all)d in favour, %(missing)d has not voted",
            "%(yes)d of %(all)d in favour, %(missing)d have not voted",
            missing,
        )
    else:
        text = ngettext("%(yes)d of %(all)d in favour", "%(yes)d of %(all)d in favour", numbers["yes"])
    return text % numbers


@dataclass(frozen=True)
class Rect:
    """One rectangle of a bar, in percent of its width."""

    x: Decimal
    width: Decimal
    fill: str


@register.inclusion_tag("parts/bar.html")
def bar(
    segments: Iterable[Segment], total: int = 0, label: str = "", mark: Decimal | None = None, thin: bool = False
) -> dict[str, object]:
    """A bar of (tone, value, name) segments of a total; tones ok ok2 wait act act2 block ink left.

    `label` says the numbers in words (required for readers of the screen), `mark` is today in percent.
    """
    parts = [(tone, value) for tone, value, _name in segments if value > 0 and tone != "left"]
    whole = max(total or sum(value for _tone, value in parts), 1)
    rects, gaps, done = [], [], 0
    for tone, value in parts:
        start, end = (_percent(min(edge, whole), whole) for edge in (done, done + value))
        rects.append(Rect(start, end - start, tone))
        if end < 100:
            gaps.append(Rect(end - GAP, GAP, ""))
        done += value
    return {"rects": rects, "gaps": gaps, "label": label, "mark": mark, "thin": thin}


def _percent(part: int, whole: int) -> Decimal:
    """A share of the bar's width, to a hundredth of a percent."""
    return Decimal(part * 10_000 // whole) / 100


@register.inclusion_tag("parts/legend.html")
def legend(segments: Iterable[Segment]) -> dict[str, object]:
    """The numbers of a bar in words: the same (tone, value in micro-units, name) segments."""
    return {"segments": list(segments)}


@register.simple_tag(takes_context=True)
def when(context: Context, at: datetime | None, shape: str = "full", *, caps: bool = False) -> SafeString:
    """A moment in the group's zone as `<time>`; shapes full year seconds long short time near (`journal.writing`)."""
    if at is None:
        return SafeString("")
    local = at.astimezone(_zone(context))
    text = writing.moment(local, now=_now(context), shape=shape)
    machine = local.isoformat(timespec="seconds" if shape == "seconds" else "minutes")
    return format_html('<time datetime="{}">{}</time>', machine, text[:1].upper() + text[1:] if caps else text)


@register.simple_tag(takes_context=True)
def day(context: Context, on: date | datetime | None, shape: str = "") -> SafeString:
    """A day as `<time>`: with its weekday, the year only when it is another month than now.

    Shapes: `year` always with the year, `plain` and `plain_year` without weekday, `long`, `month`.
    """
    if on is None:
        return SafeString("")
    local = on.astimezone(_zone(context)).date() if isinstance(on, datetime) else on
    today = _now(context).astimezone(_zone(context)).date()
    if not shape:
        shape = "day" if (local.year, local.month) == (today.year, today.month) else "day_year"
    text = writing.day(local, shape="day_year" if shape == "year" else shape)
    machine = f"{local:%Y-%m}" if shape == "month" else local.isoformat()
    return format_html('<time datetime="{}">{}</time>', machine, text)


def _zone(context: Context) -> tzinfo:
    """The group's zone from the shell, else the zone that is active."""
    shell = context.get("shell")
    return shell.zone if shell else timezone.get_current_timezone()


def _now(context: Context) -> datetime:
    """The moment the page is drawn for; a view that decides by time passes the same one as `now`."""
    given = context.get("now")
    return given if isinstance(given, datetime) else timezone.now()


@register.filter
def amount(micro: int | None) -> str:
    """Micro-units as `1,320` or `412.5`; nothing for None."""
    return "" if micro is None else writing.amount(int(micro))


@register.filter
def money2(micro: int | None) -> str:
    """Client money, at least two decimals: `240.00`."""
    return "" if micro is None else writing.money(int(micro))


@register.filter
def signed(micro: int | None) -> str:
    """A part of a sum: `+ 16,560`, `− 5,688`."""
    return "" if micro is None else writing.signed(int(micro))


@register.filter
def asset(micro: int | None, unit: str) -> str:
    """An amount with its unit behind a no-break space: `{{ x|asset:"LXP" }}` is `528 LXP`."""
    return "" if micro is None else f"{writing.amount(int(micro))}{writing.SPACE}{unit}"


@register.filter
def u(micro: int | None) -> str:
    """An amount in U: `792 U`."""
    return asset(micro, "U")


@register.filter
def lxp(micro: int | None) -> str:
    """An amount in LXP: `528 LXP`."""
    return asset(micro, "LXP")


@register.filter
def u2(micro: int | None) -> str:
    """Client money in U: `240.00 U`."""
    return "" if micro is None else f"{writing.money(int(micro))}{writing.SPACE}U"


@register.filter
def hours(centi: int | None) -> str:
    """Hundredths of an hour with the unit: `1.5 h`, `1.5 小时`."""
    return "" if centi is None else writing.hours(int(centi))


@register.filter
def hours_plain(centi: int | None) -> str:
    """Hundredths of an hour without the unit, as a form field takes them: `1.5`."""
    return "" if centi is None else writing.digits(int(centi), writing.CENTI)


@register.filter
def percent(share: Fraction | Decimal | int | None) -> str:
    """A share as `80 %`; one without an end in decimals stays `2/3`."""
    return "" if share is None else writing.share(share)


@register.filter
def initials(name: str) -> str:
    """Two letters for a seat or an avatar: `LW` for Lin Wei, the first character of a Chinese name."""
    words = [word for word in re.split(r"[\s\-]+", str(name)) if word]
    if not words:
        return "?"
    if ord(words[0][0]) > 0x2E7F:
        return words[0][0]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def named(name: str) -> SafeString:
    """A person's name; a Chinese one is marked as such, so that it is read aloud and broken into lines rightly."""
    if any(0x2E7F < ord(character) < 0xA000 for character in str(name)):
        return format_html('<span lang="zh-Hans">{}</span>', name)
    return format_html("{}", name)


@register.filter
def link_text(url: str) -> str:
    """A link's host and last step, for a line of evidence: `github.com/…/212`."""
    address = urlsplit(url)
    steps = [step for step in address.path.split("/") if step]
    if not steps:
        return address.netloc or url
    return f"{address.netloc}/{'…/' if len(steps) > 1 else ''}{steps[-1]}"


ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tfoot": "rowgroup", "tr": "row", "td": "cell"}
TABLE_TAG = re.compile(r"<(table|thead|tbody|tfoot|tr|td|th)(?=[\s>])([^>]*)>")


@register.tag
def stack(parser: template.base.Parser, token: template.base.Token) -> "StackNode":
    """`{% stack %}<table class="table" data-stack="side">…</table>{% endstack %}`: adds the roles and the box.

    A stacked table changes `display`, which takes its meaning away in some browsers; explicit roles give it back.
    """
    nodes = parser.parse(("endstack",))
    parser.delete_first_token()
    return StackNode(nodes)


class StackNode(template.Node):
    """Writes a role into every table tag that has none."""

    def __init__(self, nodes: template.NodeList) -> None:
        self.nodelist = nodes

    def render(self, context: Context) -> SafeString:
        # Every value in it was escaped when it was rendered.
        table = TABLE_TAG.sub(_with_role, self.nodelist.render(context))
        return SafeString(f'<div class="tablebox">{table.strip()}</div>')


def _with_role(found: re.Match[str]) -> str:
    """One start tag with its role; `th` is a row's or a column's head by its scope."""
    name, attributes = found.groups()
    if " role=" in attributes:
        return found.group()
    role = ROLES.get(name) or ("rowheader" if 'scope="row"' in attributes else "columnheader")
    return f'<{name} role="{role}"{attributes}>'
