"""Comments: who writes until when, answers, taking back, how many; what the database refuses and verify finds."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from journal.hashing import salted
from journal.models import Entry
from journal.refusals import Refusal
from members.models import Application, Member
from members.services import applications, memberships
from proposals import invariants
from proposals.models import Comment, CommentWords, Execution, Proposal, Retraction, Round
from proposals.refusals import comments as no
from proposals.selectors.guards import missing_guards
from proposals.services import comments, execution, proposing, rounds
from tests.proposals.cast import DAY, DEADLINE, HOUR, NOW, applicant, at, found, opened, vote
from tests.proposals.test_verify import tamper

pytestmark = pytest.mark.django_db
LATER = NOW + HOUR
INSERT = "INSERT INTO proposals_comment (proposal_id, number, member_id, answers_id, digest, written_at) %s"
BARE = "(SELECT id FROM proposals_proposal WHERE application_id IS NULL) p"


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


@pytest.fixture
def held(group: list[Member]) -> Round:
    return opened(group[0])[1]


def user(who: Member | User) -> User:
    account = who.user if isinstance(who, Member) else who
    assert account is not None
    return account


def say(
    where: Round | Proposal, who: Member | User, text: str = "I agree.", moment: datetime = LATER, **more: Any
) -> Comment:
    proposal = where.proposal if isinstance(where, Round) else where
    return comments.write(proposal=proposal, text=text, by=user(who), clock=at(moment), **more)


def take_back(comment: Comment, who: Member | User, moment: datetime = LATER + HOUR) -> Retraction:
    return comments.take_back(comment=comment, by=user(who), clock=at(moment))


def noor() -> User:
    return Application.objects.get().user


def said() -> list[str]:
    return list(invariants.comments())


def test_a_comment_is_kept_with_a_salted_digest_of_its_words(group: list[Member], held: Round) -> None:
    first = say(held, group[1], "  \n**Why** now?\x00\r\n ")
    assert (first.number, first.member, first.written_at) == (1, group[1], LATER)
    assert first.words.text == "**Why** now?"
    assert first.digest == salted(first.words.salt, "**Why** now?")
    entry = Entry.objects.get(verb="comment.write")
    assert (entry.subject, entry.actor, entry.at) == ("proposal/1/comment/1", "member:ben", LATER)
    assert entry.data == {"number": 1, "answers": None, "digest": first.digest}
    assert say(held, group[2]).number == 2
    assert said() == []


def test_the_applicant_writes_on_the_own_admission_alone(group: list[Member], held: Round) -> None:
    assert say(held, noor()).member is None
    assert Entry.objects.get(verb="comment.write").actor == f"user:{noor().pk}"
    resolution = proposing.propose(kind="resolution", params={"title": "Another"}, text="Because.", by=group[0], at=NOW)
    otto, eve = applicant("Otto", "otto"), applicant("Eve", "eve")
    for stranger, where in ((noor(), resolution), (otto, held), (eve, resolution)):
        with pytest.raises(no.CommentMembersOnly):
            say(where, stranger)
    assert said() == []


def test_who_left_writes_no_more_and_takes_back_all_the_same(group: list[Member], held: Round) -> None:
    kept = say(held, group[2])
    memberships.declare_exit(member=group[2], exited_on=NOW.date(), by="import", at=NOW)
    say(held, group[2], "On the last day.")
    with pytest.raises(no.CommentMembersOnly):
        say(held, group[2], "Late.", NOW + DAY)
    take_back(kept, group[2], NOW + DAY)
    assert said() == []


def test_who_is_to_be_removed_has_a_say(group: list[Member]) -> None:
    removal = proposing.propose(kind="removal", params={"handle": "chen"}, text="Because.", by=group[0], at=NOW)
    assert say(removal, group[2]).member == group[2]


@pytest.mark.parametrize(
    ("text", "expected"), [("", no.CommentMissing), (" \n\x07", no.CommentMissing), ("x" * 4001, no.CommentTooLong)]
)
def test_what_is_no_comment(group: list[Member], held: Round, text: str, expected: type[Refusal]) -> None:
    with pytest.raises(expected):
        say(held, group[0], text)
    assert not Comment.objects.exists()
    assert say(held, group[0], "x" * 4000)


def test_it_is_open_after_a_round_that_did_not_pass_and_closed_after_one_that_did(group: list[Member]) -> None:
    proposal = proposing.propose(kind="resolution", params={"title": "A"}, text="Because.", by=group[0], at=NOW)
    # The deadline alone ends nothing.
    say(proposal, group[0], moment=DEADLINE)
    rounds.close_due(clock=at(DEADLINE))
    say(proposal, group[0], "It was rejected: why?", DEADLINE + HOUR)
    again = rounds.open_next(proposal=proposal, changes="Nothing.", by=group[0], clock=at(DEADLINE + HOUR))
    for member in group:
        vote(again, member, moment=DEADLINE + 2 * HOUR)
    say(proposal, group[0], "Now it will pass.", DEADLINE + 2 * HOUR)
    rounds.close_due(clock=at(again.deadline_at))
    with pytest.raises(no.CommentsClosed):
        say(proposal, group[0], "Late.", again.deadline_at)
    execution.execute(proposal=proposal, by=rounds.SYSTEM, clock=at(again.deadline_at))
    assert Execution.objects.exists()
    with pytest.raises(no.CommentsClosed):
        say(proposal, group[0], "Later.", again.deadline_at + 31 * DAY)


def test_a_success_that_expired_is_talked_about_again(group: list[Member]) -> None:
    proposal = proposing.propose(kind="resolution", params={"title": "A"}, text="Because.", by=group[0], at=NOW)
    for member in group:
        vote(proposal.rounds.get(), member)
    (outcome,) = rounds.close_due(clock=at(DEADLINE))
    assert outcome.expires_at is not None
    with pytest.raises(no.CommentsClosed):
        say(proposal, group[0], moment=outcome.expires_at - timedelta(microseconds=1))
    say(proposal, group[0], moment=outcome.expires_at)


def test_a_withdrawn_application_closes_it(group: list[Member], held: Round) -> None:
    applications.withdraw(application=Application.objects.get(), by=noor(), at=LATER)
    with pytest.raises(no.CommentsClosed):
        say(held, group[0])


def test_answers_go_one_level_deep_and_to_what_stands(group: list[Member], held: Round) -> None:
    first, other = say(held, group[0]), opened(group[0], handle="otto")[1]
    answer = say(held, group[1], "Why?", answers=first.number)
    assert (answer.number, answer.answers) == (2, first)
    with pytest.raises(no.AnswerTooDeep):
        say(held, group[0], answers=answer.number)
    for where, number in ((held, 7), (held, 0), (held, -1), (other, 1)):
        with pytest.raises(no.UnknownComment):
            say(where, group[0], answers=number)
    take_back(first, group[0])
    with pytest.raises(no.CommentGone):
        say(held, group[2], answers=first.number)
    assert said() == []


def test_the_pace_is_counted_by_an_index(group: list[Member], held: Round) -> None:
    """Among many comments of others, as a member and as an applicant."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            INSERT % "SELECT %s, n, CASE WHEN n %% 3 > 0 THEN %s + n %% 3 END, NULL, repeat('0', 64),"
            " %s::timestamptz - n * interval '1 minute' FROM generate_series(1, 20000) n",
            [held.proposal_id, group[0].pk, LATER],
        )
        cursor.execute("ANALYZE proposals_comment")
        cursor.execute("SET LOCAL session_replication_role = origin")
    with CaptureQueriesContext(connection) as queries:
        say(held, group[0])
    counts = [query["sql"] for query in queries if "COUNT(*)" in query["sql"] and '"written_at" >' in query["sql"]]
    assert len(counts) == 2
    for sql in counts:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "comment_of_an_hour" in plan, plan
        assert "Seq Scan on proposals_comment" not in plan, plan


