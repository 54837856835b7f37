"""Values in words, in both languages at once: the charter page shows them side by side, whatever language is active.

Like the shapes in `journal.writing` these are data of a language, not messages.
"""

from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from charter.rules import clauses, numbering
from charter.rules.clauses import Language, Parameter
from charter.rules.kinds import Kind, Value
from charter.rules.thresholds import Threshold
from journal import writing

CODES: dict[Language, str] = {"en": "en", "zh-Hans": "zh-hans"}


@dataclass(frozen=True)
class Pattern:
    """How a number of one kind stands in a sentence (singular, plural) and in a table of its own."""

    one: str
    many: str
    alone: str = ""


@dataclass(frozen=True)
class Phrases:
    """The words of one language."""

    patterns: dict[Kind, Pattern]
    yes: str
    no: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    at_least: str
    more_than: str
    everyone: str
    of_all: str
    of_cast: str
    against: str
    against_most: str
    abstain: str
    turnout: str
    everybody: str
    join: str
    silent: str
    reading: str
    colon: str
    removed: str
    added: str
    behind: str


ENGLISH = Phrases(
    patterns={
        "money_per_hour": Pattern("{n}\u00a0U", "{n}\u00a0U", "{n}\u00a0U an hour"),
        "money_per_month": Pattern("{n}", "{n}", "{n} (U+LXP) a month"),
        "rate": Pattern("{n}", "{n}", "{n}\u00a0LXP for 1\u00a0U"),
        "hours_per_week": Pattern("{n}\u00a0hour", "{n}\u00a0hours", "{n}\u00a0h a week"),
        "days": Pattern("{n}\u00a0day", "{n}\u00a0days"),
        "hours": Pattern("{n}\u00a0hour", "{n}\u00a0hours"),
        "months": Pattern("{n}\u00a0month", "{n}\u00a0months"),
        "quarters": Pattern("{n}\u00a0quarter", "{n}\u00a0quarters"),
    },
    yes="yes",
    no="no",
    months=writing.ENGLISH.months,
    weekdays=writing.ENGLISH.long_weekdays,
    at_least="at least {share} of {base}",
    more_than="more than {share} of {base}",
    everyone="{share} of {base}",
    of_all="all members",
    of_cast="the votes cast",
    against="each vote against takes away {n} in favour",
    against_most="at most {n} against",
    abstain="each abstention takes away {n} in favour",
    turnout="at least {share} of all members voting",
    everybody="everybody voting",
    join=", ",
    silent="House rule, the charter is silent",
    reading="How the group reads it",
    colon=": ",
    removed="removed: ",
    added="added: ",
    behind="These words are of edition {own}; the Chinese text was last amended by edition {other}.",
)
CHINESE = Phrases(
    patterns={
        "money_per_hour": Pattern("{n}\u00a0U", "{n}\u00a0U", "每小时 {n}\u00a0U"),
        "money_per_month": Pattern("{n}", "{n}", "每月 {n}（U+LXP）"),
        "rate": Pattern("{n}", "{n}", "1\u00a0U 折合 {n}\u00a0LXP"),
        "hours_per_week": Pattern("{n}\u00a0小时", "{n}\u00a0小时", "每周 {n}\u00a0小时"),
        "days": Pattern("{n}\u00a0天", "{n}\u00a0天"),
        "hours": Pattern("{n}\u00a0小时", "{n}\u00a0小时"),
        "months": Pattern("{n}\u00a0个月", "{n}\u00a0个月"),
        "quarters": Pattern("{n}\u00a0个季度", "{n}\u00a0个季度"),
    },
    yes="是",
    no="否",
    months=writing.CHINESE.months,
    weekdays=writing.CHINESE.long_weekdays,
    at_least="不少于{base}的 {share}",
    more_than="超过{base}的 {share}",
    everyone="{base}的 {share}",
    of_all="全体成员",
    of_cast="已投票数",
    against="每张反对票抵消 {n} 张赞成票",
    against_most="反对票不超过 {n} 张",
    abstain="每张弃权票抵消 {n} 张赞成票",
    turnout="投票人数不少于全体成员的 {share}",
    everybody="每位成员都须投票",
    join="，",
    silent="章程未规定，由小组自定",
    reading="小组的理解",
    colon="：",
    removed="删除：",
    added="新增：",
    behind="这段文字出自第 {own} 版；英文文本最近由第 {other} 版修订。",
)
PHRASES: dict[Language, Phrases] = {"en": ENGLISH, "zh-Hans": CHINESE}


