"""What the pages show of an election: who stands, how they may be voted for, how they lead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from journal import writing
from journal.refusals import Refusal
from members.selectors import people
from proposals.forms import CandidacyForm
from proposals.models import Proposal, Round
from proposals.rules import elections, leading
from proposals.rules.elections import RUN_OFF, Election
from proposals.rules.states import State
from proposals.rules.verdicts import Line, Verdict
from proposals.selectors import elections as selectors
from proposals.selectors.elections import Candidacy
from proposals.selectors.pendings import Pending
from proposals.selectors.proceedings import Proceeding, Sitting
from proposals.views.readers import Visit


@dataclass(frozen=True)
class Runner:
    """A candidate of a round; `votes` is None where the count is not the reader's to know, as are the other words."""

    handle: str
    name: str
    choice: str
    deputy: str
    since: date | None
    statement: str
    votes: int | None
    elected: bool = False


def runners(found: Proceeding, sitting: Sitting) -> list[Runner]:
    """The candidates of a round in the tie order; none unless it is an election's."""
    said = sitting.wording.content.get("candidates", ()) if sitting.wording else ()
    words = {item["handle"]: item for item in said}
    tally = sitting.tally if isinstance(sitting.tally, Election) else None
    votes = dict(tally.votes) if tally else {}
    elected = tally.elected if tally and sitting.outcome else None
    return [
        Runner(
            handle=item.handle,
            name=item.name,
            choice=item.choice,
            deputy=item.deputy,
            since=date.fromisoformat(words[item.handle]["since"]) if item.handle in words else None,
            statement=words[item.handle]["statement"] if item.handle in words else "",
            votes=votes.get(item.handle),
            elected=item.handle == elected,
        )
        for item in choices(sitting.held, found.names)
    ]


def standing(
    found: Pending, visit: Visit, *, form: CandidacyForm | None = None, refusal: Refusal | None = None
) -> dict[str, Any] | None:
    """Who stands in an election that has not opened, and the reader's own form; None for every other proposal."""
    if found.proposal.kind != Proposal.Kind.ELECTION:
        return None
    rows = selectors.candidacies(found.proposal, day=visit.today, reader=found.reader)
    member, waits = found.reader.member, found.state == State.PENDING
    own = next((row for row in rows if member is not None and row.member.pk == member.pk), None)
    begins_on, ends_on = selectors.term_on(max(found.proposal.opens_at or visit.at, visit.at))
    return {
        "number": found.proposal.number,
        "rows": rows,
        "own": own,
        "form": _form(found, visit, own, form, refusal) if waits and found.reader.inside else None,
        "begins_on": begins_on,
        "ends_on": ends_on,
    }


def _form(
    found: Pending, visit: Visit, own: Candidacy | None, form: CandidacyForm | None, refusal: Refusal | None
) -> CandidacyForm:
    """What was typed with the rule's sentence, else what the reader stands with."""
    initial = {"statement": own.statement, "deputy": own.deputy.handle if own.deputy else ""} if own else {}
    others = [member for member in people.active_on(visit.today) if member != found.reader.member]
    drawn = (form or CandidacyForm(initial=initial)).offering(others)
    if form is not None and refusal is not None and refusal.field:
        drawn.refuse(refusal)
    return drawn


def first_round(found: Proceeding) -> str:
    """How the first round of a run-off ended, in one sentence; empty for who may not know it and for other rounds."""
    before = found.before
    if before is None or not isinstance(before.tally, Election):
        return ""
    return before.tally.sentence(found.names)


def choices(held: Round, names: Mapping[str, str]) -> list[Runner]:
    """Who can be voted for in a round, in the tie order."""
    deputies = {act["params"]["handle"]: act["params"]["deputy"] for act in held.proposal.acts if held.candidates}
    return [
        Runner(
            handle=handle,
            name=names.get(handle, handle),
            choice=elections.choice_for(handle),
            deputy=names.get(deputies[handle] or "", ""),
            since=None,
            statement="",
            votes=None,
        )
        for handle in held.candidates
    ]


def vote_text(choice: str, names: Mapping[str, str]) -> str:
    """A vote for a candidate in words; empty for every other."""
    handle = elections.candidate_of(choice)
    return _("For %(name)s") % {"name": names.get(handle, handle)} if handle else ""


def verdict(found: Proceeding, tally: Election) -> Verdict:
    """The box on top for who may know the count."""
    return leading.verdict(tally, found.state, names=found.names, told=found.preview or _seated(found))


def _seated(found: Proceeding) -> list[str]:
    if found.execution is None:
        return []
    begins_on = writing.day(date.fromisoformat(found.execution.effect.rpartition("/")[2]), shape="day_year")
    return [_("Elected and seated: the term begins on %(first)s.") % {"first": begins_on}]


def then(sitting: Sitting) -> str:
    """What follows the end of a running round."""
    if sitting.rule == RUN_OFF:
        return _("Whoever has most votes is elected and seated")
    if len(sitting.held.candidates) == 1:
        return _("If the rule is met: elected and seated")
    return _("Whoever is elected is seated; else a run-off opens at once")


def ends(found: Proceeding, deadline: str) -> list[Line]:
    """The ends that a running round may have."""
    if found.state not in (State.ACTIVE, State.PENDING):
        return []
    called = [found.names.get(handle, handle) for handle in found.last.held.candidates]
    return leading.ends(called, run_off=found.last.rule == RUN_OFF, deadline=deadline)


def box(held: Round, names: Mapping[str, str], choice: str) -> dict[str, Any]:
    """What the ballot's box has more in an election: the candidates, and for whom the reader voted."""
    if not held.candidates:
        return {}
    return {"candidates": choices(held, names), "voted": vote_text(choice, names)}