def test_who_was_an_applicant_within_the_hour_is_counted_with_that(group: list[Member], held: Round) -> None:
    for number in range(20):
        say(held, noor(), f"Number {number}.")
    memberships.join(
        handle="noor", name="Noor", joined_on=NOW.date(), decided_by="import", by="import", at=NOW, user=noor()
    )
    with pytest.raises(no.TooManyComments):
        say(held, noor(), "As a member.", LATER + timedelta(minutes=59))
    say(held, noor(), "As a member.", LATER + HOUR)


def test_taking_back_erases_the_words_and_leaves_the_place(group: list[Member], held: Round) -> None:
    first = say(held, group[0], "A secret")
    say(held, group[1], "Oh.", answers=1)
    take_back(first, group[0])
    words = CommentWords.objects.get(comment=first)
    assert (words.salt, words.text) == ("", "")
    assert Retraction.objects.get().taken_back_at == LATER + HOUR
    entry = Entry.objects.get(verb="comment.take_back")
    assert (entry.subject, entry.actor, entry.data) == (
        "proposal/1/comment/1", "member:ana", {"number": 1, "digest": first.digest},
    )  # fmt: skip
    assert Comment.objects.count() == 2
    with pytest.raises(no.CommentGone):
        take_back(first, group[0])
    assert say(held, group[0], "Another").number == 3
    assert said() == []


