"""Limits that hold in the database's own cache, where there is no Redis."""

import pytest
from django.core.cache import cache

pytestmark = pytest.mark.django_db


def test_a_count_is_not_pushed_out_by_other_counts() -> None:
    """Django's database cache keeps 300 entries unless told otherwise, and drops them in the order of their keys."""
    cache.set("0-the-count", 9, 300)
    for number in range(320):
        cache.set(f"1-other-{number}", 1, 300)
    assert cache.get("0-the-count") == 9
