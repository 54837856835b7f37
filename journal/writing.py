"""How numbers, hours and dates are written: exact to the last digit, in the reader's language, never rounded.

The shapes are data of a language, not messages: word order, weekday names and brackets differ together. Amounts are
integer micro-units, hours are hundredths, moments are aware datetimes.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import get_language

MINUS = "−"
SPACE = "\u00a0"
MICRO = 6
CENTI = 2


@dataclass(frozen=True)
class Shapes:
    """The patterns of one language."""

    weekdays: tuple[str, ...]
    long_weekdays: tuple[str, ...]
    months: tuple[str, ...]
    quarters: tuple[str, ...]
    plain: str
    plain_year: str
    day: str
    day_year: str
    long: str
    month: str
    quarter: str
    moment: str
    zoned: str
    today: str
    tomorrow: str
    left: str
    spans: tuple[str, str, str, str]
    hours: str
    percent: str


ENGLISH = Shapes(
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    long_weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    quarters=("1", "2", "3", "4"),
    plain="{d} {mon}",
    plain_year="{d} {mon} {y}",
    day="{wd} {d} {mon}",
    day_year="{wd} {d} {mon} {y}",
    long="{weekday} {d} {month} {y}",
    month="{month} {y}",
    quarter="Q{q} {y}",
    moment="{day}, {time}",
    zoned="{text} ({zone})",
    today="today {time}",
    tomorrow="tomorrow {time}",
    left="{text}, in {span}",
    spans=("{h}\u00a0h", "{h}\u00a0h {m}\u00a0min", "{m}\u00a0min", "under 1\u00a0min"),
    hours="{n}\u00a0h",
    percent="{n}\u00a0%",
)  # fmt: skip
CHINESE = Shapes(
    weekdays=("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    long_weekdays=("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    months=tuple(f"{number}月" for number in range(1, 13)),
    quarters=("一", "二", "三", "四"),
    plain="{m}月{d}日",
    plain_year="{y}年{m}月{d}日",
    day="{m}月{d}日 {wd}",
    day_year="{y}年{m}月{d}日 {wd}",
    long="{y}年{m}月{d}日 {wd}",
    month="{y}年{m}月",
    quarter="{y} 年第{q}季度",
    moment="{day} {time}",
    zoned="{text}（{zone}）",
    today="今天 {time}",
    tomorrow="明天 {time}",
    left="{text}，还剩 {span}",
    spans=("{h}\u00a0小时", "{h}\u00a0小时 {m}\u00a0分", "{m}\u00a0分", "不到 1\u00a0分"),
    hours="{n}\u00a0小时",
    percent="{n}%",
)


def shapes() -> Shapes:
    """The patterns of the language that is active now."""
    return CHINESE if (get_language() or "").startswith("zh") else ENGLISH


def digits(value: int, places: int, *, least: int = 0) -> str:
    """An integer of 10**-places as a number: thousands commas, all its digits, at least `least` after the point."""
    whole, rest = divmod(abs(value), 10**places)
    tail = f"{rest:0{places}d}".rstrip("0").ljust(least, "0")
    return f"{MINUS if value < 0 else ''}{whole:,}{'.' if tail else ''}{tail}"


def amount(micro: int) -> str:
    """Micro-units without needless zeros: `1,320`, `412.5`."""
    return digits(micro, MICRO)


def money(micro: int) -> str:
    """Micro-units of client money: at least two decimals, `240.00`, and never fewer than it has."""
    return digits(micro, MICRO, least=2)


def signed(micro: int) -> str:
    """Micro-units as a part of a sum: `+ 16,560`, `− 5,688`, `0`."""
    sign = f"+{SPACE}" if micro > 0 else f"{MINUS}{SPACE}" if micro < 0 else ""
    return f"{sign}{amount(abs(micro))}"


def hours(centi: int) -> str:
    """Hundredths of an hour with the unit: `1.5 h`."""
    return shapes().hours.format(n=digits(centi, CENTI))


def share(value: Fraction | Decimal | int) -> str:
    """A share as a percentage, `80 %`; one that has no end in decimals stays a fraction, `2/3`."""
    part = Fraction(value)
    micro = part * 100 * 10**MICRO
    if micro.denominator != 1:
        return f"{part.numerator}/{part.denominator}"
    return shapes().percent.format(n=digits(micro.numerator, MICRO))


def zone_name(at: datetime) -> str:
    """The zone of an aware datetime as its distance to UTC: `UTC+8`, `UTC−3:30`."""
    minutes = round((at.utcoffset() or timedelta()).total_seconds() / 60)
    if not minutes:
        return "UTC"
    whole, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else MINUS}{whole}{f':{rest:02d}' if rest else ''}"


def day(on: date, *, shape: str = "day") -> str:
    """A day in one of the shapes `plain plain_year day day_year long month`."""
    texts = shapes()
    name = texts.months[on.month - 1]
    pattern: str = getattr(texts, shape)
    weekday = on.weekday()
    return pattern.format(
        y=on.year, m=on.month, d=on.day, month=name, mon=name[:3],
        wd=texts.weekdays[weekday], weekday=texts.long_weekdays[weekday],
    )  # fmt: skip


def quarter(year: int, number: int) -> str:
    """`Q4 2026`."""
    texts = shapes()
    return texts.quarter.format(y=year, q=texts.quarters[number - 1])


def span(length: timedelta) -> str:
    """How long, to the minute that has begun: `4 h 50 min`."""
    minutes = int(length.total_seconds() // 60)
    h, m = divmod(minutes, 60)
    only_hours, both, only_minutes, none = shapes().spans
    pattern = none if minutes < 1 else only_minutes if not h else both if m else only_hours
    return pattern.format(h=h, m=m)


def moment(at: datetime, *, now: datetime, shape: str = "full") -> str:
    """A moment in its own zone. Shapes:

    `full` Fri 20 Nov 2026, 20:00 (UTC+8), the year only when it is another month than now;
    `year` the same always with the year; `seconds` with the year and seconds; `long` Friday 20 November 2026, …;
    `short` without a zone (the table's head says it); `time` 20:00 (UTC+8);
    `near` today 20:00 (UTC+8), in 4 h 50 min, within the next 24 hours and for earlier today, else `full`.
    """
    texts = shapes()
    here = now.astimezone(at.tzinfo)
    clock = f"{at:%H:%M:%S}" if shape == "seconds" else f"{at:%H:%M}"
    if shape == "time":
        return texts.zoned.format(text=clock, zone=zone_name(at))
    if shape == "near" and (text := _near(at, here, clock)):
        return text
    same_month = (at.year, at.month) == (here.year, here.month)
    with_year = shape in ("year", "seconds") or not same_month
    on = day(at.date(), shape="long" if shape == "long" else "day_year" if with_year else "day")
    text = texts.moment.format(day=on, time=clock)
    return text if shape == "short" else texts.zoned.format(text=text, zone=zone_name(at))


def _near(at: datetime, here: datetime, clock: str) -> str | None:
    """`today 20:00 (UTC+8), in 4 h 50 min`, or None when the moment is neither soon nor today."""
    texts = shapes()
    days, ahead = (at.date() - here.date()).days, at - here
    if days not in (0, 1) or ahead > timedelta(hours=24):
        return None
    text = (texts.tomorrow if days else texts.today).format(time=clock)
    text = texts.zoned.format(text=text, zone=zone_name(at))
    return texts.left.format(text=text, span=span(ahead)) if ahead > timedelta() else text
