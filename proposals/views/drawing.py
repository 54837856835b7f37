"""From a proceeding to the parts of its page: boxes, rows, words. Nothing is decided here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from charter.rules.terms import Terms
from journal import writing
from journal.hashing import canonical
from proposals.models import Ballot
from proposals.rules import kinds, receipts, verdicts, wordings
from proposals.rules.elections import PREFIX, Election
from proposals.rules.states import State
from proposals.selectors.proceedings import Place, Proceeding, Sitting
from proposals.selectors.replays import broken_receipt, receipt_parts
from proposals.selectors.words import lines_of
from proposals.views import asked, elections
from proposals.views.readers import Visit

Choice = Ballot.Choice
# What an address says instead of a number.
OWN = "own"


@dataclass(frozen=True)
class SeatBox:
    """A large seat in the verdict; its state is `hidden` where nobody may know."""

    name: str
    state: str
    text: str
    you: bool


@dataclass(frozen=True)
class Receipt:
    """A ballot's receipt with what has to be put through SHA-256, twice; of a sealed round only the first.

    `sealed`: the receipt itself, its number and the link before it are not the voter's to know yet.
    """

    ballot: Ballot
    said: str
    place: Place
    checked: bool
    commitment_text: str
    receipt_text: str
    sealed: bool = False


def vote_text(place: Place, names: Mapping[str, str]) -> str:
    """A seat's vote in two words; `names` of an election's candidates by handle."""
    said = {
        Choice.FOR.value: _("In favour"),
        Choice.OBJECT.value: _("Objects"),
        Choice.AGAINST.value: _("Against"),
        Choice.ABSTAIN.value: _("Abstains"),
    }
    return elections.vote_text(place.vote, names) or said.get(place.vote, _("Not voted"))


def _state(place: Place) -> str:
    """How a seat is drawn: whoever a vote in an election is for."""
    return Choice.FOR.value if place.vote.startswith(PREFIX) else place.vote


def seats(sitting: Sitting, names: Mapping[str, str]) -> list[SeatBox]:
    """The seats in the group's order, the reader's own last."""
    places = sorted(sitting.places, key=lambda place: place.you)
    if sitting.sealed:
        return [
            SeatBox(place.seat.member.name, _state(place), vote_text(place, names), place.you)
            if place.you
            else SeatBox(place.seat.member.name, "hidden", _("Hidden"), you=False)
            for place in places
        ]
    return [SeatBox(place.seat.member.name, _state(place), vote_text(place, names), place.you) for place in places]


def stand(found: Proceeding, visit: Visit) -> verdicts.Stand:
    """What the verdict's words are made of."""
    last = found.last
    return verdicts.Stand(
        state=found.state,
        seats=last.seats,
        tally=last.tally,
        result=last.outcome.result if last.outcome else "",
        missing=[_name(place) for place in last.missing],
        objecting=[objection.seat.member.name for objection in last.standing],
        leaving=[place.seat.member.name for place in last.missing if place.seat.member_id in found.gone],
        preview=found.preview or _done(found, visit.zone),
        admission=found.proposal.application_id is not None,
        sealed=last.sealed,
        over=last.over,
        waits_until=_moment(last.outcome.execute_at, visit) if last.outcome and last.outcome.execute_at else "",
    )


def _moment(at: datetime, visit: Visit) -> str:
    return writing.moment(at.astimezone(visit.zone), now=visit.at, shape="year")


def _done(found: Proceeding, zone: tzinfo) -> Sequence[str]:
    if found.execution is None:
        return ()
    day = writing.day(found.execution.executed_at.astimezone(zone).date(), shape="day_year")
    if found.proposal.application_id is not None:
        return [_("%(name)s is a member since %(day)s.") % {"name": found.proposal.about, "day": day}]
    return [_("It was carried out on %(day)s.") % {"day": day}]


def _name(place: Place) -> str:
    return _("you") if place.you else place.seat.member.name


def verdict(found: Proceeding, visit: Visit) -> dict[str, Any]:
    """The verdict's box."""
    times, last, standing = found.last.times, found.last, stand(found, visit)
    earliest, deadline = (
        writing.moment(moment.astimezone(visit.zone), now=visit.at)
        for moment in (times.earliest_end_at, times.deadline_at)
    )
    return {
        "box": asked.canceled(found)
        or (elections.verdict(found, last.tally) if isinstance(last.tally, Election) else verdicts.verdict(standing)),
        "asked": asked.lines(found, visit),
        "ends": elections.ends(found, deadline)
        if last.held.candidates
        else verdicts.ends(
            standing,
            rule=last.rule,
            name=found.proposal.about,
            earliest=earliest if visit.at < times.earliest_end_at else "",
            deadline=deadline,
        ),
        "seats": seats(last, found.names) if last.tally is not None or _inside_sealed(found) else [],
        "sentence": _sentence(found),
        "outlook": outlook(found),
    }