def language() -> Language:
    """The charter's language nearest to the active one."""
    return "zh-Hans" if (translation.get_language() or "").startswith("zh") else "en"


def sentence_value(parameter: Parameter, text: str, tongue: Language) -> str:
    """A written value as it stands inside a clause: `60 U`, `1 month`, `100 % of all members`."""
    return _words(parameter.kind, parameter.parse(text), tongue, alone=False)


def table_value(parameter: Parameter, text: str, tongue: Language) -> str:
    """A written value as it stands alone: `60 U an hour`, `at least 2/3 of all members`."""
    return _words(parameter.kind, parameter.parse(text), tongue, alone=True)


def rest_value(parameter: Parameter, text: str, tongue: Language) -> str:
    """What a share leaves: `20 %` of `80 %`."""
    value = parameter.parse(text)
    assert isinstance(value, Fraction)
    return _share(1 - value, tongue)


def label(key: str) -> str:
    """What a setting is called, in the active language."""
    return clauses.first().parameter(key).label[language()]


def behind(tongue: Language, own: int, other: int) -> str:
    """What stands under words of an earlier edition than the clause's words in the other language, else nothing."""
    return PHRASES[tongue].behind.format(own=own, other=other) if own < other else ""


def tongue_name(tongue: Language) -> str:
    """What a language of the charter is called, in the active one."""
    return {"en": _("English"), "zh-Hans": _("Chinese")}[tongue]


def place(clause: str, tongue: Language) -> str:
    """Where a text stands, in the active language: `§ 7.1.2.2 in English`."""
    return _("%(clause)s in %(language)s") % {
        "clause": f"§\u00a0{numbering.number(clause)}",
        "language": tongue_name(tongue),
    }


def _words(kind: Kind, value: Value, tongue: Language, *, alone: bool) -> str:
    phrases = PHRASES[tongue]
    if isinstance(value, Threshold):
        return _threshold(value, tongue, alone=alone)
    if isinstance(value, ZoneInfo):
        return value.key
    if isinstance(value, bool):
        return phrases.yes if value else phrases.no
    if isinstance(value, Fraction):
        return _share(value, tongue) if kind == "share" else _pattern(phrases.patterns[kind], _number(value), alone)
    if kind == "weekday":
        return phrases.weekdays[value - 1]
    if kind == "quarter_month":
        return phrases.months[value - 1]
    places = {"money_per_hour": writing.MICRO, "money_per_month": writing.MICRO, "hours_per_week": writing.CENTI}
    return _pattern(phrases.patterns[kind], writing.digits(value, places.get(kind, 0)), alone)


def _pattern(pattern: Pattern, number: str, alone: bool) -> str:
    shape = (alone and pattern.alone) or (pattern.one if number == "1" else pattern.many)
    return shape.format(n=number)


def _number(value: Fraction) -> str:
    micro = value * 10**writing.MICRO
    return writing.digits(micro.numerator, writing.MICRO) if micro.denominator == 1 else str(value)


def _share(value: Fraction, tongue: Language) -> str:
    with translation.override(CODES[tongue]):
        return writing.share(value)


def _threshold(rule: Threshold, tongue: Language, *, alone: bool) -> str:
    phrases = PHRASES[tongue]
    shape = phrases.more_than if rule.strict else phrases.everyone if rule.share == 1 else phrases.at_least
    base = phrases.of_all if rule.of == "all" else phrases.of_cast
    conditions = [
        (bool(rule.against), phrases.against.format(n=_number(rule.against))),
        (rule.against_most is not None, phrases.against_most.format(n=rule.against_most)),
        (bool(rule.abstain), phrases.abstain.format(n=_number(rule.abstain))),
        (bool(rule.turnout), phrases.turnout.format(share=_share(rule.turnout, tongue))),
        # All of all members includes everybody's vote; in a clause the sentence around it says so already.
        (rule.everybody and (alone or not rule.unanimous), phrases.everybody),
    ]
    said = [text for holds, text in conditions if holds]
    return phrases.join.join([shape.format(share=_share(rule.share, tongue), base=base), *said])
