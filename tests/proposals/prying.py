"""Reading everything that can be read, as everybody: what is compared before and after something secret happened."""

import re
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import django.utils.timezone
import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

import journal.clock
from accounts.models import User
from proposals.models import Ballot, Seat
from tests.cast import Cast
from tests.test_routes import address, routes

Answers = dict[tuple[str, str], tuple[Any, ...]]
# What a page makes for itself: the token of its forms, and the nonce of a message to sign.
OWN = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ?"|&quot;X-CSRFToken&quot;: ?&quot;|Nonce: )[\w-]+')
VOLATILE = {"Date", "Set-Cookie", "Expires"}
# Leaving, or asking for what is limited by the hour, would change what the next one reads.
LEFT_OUT = {"account_logout", "admin:logout"}
# Of ballots: an old one of the proposal, and those that would come next.
NUMBERS = (1, 3, 4)


def stand_still(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Every clock of the application shows one moment."""
    asked = journal.clock.database_clock
    for module in list(sys.modules.values()):
        if getattr(module, "database_clock", None) is asked:
            monkeypatch.setattr(module, "database_clock", lambda: moment)
    monkeypatch.setattr(django.utils.timezone, "now", lambda: moment)


def everything(cast: Cast) -> list[str]:
    """An address of every route that can be read."""
    return [address(name, arguments, cast) for name, arguments in sorted(set(routes())) if name not in LEFT_OUT]


def near(proposals: Iterable[int]) -> list[str]:
    """Where the ballots of some proposals would show first, by every number that somebody could try."""
    found = ["/", "/proposals/", "/journal/", "/journal/feed/", "/api/v1/journal/", "/api/v1/journal/links/?after=0"]
    found += [f"/api/v1/proposals/{query}" for query in ("", "?state=open", "?state=decided", "?size=1")]
    for number in proposals:
        page, api = f"/proposals/{number}/", f"/api/v1/proposals/{number}/"
        found += [page, api, f"{page}verdict/", f"{page}ballots/", f"{page}dossier.json", f"{api}dossier/"]
        found += [f"{page}evidence/", f"{page}?receipt=own", f"{api}evidence/", f"{api}candidacies/", f"{api}comments/"]
        for tried in NUMBERS:
            found += [f"{page}?receipt={tried}", f"{page}ballots/?receipt={tried}"]
            found += [f"{page}ballots/{tried}/signature/", f"{api}ballots/{tried}/signature/"]
            found += [f"{page}rounds/{tried}/receipts.json", f"{api}rounds/{tried}/receipts/"]
    return found


def administered() -> Iterator[str]:
    """Lists, rows and questions of the administration that a ballot could answer."""
    for model in ("proposal", "round", "ballot", "outcome"):
        lists = reverse(f"admin:proposals_{model}_changelist")
        questions = (
            "o=-1",
            "choice=for",
            "seat__round=1",
            "rounds__seats__ballots__choice=for",
            "seats__ballots__seq=1",
        )
        yield from (lists, *(f"{lists}?{question}" for question in questions))
        for key in NUMBERS:
            yield reverse(f"admin:proposals_{model}_change", args=[key])
            yield reverse(f"admin:proposals_{model}_history", args=[key])
    for kind in ContentType.objects.get_for_models(Ballot, Seat).values():
        yield from (reverse("admin:view_on_site", args=[kind.pk, key]) for key in NUMBERS)


def read(readers: dict[str, User | None], paths: Iterable[str]) -> Answers:
    """(who, address) to status, headers and body, without what a page makes for itself."""
    found: Answers = {}
    paths = list(paths)
    for who, user in readers.items():
        client = Client(raise_request_exception=False)
        if user is not None:
            client.force_login(user)
        for path in paths:
            response = client.get(path)
            headers = tuple(sorted((key, value) for key, value in response.items() if key not in VOLATILE))
            body = b"".join(response) if response.streaming else response.content
            found[who, path] = (response.status_code, headers, OWN.sub(b"", body))
    return found


def differences(before: Answers, after: Answers) -> list[tuple[str, str]]:
    """Who was told something, and where."""
    return [place for place, answer in before.items() if answer != after[place]]
