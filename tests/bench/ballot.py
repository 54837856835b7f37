"""Casting a ballot over HTTP: against the same lock and rows without rules, and against one bare INSERT (row 3).

One client, one connection that is kept, every request by the next member with a session of their own; each member casts
once a round, before its earliest end, as most ballots are. Every answer is a redirect, and every redirect has its row.
"""

import http.client
import itertools
import secrets
from collections.abc import Callable, Iterator
from urllib.parse import urlencode, urlsplit

from tests.bench.report import Report
from tests.bench.web import gunicorn

MEMBERS, PROPOSALS = 25, 25
# Requests that are sent one after the other before the next subject has its turn.
BATCH = 5
CASTS = MEMBERS * PROPOSALS
WARM = 5
MINIMAL_LIMIT, BARE_LIMIT = 1.3, 2.2
# An address, a form's body, the cookies of who sends it.
Request = tuple[str, str, dict[str, str]]
BARE_TABLE = """
CREATE TABLE bench_bare (id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES accounts_user,
  seat_id bigint NOT NULL, choice text NOT NULL, cast_at timestamptz NOT NULL)
"""


def run(report: Report) -> None:
    """Ratios of medians: ballot over minimal, ballot over bare."""
    from django.db import connection

    ballots, floors = _requests()
    with connection.cursor() as cursor:
        cursor.execute(BARE_TABLE)
    with gunicorn("tests.bench.ballot_site:application", threads=2) as url:
        client = http.client.HTTPConnection(urlsplit(url).netloc)
        subjects = {
            "ballot with all rules": _sender(client, iter(ballots)),
            "same lock and rows, no rules": _sender(client, _at("/bench/minimal/", floors)),
            "bare view, one INSERT": _sender(client, _at("/bench/bare/", floors)),
        }
        medians = report.medians(subjects, rounds=CASTS // BATCH - WARM, warm=WARM)
        client.close()
    ballot, minimal, bare = medians.values()
    report.ratio("ballot over HTTP / same lock and rows", ballot, minimal, limit=MINIMAL_LIMIT)
    report.ratio("ballot over HTTP / bare view with one INSERT", ballot, bare, limit=BARE_LIMIT)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT verb, count(*) FROM journal_entry WHERE verb ~ 'ballot.cast|bench' GROUP BY 1 ORDER BY 1"
        )
        assert cursor.fetchall() == [("ballot.cast", CASTS), ("bench.minimal", CASTS)]


def _requests() -> tuple[list[Request], list[Request]]:
    """What is sent for the ballots, and for the two floors: one more proposal, whose seats only the floors use."""
    from django.conf import settings

    from journal.clock import database_clock
    from proposals.models import Proposal, Round, Seat
    from tests.proposals import cast

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    members = cast.found([f"member-{number:02d}" for number in range(MEMBERS)], users=True)
    jars = {member.pk: _signed_in(member.user) for member in members}
    ballots: list[Request] = []
    held: Round
    for number in range(PROPOSALS + 1):
        proposal, held = cast.opened(members[0], moment=database_clock(), handle=f"applicant-{number:02d}")
        body = urlencode({"round": held.pk, "choice": "for", "reason": "", "missing": ""})
        ballots += [(f"/proposals/{proposal.number}/ballot/", body, jars[member.pk]) for member in members]
    last = Proposal.objects.get(number=PROPOSALS + 1)
    floors = [
        ("", urlencode({"proposal": last.pk, "seat": seat.pk, "choice": "for"}), jars[seat.member_id])
        for seat in Seat.objects.filter(round=held)
    ]
    return ballots[:CASTS], floors


def _signed_in(user: object) -> dict[str, str]:
    """The headers of a browser that is signed in."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session, token = SessionStore(), secrets.token_hex(16)
    session[SESSION_KEY] = str(user.pk)  # type: ignore[attr-defined]
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()  # type: ignore[attr-defined]
    session.save()
    return {
        "Cookie": f"sessionid={session.session_key}; csrftoken={token}; language=en",
        "X-CSRFToken": token,
        "Content-Type": "application/x-www-form-urlencoded",
    }


def _at(path: str, requests: list[Request]) -> Iterator[Request]:
    return ((path, body, headers) for _path, body, headers in itertools.cycle(requests))


def _sender(client: http.client.HTTPConnection, requests: Iterator[Request]) -> Callable[[], None]:
    """Sends a batch of requests, each after the redirect of the one before."""

    def send() -> None:
        for path, body, headers in itertools.islice(requests, BATCH):
            client.request("POST", path, body, headers)
            response = client.getresponse()
            response.read()
            assert response.status == http.HTTPStatus.FOUND, f"{path}: {response.status}"

    return send
