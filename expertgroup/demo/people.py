"""Founding, leaders' terms, admissions, and the two applications that are open today."""

from datetime import date, datetime, timedelta

from accounts.models import User
from accounts.services.people import prove_address, user_for_email
from charter.rules.quarters import Quarter
from expertgroup.demo import texts
from expertgroup.demo.cast import (
    CANDIDATE,
    CLIENT_CONTACT,
    DEPUTY,
    FOUNDERS,
    INTERVIEWEE,
    JOINERS,
    LEADERS,
    MISSING_VOTES,
    TREASURER,
    Person,
)
from expertgroup.demo.script import FIRST_MONTH, ZONE, Script
from journal.services import jobs
from members.models import Application, Member
from members.selectors.people import active_on, leader_on
from members.services import applications, interviews, terms
from members.services.groups import Founder, found
from proposals.models import Proposal
from proposals.services import admissions, ballots, rounds

GROUP_NAME = "Technical Expert Group"
BY = "demo"


def write(script: Script) -> None:
    """Everything that concerns people, from the founding to today."""
    script.add(script.at(script.first_day, "09:00"), _found, script=script)
    for quarter, handle in list(zip(script.quarters, LEADERS, strict=True))[1:]:
        _seat(script, quarter, handle)
    for person in JOINERS:
        _admission(script, person)
    _interviewee(script)
    _candidate(script)


def user_of(person: Person, at: datetime) -> User:
    """The person's user, with an address that counts as proved: nobody reads mail in a demo."""
    user = user_for_email(person.email, name=person.name, at=at)
    prove_address(user=user)
    return user


def member(handle: str) -> Member:
    """One of the members."""
    return Member.objects.get(handle=handle)


def leader(at: datetime) -> Member:
    """Who leads on the day of a moment."""
    term = leader_on(at.astimezone(ZONE).date())
    assert term is not None, "the demo's history always has a leader"
    assert term.member is not None
    return term.member


def _found(at: datetime, script: Script) -> None:
    first, deputy = LEADERS[0], DEPUTY
    for person in (*FOUNDERS, TREASURER, CLIENT_CONTACT):
        user_of(person, at)
    found(
        name=GROUP_NAME,
        founders=[
            Founder(person.handle, person.name, person.email, script.day(-200 - 11 * number))
            for number, person in enumerate(FOUNDERS)
        ],
        leader=first,
        deputy=deputy,
        treasurer_email=TREASURER.email,
        founded_on=script.first_day,
        by=BY,
        at=at,
    )


def _seat(script: Script, quarter: Quarter, handle: str) -> None:
    first = quarter.first_day(FIRST_MONTH)
    # The deputy cannot decide for themselves: whoever leads next quarter stands in.
    deputy = DEPUTY if handle != DEPUTY else LEADERS[2]
    script.add(
        # From the first minute on: on whatever hour of that day the demo is built, somebody leads.
        script.at(first, "00:00"),
        _seat_now,
        handle=handle,
        deputy=deputy,
        quarter=quarter,
        ends_on=script.term_ends_on if quarter == script.quarters[-1] else quarter.last_day(FIRST_MONTH),
    )


def _seat_now(at: datetime, handle: str, deputy: str, quarter: Quarter, ends_on: date) -> None:
    terms.seat_leader(
        member=member(handle),
        starts_on=quarter.first_day(FIRST_MONTH),
        ends_on=ends_on,
        deputy=member(deputy),
        decided_by="election by show of hands",
        by=BY,
        at=at,
    )


def _apply(sent: datetime, person: Person, *, weak: bool = False) -> Application:
    user = user_of(person, sent)
    answers = texts.weak_application(person) if weak else texts.application(person)
    applications.save_draft(
        user=user,
        changes={**answers, "builder_since": sent.astimezone(ZONE).date() - timedelta(days=75)},
        at=sent,
    )
    return applications.submit(application=_application(person), by=user, at=sent)


def _application(person: Person) -> Application:
    return Application.objects.get(user__email=person.email)