def _inside_sealed(found: Proceeding) -> bool:
    """Members see who has a seat, in a sealed round too."""
    return found.last.sealed and found.reader.inside


def _sentence(found: Proceeding) -> str:
    """The arithmetic: of an ended round, and of a running one whose rule weighs votes."""
    last = found.last
    if isinstance(last.tally, Election):
        # Before the first vote the sentence on top says all there is.
        return last.tally.sentence(found.names) if last.tally.leading or last.outcome else ""
    return last.tally.sentence() if last.tally is not None and (last.outcome or not last.consent) else ""


def outlook(found: Proceeding) -> str:
    """Who can still change the outcome; nothing once it is decided, nor under the unanimous rule: everybody can."""
    last = found.last
    if found.state != State.ACTIVE or last.tally is None or last.consent:
        return ""
    names = [_name(place) for place in last.missing if place.seat.member_id not in found.gone]
    return verdicts.outlook(last.tally, final=last.held.final_ballots, missing=names)


def receipt(sitting: Sitting, place: Place, ballot: Ballot, names: Mapping[str, str]) -> Receipt:
    """A receipt, checked again now. The reason's own digest is part of the commitment, its words are not needed."""
    seen = ballot
    seen.seat = place.seat
    committed = {"nonce": ballot.nonce, "choice": ballot.choice, "reason": ballot.reason_digest}
    return Receipt(
        ballot=ballot,
        said=elections.vote_text(ballot.choice, names) or ballot.get_choice_display(),
        place=place,
        checked=not list(broken_receipt(sitting.held, seen)),
        commitment_text=canonical(committed).decode(),
        receipt_text=""
        if sitting.sealed
        else canonical(receipts.receipt_value(**receipt_parts(sitting.held, seen))).decode(),
        sealed=sitting.sealed,
    )


def chosen_receipt(found: Proceeding, number: str) -> Receipt | None:
    """The receipt that was asked for by its number in the chain, else the reader's own latest (`own`, or nothing).

    In a sealed round no number finds a ballot: who tried them would find the place of their own.
    """
    latest = number in ("", OWN)
    for sitting in reversed(found.sittings):
        for place in sitting.places:
            for ballot in reversed(place.ballots):
                if (latest and place.you and sitting is found.last) or (
                    str(ballot.number) == number and not sitting.sealed
                ):
                    return receipt(sitting, place, ballot, found.names)
    return None


def changed(found: Proceeding) -> dict[str, Any] | None:
    """What changed since the round before, and what was objected then; None in a first round and for who reads no
    words.
    """
    before, last = found.before, found.last
    readable = found.words or found.proposal.kind in kinds.OPEN_WORDS
    if before is None or not readable or last.held.candidates:
        return None
    old, new = (sitting.wording.content if sitting.wording else {} for sitting in (before, last))
    return {
        "before": before,
        "words": last.wording.changes if last.wording else "",
        "fields": wordings.changes(old, new),
        "turned": [place for place in last.places if place.vote == Choice.FOR and _objected(before, place)],
    }


def _objected(before: Sitting, place: Place) -> bool:
    return any(item.stands and item.seat.member_id == place.seat.member_id for item in before.objections)


