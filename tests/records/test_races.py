"""Two imports at once, and an import beside a desk: the second judges what the first has left."""

from functools import partial
from pathlib import Path
from threading import Barrier

import pytest
from django.db.models import Sum

from consulting.models import Session
from expertgroup.records import loading
from expertgroup.records.importing import Imported, import_records
from expertgroup.records.problems import RecordsRefused
from tests.cast import AT
from tests.races import PATIENCE, at_once
from tests.records.sheets import SOUND, write
from treasury.models import Budget

pytestmark = pytest.mark.committed


def together(*directories: Path) -> list[list[Imported] | str]:
    """What each import brought, or was refused for; all begun at once, each on a connection of its own."""
    brought: dict[int, list[Imported] | str] = {}

    def run(place: int, directory: Path) -> None:
        try:
            brought[place] = import_records(directory, at=AT)
        except RecordsRefused as refused:
            brought[place] = str(refused)

    acts = [partial(run, place, directory) for place, directory in enumerate(directories)]
    assert at_once(*acts) == ["done"] * len(acts)
    return [brought[place] for place in range(len(acts))]


def test_the_same_directory_twice_at_once_comes_in_once(committed_db: str, tmp_path: Path) -> None:
    directory = write(tmp_path)
    brought = together(directory, directory, directory)
    sums = sorted(sum(part.new for part in parts) for parts in brought if not isinstance(parts, str))
    assert sums == [0, 0, sum(map(len, SOUND.values()))]


def test_a_week_is_not_filled_by_two_imports_at_once(committed_db: str, tmp_path: Path) -> None:
    import_records(write(tmp_path / "sound"), at=AT)
    row = "{0},E-1,zoe,2026-05-04,6,150"
    outcomes = together(
        *(write(tmp_path / name, {"sessions.csv": [row.format(name)]}, only=True) for name in ("one", "two"))
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["list", "str"]
    assert Session.objects.filter(held_on="2026-05-04").aggregate(hours=Sum("hours_centi")) == {"hours": 600}


def test_without_the_locks_the_week_is_oversold(
    committed_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_records(write(tmp_path / "sound"), at=AT)
    loaded, load = Barrier(2), loading.load

    def load_together(*args: object) -> object:
        state = load(*args)  # type: ignore[arg-type]
        loaded.wait(PATIENCE)
        return state

    monkeypatch.setattr(loading, "lock", lambda sheets: None)
    monkeypatch.setattr(loading, "load", load_together)
    row = "{0},E-1,zoe,2026-05-04,6,150"
    outcomes = together(
        *(write(tmp_path / name, {"sessions.csv": [row.format(name)]}, only=True) for name in ("one", "two"))
    )
    assert [type(outcome).__name__ for outcome in outcomes] == ["list", "list"]
    assert Session.objects.filter(held_on="2026-05-04").aggregate(hours=Sum("hours_centi")) == {"hours": 1200}


def test_a_budget_is_not_overspent_by_two_imports_at_once(committed_db: str, tmp_path: Path) -> None:
    import_records(write(tmp_path / "sound"), at=AT)
    row = "{0},zoe,2026-05-04,10,P,d,,approved,amy,2026-05-05"
    outcomes = together(
        *(write(tmp_path / name, {"claims.csv": [row.format(name)]}, only=True) for name in ("one", "two"))
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["list", "str"]
    assert Budget.objects.get().approved_e8 == (200 + 1000) * 60_000_000