def test_nobody_takes_back_what_others_wrote(group: list[Member], held: Round) -> None:
    mine, theirs = say(held, group[1]), say(held, noor())
    for who, comment in ((group[0], mine), (noor(), mine), (group[0], theirs), (group[1], theirs)):
        with pytest.raises(no.NotYourComment):
            take_back(comment, who)
    take_back(theirs, noor())
    assert said() == []


def test_the_same_words_twice_are_a_second_click(group: list[Member], held: Round) -> None:
    say(held, group[0], "Yes.")
    with pytest.raises(no.SameComment):
        say(held, group[0], "Yes. \n")
    say(held, group[1], "Yes.")
    say(held, group[0], "Yes.", answers=2)
    say(held, group[0], "No.")
    say(held, group[0], "Yes.")
    assert Comment.objects.count() == 5


def test_twenty_an_hour_over_all_proposals(group: list[Member], held: Round) -> None:
    other = opened(group[0], handle="otto")[1]
    for number in range(20):
        say(held if number % 2 else other, group[0], f"{number}", LATER + timedelta(minutes=number))
    with pytest.raises(no.TooManyComments):
        say(held, group[0], "One more.", LATER + HOUR - timedelta(microseconds=1))
    say(held, group[1], "Others may.", LATER + HOUR - timedelta(microseconds=1))
    say(held, group[0], "An hour after the first.", LATER + HOUR)


def test_twenty_an_hour_for_the_applicant_too(group: list[Member], held: Round) -> None:
    for number in range(20):
        say(held, noor(), f"{number}")
    with pytest.raises(no.TooManyComments):
        say(held, noor(), "One more.")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE proposals_comment SET number = 7",
        "DELETE FROM proposals_comment",
        "DELETE FROM proposals_commentwords",
        "UPDATE proposals_commentwords SET text = 'Other'",
        "UPDATE proposals_commentwords SET text = ''",
        "UPDATE proposals_commentwords SET salt = repeat('a', 32)",
        "DELETE FROM proposals_retraction",
        "UPDATE proposals_retraction SET taken_back_at = now()",
        "INSERT INTO proposals_retraction (comment_id, taken_back_at) SELECT id, now() FROM proposals_comment",
        INSERT % "SELECT proposal_id, 9, member_id, NULL, digest, written_at FROM proposals_comment WHERE number = 1",
        INSERT % "SELECT proposal_id, 4, member_id, id, digest, written_at FROM proposals_comment WHERE number = 2",
        INSERT % "SELECT proposal_id, 4, member_id, id, digest, written_at FROM proposals_comment WHERE number = 3",
        INSERT % f"SELECT id, 1, NULL, NULL, repeat('a', 64), now() FROM {BARE}",
        INSERT % f"SELECT p.id, 1, 1, c.id, c.digest, now() FROM {BARE}, proposals_comment c WHERE c.number = 1",
    ],
)
def test_the_database_refuses(group: list[Member], held: Round, change: str) -> None:
    proposing.propose(kind="resolution", params={"title": "A"}, text="Because.", by=group[0], at=NOW)
    say(held, group[0])
    say(held, group[1], "Why?", answers=1)
    take_back(say(held, group[2], "Gone."), group[2])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert said() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE proposals_commentwords SET text = 'Other' WHERE text <> ''",
        "UPDATE proposals_commentwords SET salt = 'a', text = 'Back again' WHERE text = ''",
        "UPDATE proposals_comment SET digest = repeat('a', 64) WHERE number = 1",
        "UPDATE proposals_comment SET written_at = written_at + interval '1 second'",
        "UPDATE proposals_comment SET member_id = NULL WHERE number = 1",
        "UPDATE proposals_comment SET answers_id = NULL WHERE number = 2",
        "UPDATE proposals_retraction SET taken_back_at = now()",
        "DELETE FROM proposals_retraction",
        "DELETE FROM proposals_commentwords",
        "INSERT INTO proposals_retraction (comment_id, taken_back_at) SELECT min(id), now() FROM proposals_comment",
    ],
)
def test_verify_finds_what_was_altered(group: list[Member], held: Round, change: str) -> None:
    say(held, group[0])
    say(held, group[1], "Why?", answers=1)
    take_back(say(held, group[2], "Gone."), group[2])
    tamper(change)
    assert said() != []


def test_words_of_an_erased_person_are_no_finding(group: list[Member], held: Round) -> None:
    say(held, group[0])
    CommentWords.objects.update(salt="", text="")
    assert said() == []


@pytest.mark.parametrize("table", ["comment", "commentwords", "retraction"])
def test_verify_misses_a_guard_that_is_gone(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE proposals_{table} DISABLE TRIGGER proposals_{table}_guard")
    assert list(missing_guards()) == [f"proposals_{table}: the trigger that holds its rules is missing or switched off"]
