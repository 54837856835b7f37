"""The site with two views more: what a ballot is measured against, under the same middleware and the same sign-in."""

import itertools
import os
import secrets
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "expertgroup.settings")

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path
from django.views.decorators.http import require_POST

application = get_wsgi_application()
settings.ROOT_URLCONF = __name__
_numbers = itertools.count(time.time_ns())

LOCK = "SELECT id FROM proposals_proposal WHERE id = %s FOR NO KEY UPDATE"
BALLOT = """
INSERT INTO proposals_ballot (seat_id, proposal_id, number, seq, choice, nonce, reason_digest, commitment, previous,
  receipt, cast_at) VALUES (%s, %s, %s, %s, 'for', %s, '', %s, %s, %s, clock_timestamp())
"""
ENTRY = """
INSERT INTO journal_entry (actor, verb, subject, data, at, digest)
VALUES ('member:bench', 'bench.minimal', 'proposal/0/round/1', '{}', clock_timestamp(), %s)
"""


@require_POST
@login_required
def minimal(request: HttpRequest) -> HttpResponse:
    """The same lock and the same rows as a ballot, without a rule, without a digest that means something."""
    proposal, seat = int(request.POST["proposal"]), int(request.POST["seat"])
    text, number = secrets.token_hex(32), next(_numbers)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK, [proposal])
        cursor.execute(BALLOT, [seat, proposal, number, number % 2_000_000_000, text[:32], text, text, text])
        cursor.execute(ENTRY, [text])
    return HttpResponseRedirect("/proposals/1/")


@require_POST
@login_required
def bare(request: HttpRequest) -> HttpResponse:
    """Session, user, CSRF and one INSERT in a transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_bare (user_id, seat_id, choice, cast_at) VALUES (%s, %s, %s, clock_timestamp())",
            [request.user.pk, int(request.POST["seat"]), request.POST["choice"]],
        )
    return HttpResponseRedirect("/proposals/1/")


urlpatterns = [
    path("bench/minimal/", minimal),
    path("bench/bare/", bare),
    path("", include("expertgroup.urls")),
]
