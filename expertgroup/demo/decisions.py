"""What the group decides now: an election, an amendment, a hidden budget, one that waits, one held, two passed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from charter import selectors as charter
from expertgroup.demo import words
from expertgroup.demo.people import leader, member
from expertgroup.demo.script import FIRST_MONTH, TERM_LEFT, Script
from journal.services import jobs
from proposals.models import Proposal, Round
from proposals.services import ballots, candidacies, comments, elections, motions, openings, proposing, recusals, rounds

MICRO = 1_000_000
# Who has voted in what runs; the others can still be played.
VOTERS = ("marek", "chen", "priya", "kwame")
EVERYBODY = ("aisha", "chen", "kwame", "lin", "marek", "priya", "sun", "tomas")


def write(script: Script) -> None:
    """Each of them at its days before now."""
    group = Decisions(script)
    group.election()
    group.amendment()
    group.budget()
    group.announced()
    group.held()
    group.passed(27, words.ADVICE, words.ADVICE_WHY, "tomas")
    group.passed(9, words.RULE, words.RULE_WHY, "sun", waits=5)


def work(at: datetime) -> None:
    """The worker's part: it opens, closes and carries out what is due."""
    openings.open_due(clock=lambda: at)
    rounds.close_due(clock=lambda: at)
    jobs.run_due(clock=lambda: at)


def put_forward(at: datetime) -> None:
    """The worker's part before a term ends."""
    elections.put_forward_due(clock=lambda: at)


