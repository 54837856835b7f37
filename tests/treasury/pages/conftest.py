"""The pages' clock stands at the cast's moment; somebody is signed in by name."""

from collections.abc import Callable
from typing import Any

import pytest

SignIn = Callable[[str], Any]


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Friday 20 November 2026 in the group's zone, whenever the tests run."""
    # Imports models: read when Django is set up, which is after this file.
    from tests.cast import AT

    monkeypatch.setattr("treasury.views.readers.database_clock", lambda: AT)


@pytest.fixture
def sign_in(cast: Any) -> SignIn:
    """`sign_in("lin")` is a browser in which lin is signed in; "" is a visitor."""
    from django.test import Client

    def browser(name: str) -> Client:
        client = Client()
        if name:
            client.force_login(cast.user(name))
        return client

    return browser
