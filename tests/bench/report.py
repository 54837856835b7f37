"""Measures subjects side by side and holds their ratios against what performance.md asks."""

import gc
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# A subject does its work once; it may return the seconds to count when part of it is only preparation.
Subject = Callable[[], float | None]


@dataclass(frozen=True)
class Ratio:
    """A subject's median over the floor's, and the most that is allowed (None: only told)."""

    name: str
    value: float
    limit: float | None

    @property
    def holds(self) -> bool:
        """Whether it is within its limit."""
        return self.limit is None or self.value <= self.limit


@dataclass
class Report:
    """Collects what one run measured and prints it as it goes."""

    ratios: list[Ratio] = field(default_factory=list)

    def title(self, text: str) -> None:
        """Begins a benchmark."""
        self.line(f"\n## {text}")

    def line(self, text: str) -> None:
        """Prints a line of the report."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def medians(self, subjects: Mapping[str, Subject], *, rounds: int = 7, warm: int = 1) -> dict[str, float]:
        """The median seconds of each subject; every round runs all of them, each round begins with another."""
        names = list(subjects)
        seconds: dict[str, list[float]] = {name: [] for name in names}
        for number in range(rounds + warm):
            start = number % len(names)
            for name in [*names[start:], *names[:start]]:
                taken = _timed(subjects[name])
                if number >= warm:
                    seconds[name].append(taken)
        found = {name: statistics.median(values) for name, values in seconds.items()}
        for name, values in seconds.items():
            spread = f"{min(values) * 1000:.1f} to {max(values) * 1000:.1f}"
            self.line(f"{name:<44} {found[name] * 1000:>10.1f} ms   ({spread}, {rounds} rounds)")
        return found

    def ratio(self, name: str, subject: float, floor: float, *, limit: float | None = None) -> Ratio:
        """Holds subject / floor against its limit; all are listed again at the end."""
        measured = Ratio(name, subject / floor, limit)
        self.ratios.append(measured)
        self.line(_row(measured))
        return measured

    def number(self, name: str, value: float, *, limit: float, unit: str) -> None:
        """Holds a figure that is no ratio (growth of memory, queries) against its limit."""
        self.ratios.append(Ratio(f"{name} [{unit}]", value, limit))
        self.line(_row(self.ratios[-1]))

    def finish(self) -> bool:
        """Prints all ratios; whether all hold."""
        self.line("\n## All ratios")
        for measured in self.ratios:
            self.line(_row(measured))
        return all(measured.holds for measured in self.ratios)


def _timed(subject: Subject) -> float:
    gc.collect()
    start = time.perf_counter()
    own = subject()
    return time.perf_counter() - start if own is None else own


def _row(measured: Ratio) -> str:
    allowed = "" if measured.limit is None else f" (at most {measured.limit:g})"
    return f"{measured.name:<60} {measured.value:>8.2f}{allowed}{'' if measured.holds else '  TOO MUCH'}"