@dataclass
class Decisions:
    """Adds their scenes; `made` remembers the proposals by a name of the play."""

    script: Script
    made: dict[str, int] = field(default_factory=dict)

    def _before(self, days: float, scene: Any, **given: object) -> None:
        self.script.add(self.script.now - timedelta(days=days), scene, **given)

    def _proposal(self, name: str) -> Proposal:
        return Proposal.objects.get(pk=self.made[name])

    def _round(self, name: str) -> Round:
        return Round.objects.filter(proposal=self.made[name]).latest("number")

    def propose(self, at: datetime, name: str, kind: str, by: str, text: str, **given: Any) -> None:
        """Puts one to the vote, or announces it."""
        made = proposing.propose(kind=kind, by=member(by), text=text, at=at, **given)
        self.made[name] = made.pk

    def vote(self, at: datetime, name: str, who: str, choice: str = "for", reason: str = "") -> None:
        """One member's ballot."""
        ballots.cast(round_id=self._round(name).pk, by=member(who), choice=choice, reason=reason, clock=lambda: at)

    def election(self) -> None:
        """Put forward by the worker three weeks before the term ends; three stand; it opens itself a week later.

        In the first days of a quarter the leader has just begun: then it still waits, and nobody has voted.
        """
        script = self.script
        first = script.quarters[2].first_day(FIRST_MONTH)
        begun = script.at(max(script.today - timedelta(days=TERM_LEFT), first), "00:00")
        script.add(begun, put_forward)
        for number, candidate in enumerate(words.CANDIDATES):
            script.add(begun + timedelta(days=1 + number, hours=3), self.stand, candidate=candidate)
        opened = begun + timedelta(days=7)
        script.add(opened, work)
        for number, (who, whom) in enumerate(words.VOTES_FOR_A_LEADER):
            script.add(opened + timedelta(hours=3 + 8 * number), self.vote_for, who=who, whom=whom)

    def stand(self, at: datetime, candidate: words.Candidate) -> None:
        """Somebody stands, with who would be the deputy."""
        self.made["election"] = Proposal.objects.get(kind=Proposal.Kind.ELECTION).pk
        candidacies.stand(
            proposal=self._proposal("election"),
            by=member(candidate.who),
            statement=candidate.statement,
            deputy=candidate.deputy,
            clock=lambda: at,
        )

    def vote_for(self, at: datetime, who: str, whom: str) -> None:
        """One vote in the election."""
        self.vote(at, "election", who, f"for:{whom}")

    def amendment(self) -> None:
        """A setting and the words of a clause in two languages, in one edition; somebody is against it."""
        self._before(3, self.propose_amendment)
        for number, who in enumerate(VOTERS):
            self._before(2.5 - number / 3, self.vote, name="amendment", who=who)
        self._before(1, self.vote, name="amendment", who="elena", choice="against", reason="One day was always enough.")

    def propose_amendment(self, at: datetime) -> None:
        """Two days of deliberation, and what the weekly report says."""
        texts = {"daily.2/en": words.REPORT, "daily.2/zh-Hans": words.REPORT_CHINESE}
        standing = charter.texts()
        params = {
            "changes": {"voting.min_hours": "48"},
            "effective_on": None,
            "texts": texts,
            "replaces": {key: standing.latest(key).digest for key in texts},
        }
        self.propose(at, "amendment", "amendment", "marek", words.AMENDMENT_WHY, params=params)

    def budget(self) -> None:
        """The next quarter's budget, hidden until it is closed; some have voted, and nobody knows who."""
        self._before(2, self.propose_budget)
        for number, who in enumerate(VOTERS[:3]):
            self._before(1.5 - number / 4, self.vote, name="budget", who=who)

    def propose_budget(self, at: datetime) -> None:
        """Ten heads, as many hours each as now."""
        heads, hours = 10, 6000
        params = {
            "quarter": str(self.script.quarters[2].next()),
            "headcount": heads,
            "hours_per_head_centi": hours,
            "pow_micro": heads * hours * 60 * MICRO // 100,
            "stipend_micro": 6600 * MICRO,
        }
        self.propose(at, "budget", "budget", leader(at).handle, words.BUDGET_WHY, params=params, hidden=True)

    def announced(self) -> None:
        """One that opens in two days: a member is recused, others talk about it."""
        opens_at = self.script.at(self.script.today + timedelta(days=2), "18:00")
        given = {"params": {"title": words.AUDIT}, "opens_at": opens_at}
        self._before(2.2, self.propose, name="audit", kind="resolution", by="aisha", text=words.AUDIT_WHY, **given)
        self._before(2, self.recuse, name="audit", who="marek", reason=words.RECUSED)
        for number, (who, answers, text) in enumerate(words.COMMENTS):
            self._before(1.8 - number / 3, self.comment, name="audit", who=who, text=text, answers=answers)

    def recuse(self, at: datetime, name: str, who: str, reason: str) -> None:
        """Somebody takes no part."""
        recusals.recuse(proposal=self._proposal(name), by=member(who), reason=reason, clock=lambda: at)

    def comment(self, at: datetime, name: str, who: str, text: str, answers: int | None) -> None:
        """Something said about it, or an answer."""
        by = member(who).user
        assert by is not None
        comments.write(proposal=self._proposal(name), text=text, by=by, answers=answers, clock=lambda: at)

    def held(self) -> None:
        """A round that two members made longer and that a third one holds."""
        given = {"params": {"title": words.OFFICE}}
        self._before(5, self.propose, name="office", kind="resolution", by="chen", text=words.OFFICE_WHY, **given)
        for number, who in enumerate(VOTERS):
            choice = "abstain" if who == "kwame" else "for"
            self._before(4.5 - number / 2, self.vote, name="office", who=who, choice=choice)
        self._before(1.5, self.extend, name="office")
        self._before(0.8, self.hold, name="office")

    def extend(self, at: datetime, name: str) -> None:
        """Asked by who put it forward, seconded an hour later."""
        held, later = self._round(name), at + timedelta(hours=1)
        asked = motions.ask(
            round_id=held.pk,
            kind="extend",
            reason=words.LONGER,
            by=member("chen"),
            until_at=held.deadline_at + timedelta(days=2),
            clock=lambda: at,
        )
        motions.answer(round_id=held.pk, number=asked.number, by=member("elena"), clock=lambda: later)

    def hold(self, at: datetime, name: str) -> None:
        """Time to think."""
        until_at, held = at + timedelta(hours=60), self._round(name)
        motions.ask(
            round_id=held.pk, kind="hold", reason=words.HOLD, by=member("priya"), until_at=until_at, clock=lambda: at
        )

    def passed(self, days: int, title: str, text: str, by: str, *, waits: int = 0) -> None:
        """One that has passed: carried out at once, or `waits` for a day to come."""
        on = self.script.today + timedelta(days=waits) if waits else None
        given = {"params": {"title": title}, "execute_on": on}
        self._before(days, self.propose, name=title, kind="resolution", by=by, text=text, **given)
        for number, who in enumerate(EVERYBODY[:6]):
            choice = "against" if who == "kwame" else "for"
            self._before(days - 1 - number / 2, self.vote, name=title, who=who, choice=choice)
        self._before(days - 7, work)
