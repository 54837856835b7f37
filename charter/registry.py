"""The registry of executable acts: how a passed proposal reaches what it decides without importing it.

A floor registers its acts from its own `acts.py`; a proposal keeps steps (an act's key and its params as plain JSON),
hashed together, checked when proposed and again when executed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from types import NoneType
from typing import Any, Generic, Protocol, TypeVar, get_args, get_origin, get_type_hints

from django.utils.translation import gettext as _

from charter.refusals import UnknownAct, UnreadableAct
from charter.rules.comparing import Compared
from journal.hashing import digest

Params = TypeVar("Params")
Params_contra = TypeVar("Params_contra", contravariant=True)
Plain = str | int | bool | None | dict[str, str]


class Execute(Protocol[Params_contra]):
    """Does the act inside the caller's transaction and returns the reference of what it made, like `edition/2`."""

    def __call__(self, params: Params_contra, /, *, at: datetime, by: str, reference: str) -> str:
        """`by` is the actor's text, `reference` names the proposal that allowed it."""


def _nothing_to_check(_params: Any, _day: date) -> None:
    return None


@dataclass(frozen=True)
class Difference:
    """One thing that an act changes, in words: what it is, as it stands, as it will be, and the clause.

    `compared` where it is a text in a language, to be shown word by word.
    """

    label: str
    before: str
    after: str
    clause: str = ""
    compared: Compared | None = None


def _nothing_to_show(_params: Any, _day: date) -> Sequence[Difference]:
    return ()


@dataclass(frozen=True)
class Act(Generic[Params]):
    """Something that a passed proposal can do.

    `params` is a frozen dataclass whose fields are str, int, bool, date, dict[str, str] or one of them | None;
    `may_propose` a role as text (`leader`, `member` …); `threshold` the key of the charter's setting that governs it.
    `check` raises a refusal if it could not be done on a day; `preview` says in sentences what will happen;
    `diff` sets what will change beside what it is now.
    """

    key: str
    params: type[Params]
    may_propose: str
    threshold: str
    preview: Callable[[Params, date], Sequence[str]]
    execute: Execute[Params]
    check: Callable[[Params, date], None] = _nothing_to_check
    diff: Callable[[Params, date], Sequence[Difference]] = _nothing_to_show

    def read(self, data: Mapping[str, Any]) -> Params:
        """Params from plain JSON; UnreadableAct if a field is missing, unknown or of another type."""
        hints = get_type_hints(self.params)
        wanted = {item.name: item for item in fields(self.params)}  # type: ignore[arg-type]
        needed = {name for name, item in wanted.items() if item.default is MISSING is item.default_factory}
        if wrong := sorted((set(data) - set(wanted)) | (needed - set(data))):
            raise UnreadableAct(
                _("The act %(act)s does not fit its fields: %(fields)s. Propose it again from its own form.")
                % {"act": self.key, "fields": ", ".join(wrong)}
            )
        return self.params(**{name: _read(self.key, name, hints[name], value) for name, value in data.items()})


@dataclass(frozen=True)
class Step:
    """One act of a proposal as it is stored, hashed and executed."""

    key: str
    params: dict[str, Plain]

    def plain(self) -> dict[str, Any]:
        """As canonical JSON takes it."""
        return {"act": self.key, "params": self.params}


_acts: dict[str, Act[Any]] = {}


def register(act: Act[Params]) -> Act[Params]:
    """Adds an act; ValueError if another one has its key."""
    if act.key in _acts:
        raise ValueError(f"{act.key} is registered twice")
    _acts[act.key] = act
    return act


def get(key: str) -> Act[Any]:
    """The act of a key; UnknownAct if no floor registered it."""
    try:
        return _acts[key]
    except KeyError:
        raise UnknownAct(_("Nothing in this program can do “%(act)s”.") % {"act": key}) from None


def registered() -> list[Act[Any]]:
    """All acts, by key."""
    return [_acts[key] for key in sorted(_acts)]


def step(key: str, params: Any) -> Step:
    """The step of an act from its typed params."""
    act = get(key)
    if not isinstance(params, act.params):
        raise TypeError(f"{key} takes {act.params.__name__}")
    return Step(key, {item.name: _plain(getattr(params, item.name)) for item in fields(act.params)})


def stored(data: Mapping[str, Any]) -> Step:
    """The step that `Step.plain` wrote."""
    return Step(data["act"], dict(data["params"]))


def fingerprint(steps: Sequence[Step]) -> str:
    """64 hex characters over the steps in their order: what voters vote on, and what is compared before it is done."""
    return digest("acts", [item.plain() for item in steps])


def check(steps: Sequence[Step], day: date) -> None:
    """Raises the refusal of the first step that could not be done on a day."""
    for item in steps:
        act = get(item.key)
        act.check(act.read(item.params), day)


def preview(steps: Sequence[Step], day: date) -> list[str]:
    """What will happen, in sentences, if the steps are executed on a day."""
    acts = [(get(item.key), item) for item in steps]
    return [sentence for act, item in acts for sentence in act.preview(act.read(item.params), day)]


def diff(steps: Sequence[Step], day: date) -> list[Difference]:
    """What the steps would change if they were executed on a day."""
    acts = [(get(item.key), item) for item in steps]
    return [found for act, item in acts for found in act.diff(act.read(item.params), day)]


def execute(steps: Sequence[Step], *, at: datetime, by: str, reference: str) -> list[str]:
    """Does every step in the caller's transaction and returns their references; a refusal leaves nothing done.

    The caller holds the transaction, the lock that makes it happen once, and has called `check`.
    """
    acts = [(get(item.key), item) for item in steps]
    return [act.execute(act.read(item.params), at=at, by=by, reference=reference) for act, item in acts]


def _is_text(value: dict[Any, Any]) -> bool:
    return all(type(item) is str for pair in value.items() for item in pair)


def _plain(value: Any) -> Plain:
    return value.isoformat() if isinstance(value, date) else value


def _read(act: str, name: str, hint: Any, value: Any) -> Any:
    allowed = tuple(get_origin(item) or item for item in (get_args(hint) if get_origin(hint) is not dict else (hint,)))
    kinds = allowed or (hint,)
    if value is None and NoneType in kinds:
        return None
    if date in kinds and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    # A bool is an int to Python, but not to a reader of the act.
    elif type(value) in kinds and (not isinstance(value, dict) or _is_text(value)):
        return value
    raise UnreadableAct(
        _("The act %(act)s cannot read its field %(field)s. Propose it again from its own form.")
        % {"act": act, "field": name}
    )
