"""The program as it is: services over the database, with the clock of the story."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction

from charter.services import editions
from journal.models import Entry
from journal.refusals import Refusal
from members.services import leaves, memberships
from proposals.models import Ballot, Motion, Outcome, Proposal, Round
from proposals.selectors import replays
from proposals.selectors.listings import rows_of
from proposals.selectors.visibility import VISITOR
from proposals.services import (
    ballots,
    candidacies,
    execution,
    motions,
    openings,
    proposing,
    recusals,
    rounds,
)
from tests.proposals import cast
from tests.proposals.history.pure import NOON, ZONE, moment
from tests.proposals.history.story import CONCERNED, Story

WEEK = timedelta(days=7)


class Services:
    """One proposal of a group of its own, of the kind that the story is about."""

    def __init__(self, story: Story) -> None:
        self.story, self.text = story, 0
        names = list(story.model.people)
        self.members = dict(zip(names, cast.found(names), strict=True))
        threshold = "removal.threshold" if story.concerns else "election.threshold"
        editions.amend(
            changes={threshold: story.rule}, effective_on=cast.FOUNDED_ON, act="test", by="test", at=NOON - 2 * WEEK
        )
        self.proposal = self._election() if story.candidates else self._drafted()

    def _drafted(self) -> Proposal:
        story, ana = self.story, self.members["ana"]
        on = moment(story.on).astimezone(ZONE).date() if story.on else None
        if story.consent and not story.concerns and not story.on:
            return cast.opened(ana, moment=NOON)[0]
        return proposing.propose(
            kind="removal" if story.concerns else "resolution",
            params={"handle": CONCERNED} if story.concerns else {"title": "We say so"},
            text="Why.",
            by=ana,
            at=NOON,
            final_ballots=story.final,
            hidden=story.hidden,
            execute_on=on,
        )

    def _election(self) -> Proposal:
        story, before = self.story, NOON - WEEK
        proposal = proposing.propose(
            kind="election",
            params={},
            text="Why.",
            by=self.members["ana"],
            at=before,
            final_ballots=story.final,
            hidden=story.hidden,
        )
        for name in story.candidates:
            candidacies.stand(proposal=proposal, by=self.members[name], statement="I can.", clock=cast.at(before))
        openings.open_due(clock=cast.at(NOON))
        proposal.refresh_from_db()
        return proposal

    @property
    def held(self) -> Round:
        """The last round."""
        return Round.objects.filter(proposal=self.proposal).order_by("-number")[0]

    def _words(self) -> str:
        self.text += 1
        return f"Reason {self.text}."

    def _try(self, act: Callable[[], object], now: float, *, works: bool = True) -> bool:
        """Whether it is done; then the worker has a look at what came of it."""
        try:
            with transaction.atomic():
                act()
        except Refusal:
            return False
        if works:
            self._work(now)
        return True

    def _work(self, now: float) -> None:
        try:
            with transaction.atomic():
                execution.execute(proposal=self.proposal, by=rounds.SYSTEM, clock=cast.at(moment(now)))
        except execution.NOT_TRIED:
            pass

    def cast(self, who: str, said: str, now: float) -> bool:
        """A ballot; an objection with words of its own."""
        reason, missing = (self._words(), "More.") if said == "object" else ("", "")
        clock, by, held = cast.at(moment(now)), self.members[who], self.held.pk
        return self._try(
            lambda: ballots.cast(round_id=held, by=by, choice=said, reason=reason, missing=missing, clock=clock), now
        )

    def _ask(self, kind: str, who: str, until: float, now: float) -> bool:
        until_at, clock = None if kind == "cancel" else moment(until), cast.at(moment(now))
        return self._try(
            lambda: motions.ask(
                round_id=self.held.pk, kind=kind, reason="Why.", by=self.members[who], until_at=until_at, clock=clock
            ),
            now,
            works=False,
        )

    def hold(self, who: str, until: float, now: float) -> bool:
        """Time to think."""
        return self._ask("hold", who, until, now)

    def ask(self, kind: str, who: str, until: float, now: float) -> bool:
        """A later deadline, or a cancellation."""
        return self._ask(kind, who, until, now)

    def _answer(self, motion: Motion, who: str, now: float) -> bool:
        by, clock = self.members[who], cast.at(moment(now))
        return self._try(
            lambda: motions.answer(round_id=motion.round_id, number=motion.number, by=by, clock=clock), now
        )

    def release(self, who: str, now: float) -> bool:
        """The end of one's own hold."""
        return self._answer(Motion.objects.get(round=self.held, kind="hold", asked_by=self.members[who]), who, now)

    def second(self, kind: str, who: str, now: float) -> bool:
        """Another member's word."""
        return self._answer(Motion.objects.filter(round=self.held, kind=kind).order_by("-number")[0], who, now)

    def go_on(self, who: str, now: float) -> bool:
        """The next round."""
        by, clock = self.members[who], cast.at(moment(now))
        return self._try(
            lambda: rounds.open_next(proposal=self.proposal, changes="New.", by=by, clock=clock), now, works=False
        )

    def sweep(self, now: float) -> None:
        """What the worker does every minute."""
        rounds.close_due(clock=cast.at(moment(now)))
        self._work(now)

    def people(self, what: str, who: str, until: float, now: float) -> bool:
        """Somebody joins, leaves, goes on leave, recuses themself."""
        at, today = moment(now), moment(now).astimezone(ZONE).date()
        if what == "join":
            self.members[who] = memberships.join(
                handle=who, name=who, joined_on=today, decided_by="import", by="import", at=at
            )
            return True
        member = self.members[who]
        last = (moment(until) - timedelta(hours=1)).astimezone(ZONE).date()
        acts: dict[str, Callable[[], object]] = {
            "leave": lambda: memberships.declare_exit(member=member, exited_on=last, by=member, at=at),
            "away": lambda: leaves.declare(member=member, first_on=today, last_on=last, by=member, at=at),
            "recuse": lambda: recusals.recuse(proposal=self.proposal, by=member, reason="Why.", clock=cast.at(at)),
        }
        return self._try(acts[what], now, works=False)

    def told(self, now: float) -> dict[str, Any]:
        """As the story tells it."""
        held = self.held
        (row,) = rows_of([Proposal.objects.get(pk=self.proposal.pk)], reader=VISITOR, at=moment(now))
        return {
            "round": held.number,
            "result": Outcome.objects.filter(round=held).values_list("result", flat=True).first() or "",
            "state": str(row.state),
            "seats": sorted(held.seats.values_list("member__handle", flat=True)),
        }

    def broken(self) -> list[str]:
        """What does not hold of what was written: the chains, and a journal that knows too much or too little."""
        said = list(replays.broken_proposals())
        cast_ballots = Ballot.objects.filter(proposal=self.proposal)
        if self.story.hidden:
            cast_ballots = cast_ballots.filter(seat__round__outcome__isnull=False)
        told = set(Entry.objects.filter(verb="ballot.cast").values_list("data__receipt", flat=True))
        if told != set(cast_ballots.values_list("receipt", flat=True)):
            said.append("the journal has other ballots than those that may be told")
        return said
