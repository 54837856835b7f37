"""Decisions of every sort as a stranger gets them: what happened in the group until each had ended."""

from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import User
from journal.services import entries, sealing
from members.models import Member
from proposals.models import Ballot, Proposal, Round
from proposals.selectors.dossiers import dossier
from proposals.services import candidacies, execution, motions, proposing, recusals, rounds, signatures
from tests.proposals import electing
from tests.proposals.cast import AFTER_A_DAY, DAY, DEADLINE, HOUR, NOW, at, opened, vote
from tests.proposals.keys import proved, signed, typed

Json = dict[str, Any]


def noise(count: int = 2) -> None:
    """What happens in the group meanwhile."""
    for place in range(count):
        entries.append(actor="member:ana", verb="page.turned", subject=f"page/{place}", data={"n": place}, at=NOW)


def sign(ballot: Ballot, by: Member, after: timedelta = 24 * DAY) -> None:
    """The voter's wallet signs it, some time after it was cast."""
    assert isinstance(by.user, User)
    proved(by)
    signatures.sign(
        proposal=Proposal.objects.get(pk=ballot.proposal_id).number,
        number=ballot.number,
        by=by.user,
        signature=signed(typed(ballot)),
        clock=at(ballot.cast_at + after),
    )


def file_of(proposal: Proposal) -> Json:
    """The dossier once everything has its seal."""
    sealing.seal()
    content = dossier(proposal.number)
    assert content is not None
    return content


def ask(held: Round, by: Member, kind: str, until: datetime | None, moment: datetime) -> int:
    """Something asked of a round; its number there."""
    return motions.ask(
        round_id=held.pk, kind=kind, reason="I read until then.", by=by, until_at=until, clock=at(moment)
    ).number


def answer(held: Round, by: Member, number: int, moment: datetime) -> None:
    """Seconded, or released."""
    motions.answer(round_id=held.pk, number=number, by=by, clock=at(moment))


def resolution(by: Member, title: str, **more: Any) -> Round:
    """A round that counts."""
    made = proposing.propose(kind="resolution", params={"title": title}, text="Why.", by=by, at=NOW, **more)
    return made.rounds.get()


def end(moment: datetime) -> None:
    """The sweep."""
    rounds.close_due(clock=at(moment))


def election(group: list[Member]) -> Proposal:
    """Five stand and one steps down; no half, a run-off without who recused themself, a tie, seated, a signature."""
    proposal = electing.put_forward()
    electing.stand(proposal, *group)
    candidacies.step_down(proposal=proposal, by=group[4], clock=at(electing.PUT_FORWARD + 2 * HOUR))
    recusals.recuse(proposal=proposal, by=group[0], reason="I stand.", clock=at(electing.PUT_FORWARD + 3 * HOUR))
    recusals.take_back(proposal=proposal, by=group[0], clock=at(electing.PUT_FORWARD + 4 * HOUR))
    held = electing.opened(proposal)
    electing.votes(held, group, "dora ben ben dora chen")
    noise()
    end(electing.ENDS)
    run_off = Round.objects.get(proposal=proposal, number=2)
    electing.votes(run_off, group, "dora ben ben dora abstain")
    end(electing.RUN_OFF_ENDS)
    sign(Ballot.objects.get(proposal=proposal, number=6), group[0])
    execution.execute(proposal=proposal, by=rounds.SYSTEM, clock=at(electing.RUN_OFF_ENDS + DAY))
    return proposal


def admission(group: list[Member]) -> Proposal:
    """Held, objected, recused, then everybody after the hold of the second round was released; carried out."""
    ana, ben, chen, dora, emil = group
    proposal, first = opened(ana)
    vote(first, ana)
    ask(first, dora, "hold", NOW + 20 * HOUR, NOW + 2 * HOUR)
    vote(first, ben, "object", moment=NOW + 3 * HOUR)
    second = rounds.open_next(proposal=proposal, changes="More.", by=ana, clock=at(NOW + 20 * HOUR))
    hold = ask(second, chen, "hold", AFTER_A_DAY + DAY, NOW + 22 * HOUR)
    noise()
    for place, member in enumerate((ana, ben, chen, dora, emil)):
        ballot = vote(second, member, moment=AFTER_A_DAY + place * HOUR)
    answer(second, chen, hold, AFTER_A_DAY + 21 * HOUR)
    end(AFTER_A_DAY + 22 * HOUR)
    assert ballot.choice == "for"
    execution.execute(proposal=proposal, by=ana, clock=at(AFTER_A_DAY + 23 * HOUR))
    return proposal


