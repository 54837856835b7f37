"""What is wrong with a directory of records: collected, then told in the order of the files."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.functional import Promise

from journal import writing


@dataclass(frozen=True)
class Problem:
    """One cell that cannot be taken. `line` is the physical line on which the row starts; the header is line 1."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}: {self.column}: {self.reason}"
        # One line a problem, whatever its cell holds; and no cell speaks to the terminal.
        return "".join(sign if sign.isprintable() or sign == writing.SPACE else repr(sign)[1:-1] for sign in text)


@dataclass
class Problems:
    """Every problem of one import, each cell's once: the first reason is the one to act on."""

    _found: dict[tuple[str, int, str], Problem] = field(default_factory=dict)

    def add(self, file: str, line: int, column: str, reason: str | Promise) -> None:
        """Notes a problem; a second one of the same cell is dropped."""
        self._found.setdefault((file, line, column), Problem(file, line, column, str(reason)))

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found.values())

    def __len__(self) -> int:
        return len(self._found)

    def ordered(self, files: list[str]) -> list[Problem]:
        """By file in the order of reading, then by line; columns of one line in the order they were found."""
        return sorted(self, key=lambda problem: (files.index(problem.file), problem.line))


class RecordsRefused(Exception):
    """Nothing was imported; `problems` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))
