"""What was asked of a round, on the proposal's page: what runs or waits, who may do what about it, what came of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from journal import writing
from proposals.forms import MotionForm
from proposals.rules import kinds
from proposals.rules.motions import Kind
from proposals.rules.states import State
from proposals.rules.verdicts import Verdict
from proposals.selectors.motions import Asked
from proposals.selectors.proceedings import Proceeding, Sitting
from proposals.views.readers import Visit


@dataclass(frozen=True)
class Line:
    """Something that runs or waits, in words; `short`: what it does to the end of the round.

    `act`: `release` or `second`, empty for who can do neither.
    """

    number: int
    text: str
    short: str
    reason: str
    act: str


@dataclass(frozen=True)
class Box:
    """The section of the page. A form is None for who cannot ask that now; `typed`: the kind whose form was refused.

    `asks`: the reader may ask for a later deadline or a cancellation; `held`: and has had time in this round.
    """

    number: int
    round: int
    lines: list[Line]
    hold: MotionForm | None
    extend: MotionForm | None
    cancel: MotionForm | None
    typed: str
    asks: bool
    held: bool
    admission: bool


def lines(found: Proceeding, seen: Visit) -> list[Line]:
    """What runs or waits in the last round, in the order in which it was asked."""
    return [_line(item, found, seen) for item in found.last.asked if item.runs or item.waits]


def _line(item: Asked, found: Proceeding, seen: Visit) -> Line:
    own = seen.reader.member is not None and item.motion.asked_by_id == seen.reader.member.pk
    may = _seated(found)
    act = ("release" if own else "") if item.runs else ("second" if may and not own else "")
    return Line(item.motion.number, _text(item, seen), _short(item, seen), item.reason or "", act)


def _seated(found: Proceeding) -> bool:
    """Whether the reader has a seat in the open round, and is a member."""
    return found.state == State.ACTIVE and not found.last.over and found.own is not None and found.reader.inside


def _text(item: Asked, seen: Visit) -> str:
    words = {"name": item.motion.asked_by.name, "until": _moment(item.motion.until_at, seen)}
    if item.motion.kind == Kind.HOLD:
        return _("%(name)s needs time until %(until)s. The round does not end before.") % words
    if item.motion.kind == Kind.EXTEND:
        return _("%(name)s asks for a later deadline: %(until)s. It holds once another member seconds it.") % words
    return _("%(name)s asks to cancel this proposal. It is canceled once another member seconds it.") % words


def _short(item: Asked, seen: Visit) -> str:
    until = {"until": _moment(item.motion.until_at, seen)}
    if item.motion.kind == Kind.HOLD:
        return _("Does not end before %(until)s") % until
    if item.motion.kind == Kind.EXTEND:
        return _("A later deadline waits for its second: %(until)s") % until
    return _("A cancellation waits for its second")


def _moment(at: datetime | None, seen: Visit) -> str:
    return writing.moment(at.astimezone(seen.zone), now=seen.at) if at else ""


def box(found: Proceeding, seen: Visit, *, form: MotionForm | None = None, typed: str = "") -> Box | None:
    """What runs and what the reader may ask; None where there is nothing to read or do."""
    shown, member = lines(found, seen), seen.reader.member
    seated = _seated(found) and member is not None
    if not shown and not seated:
        return None
    asked = found.last.asked
    waiting = {item.motion.kind for item in asked if item.waits}
    held = any(item.motion.kind == Kind.HOLD and member and item.motion.asked_by_id == member.pk for item in asked)
    own = member is not None and found.proposal.proposed_by_id == member.pk
    asks = seated and kinds.may_steer(found.proposal.kind, own=own, leads=seen.reader.leading)

    def offered(kind: Kind, *, may: bool) -> MotionForm | None:
        if not may or kind in waiting:
            return None
        drawn = form if form is not None and typed == kind else MotionForm(kind=kind)
        return worded(drawn, kind, found, seen)

    return Box(
        number=found.proposal.number,
        round=found.last.held.pk,
        lines=shown,
        hold=offered(Kind.HOLD, may=seated and not held),
        extend=offered(Kind.EXTEND, may=asks),
        cancel=offered(Kind.CANCEL, may=asks),
        typed=typed,
        asks=asks,
        held=seated and held,
        admission=found.proposal.application_id is not None,
    )


def worded(form: MotionForm, kind: Kind, found: Proceeding, seen: Visit) -> MotionForm:
    """With the moments that can be chosen."""
    if kind == Kind.HOLD:
        return form.holding()
    return form.extending(found.last.times.deadline_at, seen.zone, seen.at) if kind == Kind.EXTEND else form


def steps(sitting: Sitting, seen: Visit) -> Iterator[dict[str, Any]]:
    """What was asked of a round and what came of it, for the timeline."""
    for item in sitting.asked:
        words = {"name": item.motion.asked_by.name, "until": _moment(item.motion.until_at, seen)}
        text = {
            Kind.HOLD: _("%(name)s needs time until %(until)s"),
            Kind.EXTEND: _("%(name)s asks for a later deadline: %(until)s"),
            Kind.CANCEL: _("%(name)s asks to cancel the proposal"),
        }[Kind(item.motion.kind)]
        yield {"state": "ok", "text": text % words, "at": item.motion.asked_at, "note": item.reason or ""}
        if item.taken:
            yield _answered(item, words)


def _answered(item: Asked, words: dict[str, str]) -> dict[str, Any]:
    given = item.motion.answer
    text = {
        Kind.HOLD: _("%(name)s needs no more time"),
        Kind.EXTEND: _("%(second)s seconds it: the deadline is %(until)s"),
        Kind.CANCEL: _("%(second)s seconds it: the proposal is canceled"),
    }[Kind(item.motion.kind)]
    state = "block" if item.motion.kind == Kind.CANCEL else "ok"
    return {"state": state, "text": text % (words | {"second": given.member.name}), "at": given.answered_at}


def canceled(found: Proceeding) -> Verdict | None:
    """The box on top of a proposal that two members canceled; None for every other."""
    motion = next((item.motion for item in found.last.asked if item.motion.kind == Kind.CANCEL and item.taken), None)
    if motion is None:
        return None
    lead = _("%(first)s and %(second)s canceled this proposal. No further round opens, and nothing was changed.") % {
        "first": motion.asked_by.name,
        "second": motion.answer.member.name,
    }
    if found.proposal.application_id is not None:
        again = _("The application stands. To be voted on, its applicant takes it back and applies again.")
    else:
        again = _("The same can be put forward again, as a new proposal.")
    return Verdict(_("Canceled by two members"), f"{lead} {again}", "block")