def extended(group: list[Member]) -> Proposal:
    """A round that was extended twice and held over its end, with a later day to carry it out."""
    held = resolution(group[1], "Extended", execute_on=date(2027, 1, 4))
    first = ask(held, group[0], "extend", DEADLINE + DAY, NOW + 2 * HOUR)
    vote(held, group[1], moment=NOW + 3 * HOUR)
    answer(held, group[2], first, NOW + 5 * HOUR)
    second = ask(held, group[1], "extend", DEADLINE + 3 * DAY, DEADLINE)
    vote(held, group[2], "against", moment=DEADLINE + HOUR)
    answer(held, group[0], second, DEADLINE + 2 * HOUR)
    ask(held, group[3], "hold", DEADLINE + 5 * DAY, DEADLINE + 2 * DAY + HOUR)
    for member in (group[2], group[3]):
        vote(held, member, moment=DEADLINE + 4 * DAY)
    end(DEADLINE + 5 * DAY)
    execution.execute(proposal=held.proposal, by=rounds.SYSTEM, clock=at(datetime.fromisoformat("2027-01-03T16:00Z")))
    return held.proposal


def canceled(group: list[Member]) -> Proposal:
    """A round that two members ended, while another question was left open."""
    held = resolution(group[1], "Canceled")
    vote(held, group[3], moment=NOW + HOUR)
    ask(held, group[1], "extend", DEADLINE + DAY, NOW + 2 * HOUR)
    asked = ask(held, group[0], "cancel", None, NOW + 3 * HOUR)
    answer(held, group[4], asked, NOW + 4 * HOUR)
    return held.proposal


def hidden(group: list[Member]) -> Proposal:
    """A round whose ballots became known at its end, with a change of mind, a hold and a signature."""
    held = resolution(group[1], "Hidden", hidden=True)
    vote(held, group[0], "against", moment=NOW + HOUR)
    vote(held, group[3], moment=NOW + 2 * HOUR)
    ask(held, group[2], "hold", DEADLINE + HOUR, DEADLINE - HOUR)
    vote(held, group[0], moment=DEADLINE + HOUR / 2)
    vote(held, group[4], moment=DEADLINE + HOUR / 2)
    end(DEADLINE + HOUR)
    sign(Ballot.objects.get(proposal=held.proposal, number=4), group[4])
    return held.proposal


def waited(group: list[Member]) -> Proposal:
    """Announced, recused from, opened by itself, with final ballots that settled it early; it lapsed and was lost."""
    proposal = proposing.propose(
        kind="resolution", params={"title": "Waited"}, text="Why.", by=group[1], at=NOW, opens_at=NOW + 2 * DAY,
        final_ballots=True,
    )  # fmt: skip
    recusals.recuse(proposal=proposal, by=group[4], reason="Mine.", clock=at(NOW + HOUR))
    held = electing.opened(proposal, NOW + 2 * DAY)
    for member in group[:3]:
        vote(held, member, moment=NOW + 3 * DAY + HOUR)
    noise()
    lapsed = NOW + 40 * DAY
    rounds.open_next(proposal=proposal, changes="Again.", by=group[1], clock=at(lapsed))
    vote(proposal.rounds.get(number=2), group[2], "against", moment=lapsed + HOUR)
    end(lapsed + 8 * DAY)
    return proposal


SORTS = {
    "admission": admission,
    "canceled": canceled,
    "election": election,
    "extended": extended,
    "hidden": hidden,
    "waited": waited,
}


def decided(sort: str) -> Proposal:
    """A decision of one sort, in a group of five."""
    group = electing.group(users=True)
    noise()
    proposal = SORTS[sort](group)
    noise(3)
    proposal.refresh_from_db()
    return proposal