def timeline(found: Proceeding, visit: Visit) -> list[dict[str, Any]]:
    """How it got here, now, and what comes."""
    proposal, last = found.proposal, found.last
    items: list[dict[str, Any]] = []
    application = proposal.application
    if application is not None and application.submitted_at is not None:
        items.append({"state": "ok", "text": _("Application sent"), "on": application.submitted_at})
    items += _interviews(found)
    started = _("The leader starts the proposal") if application is not None else _("The proposal starts")
    items.append({"state": "ok", "text": started, "on": proposal.proposed_at})
    for sitting in found.sittings:
        items += _round_items(sitting, visit)
    if found.state in (State.ACTIVE, State.PENDING):
        items.append({"state": "now", "text": _now_text(found), "at": visit.at})
        items.append(
            {
                "state": "next",
                "text": _("Round %(number)s closes") % {"number": last.held.number},
                "at": last.times.deadline_at,
            }
        )
        if last.held.candidates:
            items.append({"state": "next", "text": elections.then(last)})
        else:
            items.append({"state": "next", "text": _then(last)})
    elif found.execution is not None:
        items.append({"state": "now", "text": _("Carried out"), "at": found.execution.executed_at})
    elif found.state == State.QUEUED and last.outcome is not None:
        items.append({"state": "now", "text": _("Now: it waits for its day"), "at": visit.at})
        items.append({"state": "next", "text": _("It is carried out"), "at": last.outcome.execute_at})
    else:
        items.append({"state": "now", "text": str(found.state.label), "at": visit.at})
    return items


def _then(last: Sitting) -> str:
    """What follows if it passes."""
    if last.held.execute_on is not None:
        day = writing.day(last.held.execute_on, shape="day_year")
        return _("If it passes: it is carried out, not before %(day)s") % {"day": day}
    if last.consent:
        return _("If everybody is in favour: it is carried out at once")
    return _("If the rule is met: it is carried out at once")


def _interviews(found: Proceeding) -> list[dict[str, Any]]:
    """The interviews before the first round, for who may read them; the oldest first."""
    wording = found.sittings[0].wording
    held = wording.content.get("interviews", []) if wording else []
    return [
        {
            "state": "ok",
            "text": _("Interview, %(length)s")
            % {"length": writing.span(timedelta(minutes=int(interview.get("minutes", 0))))},
            "on": date.fromisoformat(interview["held_on"]),
        }
        for interview in reversed(held)
    ]


def _opening(sitting: Sitting) -> str:
    if sitting.held.candidates and sitting.held.number > 1:
        return _("The run-off opens")
    return _("Round %(number)s opens")


def _round_items(sitting: Sitting, visit: Visit) -> list[dict[str, Any]]:
    number = {"number": sitting.held.number}
    items: list[dict[str, Any]] = [{"state": "ok", "text": _opening(sitting) % number, "at": sitting.held.opened_at}]
    for objection in sitting.objections:
        if objection.ballot.choice != Choice.OBJECT:
            continue
        text = _("%(name)s objects") % {"name": objection.seat.member.name}
        items.append({"state": "block", "text": text, "at": objection.ballot.cast_at})
    items = sorted([*items, *asked.steps(sitting, visit)], key=lambda item: item["at"])
    if sitting.outcome is not None:
        passed = sitting.outcome.result == sitting.outcome.Result.SUCCEEDED
        text = _("Round %(number)s ends") % number
        items.append(
            {
                "state": "ok" if passed else "block",
                "text": text,
                "at": sitting.outcome.decided_at,
                "note": sitting.outcome.get_result_display(),
            }
        )
    return items


def _now_text(found: Proceeding) -> str:
    if found.last.standing:
        return _("Now: the round is paused by an objection")
    if found.last.over:
        return _("Now: the ballots are counted")
    if found.last.tally is None:
        return _("Now: the members vote")
    missing = found.last.tally.missing
    if not missing:
        return _("Now: everybody is in favour") if found.last.consent else _("Now: everybody has voted")
    return ngettext("Now: one vote is missing", "Now: %(number)d votes are missing", missing) % {"number": missing}


def facts(found: Proceeding) -> Sequence[wordings.Line]:
    """The words of the last round, for who may read them; the name of what is not a person stands in the title."""
    names = {place.seat.member.handle: place.seat.member.name for place in found.last.places}
    return lines_of(found.proposal, found.last.wording.content if found.last.wording else {}, names)


def cost(found: Proceeding, terms: Terms) -> str:
    """What a member costs a month, for who decides; nothing for others and for what is decided."""
    if found.proposal.application_id is None or not found.words or found.execution is not None:
        return ""
    return _("%(amount)s a month, %(share)s of it in LXP") % {
        "amount": writing.amount(terms.stipend_member_micro),
        "share": writing.share(terms.stipend_lxp_share),
    }


def rows(sitting: Sitting) -> list[Place]:
    """The table of ballots: those who voted in the order of casting, then the others, the reader's own last."""

    def order(place: Place) -> tuple[int, int, int]:
        return (0, place.latest.number, 0) if place.latest else (1, int(place.you), place.seat.position)

    return sorted(sitting.places, key=order)