def _confirm_and_interview(at: datetime, person: Person) -> None:
    by = leader(at)
    application = _application(person)
    assert application.builder_since is not None
    applications.confirm_builder(
        application=application,
        since=application.builder_since,
        url=f"https://forum.example/t/builder-{person.handle}",
        by=by,
        at=at,
    )
    interviews.record(
        application=application,
        held_on=at.date(),
        minutes=50,
        interviewers=[member("sun"), member("aisha")],
        answers=texts.interview_answers(person),
        summary=texts.interview_summary(person),
        by=by,
        at=at,
    )


def _admission(script: Script, person: Person) -> None:
    """One that went through in its first round: sent, interviewed, put to the vote, unanimous, executed."""
    assert person.admitted_days_in is not None
    sent = script.day(person.admitted_days_in)
    script.add(script.at(sent, "10:15"), _apply, person=person)
    script.add(script.at(sent + timedelta(days=4), "16:00"), _confirm_and_interview, person=person)
    opened = sent + timedelta(days=6)
    script.add(script.at(opened, "09:30"), _open, person=person)
    for number, hour in enumerate(("11:10", "12:40", "15:05", "16:30", "18:20", "19:45", "21:05", "21:50")):
        moment = script.at(opened + timedelta(days=1 + number // 4), hour)
        script.add(moment, _vote_in_turn, person=person, number=number)
    script.add(script.at(opened + timedelta(days=3), "09:00"), _close)


def _open(at: datetime, person: Person) -> Proposal:
    return admissions.open_admission(application=_application(person), by=leader(at), at=at)


def _proposal(person: Person) -> Proposal:
    return Proposal.objects.get(application__user__email=person.email)


def _vote_in_turn(at: datetime, person: Person, number: int) -> None:
    current = _proposal(person).rounds.latest("number")
    seats = list(current.seats.select_related("member"))
    if number < len(seats):
        _cast(current.pk, seats[number].member, at)


def _cast(round_id: int, voter: Member, at: datetime, choice: str = "for", reason: str = "", missing: str = "") -> None:
    ballots.cast(round_id=round_id, by=voter, choice=choice, reason=reason, missing=missing, clock=lambda: at)


def _close(at: datetime) -> None:
    rounds.close_due(clock=lambda: at)
    # The worker's part: what passed is carried out on that day.
    jobs.run_due(clock=lambda: at)


def _interviewee(script: Script) -> None:
    """Jun's application is in; the interview comes next."""
    sent = script.now - timedelta(days=9, hours=3)
    script.add(sent, _apply, person=INTERVIEWEE)


def _candidate(script: Script) -> None:
    """Noor: one objection in round 1, more information, round 2 open with two votes missing."""
    # The second round ends tomorrow at eight in the evening, seven days after it opened.
    second = script.at(script.today - timedelta(days=6), "20:00")
    first = second - timedelta(days=6)
    script.add(first - timedelta(days=14), _apply, person=CANDIDATE, weak=True)
    script.add(first - timedelta(days=5), _confirm_and_interview, person=CANDIDATE)
    script.add(first, _open, person=CANDIDATE)
    script.add(first + timedelta(days=1, hours=2), _vote_in_turn, person=CANDIDATE, number=0)
    script.add(first + timedelta(days=1, hours=5), _vote_in_turn, person=CANDIDATE, number=1)
    script.add(first + timedelta(days=4), _object)
    script.add(second - timedelta(days=1), _add_information)
    script.add(second, _second_round)
    for number in range(8):
        clock = ("10:12", "19:41")[number % 2]
        moment = script.at(second.date() + timedelta(days=1 + number // 2), clock)
        script.add(moment, _vote_in_second_round, number=number)


def _object(at: datetime) -> None:
    current = _proposal(CANDIDATE).rounds.latest("number")
    _cast(current.pk, member("marek"), at, "object", texts.OBJECTION, texts.OBJECTION_MISSING)


def _add_information(at: datetime) -> None:
    application = _application(CANDIDATE)
    applications.save_draft(user=application.user, changes=texts.application(CANDIDATE), at=at)


def _second_round(at: datetime) -> None:
    rounds.open_next(proposal=_proposal(CANDIDATE), changes=texts.CHANGES, by=leader(at), clock=lambda: at)


def _vote_in_second_round(at: datetime, number: int) -> None:
    current = _proposal(CANDIDATE).rounds.latest("number")
    voters = [one for one in active_on(current.opened_at.date()) if one.handle not in MISSING_VOTES]
    if number < len(voters):
        _cast(current.pk, voters[number], at)
