"""Counting a proposal with 10,000 electors and 30,000 ballots, and an election, each against the one statement for it.

The floor adds up the same rows in the same database and knows nothing of rules: no threshold, no arithmetic, no round.
Closing counts twice, once for the rules and once in the trigger that checks the outcome, and writes.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tests.bench.report import Report

if TYPE_CHECKING:
    from proposals.models import Round

ELECTORS, EACH, ROUNDS = 10_000, 3, 21
LIMIT = 3.0
CANDIDATES = ["ana", "m000007", "m000008", "m000009"]
ELECTORATE = """
INSERT INTO members_member (handle, name, email, builder_url, wallet)
  SELECT 'm' || lpad(n::text, 6, '0'), 'M', '', '', '' FROM generate_series(2, {electors}) n;
INSERT INTO members_membership (member_id, joined_on, decided_by)
  SELECT id, '2026-02-01', 'bench' FROM members_member WHERE handle LIKE 'm______'
"""
# Everybody votes, then everybody again in another order: the ballots of a seat lie apart, as they would.
BALLOTS = """
INSERT INTO proposals_ballot (seat_id, proposal_id, number, seq, choice, nonce, reason_digest, commitment, previous,
                              receipt, cast_at)
SELECT seat, proposal, number, seq, (%(choices)s::text[])[1 + (hash & 1023) %% cardinality(%(choices)s::text[])],
       md5(number::text), '', repeat(md5(number::text), 2), repeat(md5(number - 1 || '/' || proposal), 2),
       repeat(md5(number || '/' || proposal), 2), opened_at + number * interval '1 millisecond'
FROM (SELECT s.id AS seat, r.proposal_id AS proposal, seq, r.opened_at, hashint8(s.id * 8 + seq) AS hash,
             row_number() OVER (ORDER BY seq, hashint8(s.id * 8 + seq)) AS number
      FROM proposals_seat s JOIN proposals_round r ON r.id = s.round_id CROSS JOIN generate_series(1, %(each)s) seq
      WHERE r.id = %(round)s) AS cast_ballots ORDER BY number
"""
CURRENT = """
FROM proposals_seat s LEFT JOIN LATERAL (
  SELECT choice FROM proposals_ballot WHERE seat_id = s.id ORDER BY seq DESC LIMIT 1) b ON true
WHERE s.round_id = %s
"""
COUNT = f"""
SELECT count(*), count(*) FILTER (WHERE choice = 'for'), count(*) FILTER (WHERE choice = 'against'),
       count(*) FILTER (WHERE choice = 'abstain') {CURRENT}
"""
VOTES = f"SELECT choice, count(*) {CURRENT} GROUP BY choice"


def run(report: Report) -> None:
    """Ratios of medians: the tally over its statement, of a resolution and of an election; closing is told."""
    from proposals.selectors.counts import tally_of

    held, election = _filled()
    found, (seats, in_favour, against, abstained) = tally_of(held).count, _rows(COUNT, held)[0]
    assert (seats, found.seats, found.cast) == (ELECTORS, ELECTORS, ELECTORS)
    assert (found.in_favour, found.against, found.abstained) == (in_favour, against, abstained)
    votes = dict(_rows(VOTES, election))
    assert tally_of(election).as_json()["votes"] == [[handle, votes[f"for:{handle}"]] for handle in CANDIDATES]
    subjects: dict[str, Callable[[], None]] = {
        "tally": lambda: _done(tally_of(held)),
        "one statement": lambda: _done(_rows(COUNT, held)),
        "tally of an election": lambda: _done(tally_of(election)),
        "one statement of an election": lambda: _done(_rows(VOTES, election)),
        "closing, taken back": lambda: _close(held),
    }
    ours, floor, elected, votes_floor, closing = report.medians(subjects, rounds=ROUNDS, warm=3).values()
    report.ratio("tally of 10,000 electors, 30,000 ballots / one statement", ours, floor, limit=LIMIT)
    report.ratio("the same of an election / one statement", elected, votes_floor, limit=LIMIT)
    report.ratio("closing the round / one statement", closing, floor)


def _done(_result: object) -> None:
    """A subject returns nothing but seconds."""


def _rows(sql: str, held: "Round") -> Sequence[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, [held.pk])
        return list(cursor.fetchall())


def _close(held: "Round") -> None:
    """Everything that closing does, and nothing of it stays."""
    from django.db import transaction

    from proposals.services import locks, rounds

    with transaction.atomic():
        locks.hold(held.proposal_id)
        outcome = rounds.close_held(proposal_id=held.proposal_id, at=held.deadline_at)
        assert outcome is not None
        transaction.set_rollback(True)


def _filled() -> "tuple[Round, Round]":
    """A resolution and an election, both open, on which everybody has voted three times."""
    from django.db import connection

    from proposals.services import proposing
    from tests.proposals import cast

    (ana,) = cast.found(["ana"])
    with connection.cursor() as cursor:
        for statement in ELECTORATE.format(electors=ELECTORS).split(";\n"):
            cursor.execute(statement)
    resolution = proposing.propose(
        kind="resolution", params={"title": "We say so"}, text="Why.", by=ana, at=cast.NOW
    ).rounds.get()
    election = _election(resolution)
    votes = {resolution: ["for", "for", "against", "abstain"], election: [f"for:{handle}" for handle in CANDIDATES]}
    with connection.cursor() as cursor:
        for held, choices in votes.items():
            cursor.execute(BALLOTS, {"choices": [*choices, "abstain"], "each": EACH, "round": held.pk})
        cursor.execute("ANALYZE")
    return resolution, election


def _election(like: "Round") -> "Round":
    """An election with the same electorate; its rows are as good as any for counting them."""
    from django.db import connection, transaction

    from proposals.models import Proposal, Round

    with transaction.atomic():
        acts: list[Any] = []
        proposal = Proposal.objects.create(
            number=2, kind="election", proposed_by=like.opened_by, proposed_at=like.opened_at, acts=acts
        )
        held = Round.objects.create(
            proposal=proposal,
            number=1,
            rule=like.rule,
            edition=like.edition,
            digest="e" * 64,
            candidates=CANDIDATES,
            opened_by=like.opened_by,
            opened_at=like.opened_at,
            earliest_end_at=like.earliest_end_at,
            deadline_at=like.deadline_at,
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO proposals_seat (round_id, member_id, position)"
                " SELECT %s, member_id, position FROM proposals_seat WHERE round_id = %s",
                [held.pk, like.pk],
            )
    return held
