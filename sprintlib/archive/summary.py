"""What reading files of GH Archive came to, for the terminal and as JSON."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sprintlib.archive.events import ERAS, LACKS

_MOST_NAMED = 20


class BadLine(NamedTuple):
    """A line that is set aside. number: from 1, without empty lines."""

    file: str
    number: int
    reason: str

    def sentence(self) -> str:
        return f"{self.file}, line {self.number:,} is set aside: {self.reason}"


@dataclass(frozen=True)
class FileSummary:
    """One file. events: lines read. kept: those whose facts are stored. other: those of other repositories."""

    name: str
    events: int
    kept: int
    bad: int
    other: int
    error: str | None = None


@dataclass
class ArchiveSummary:
    """All files of one call. without_facts: events about wanted repositories that tell nothing to keep, by type.

    missing: hours that the archive does not have.
    """

    files: list[FileSummary] = field(default_factory=list)
    eras: Counter[str] = field(default_factory=Counter)
    without_facts: Counter[str] = field(default_factory=Counter)
    bad_lines: list[BadLine] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def events(self) -> int:
        return sum(one.events for one in self.files)

    @property
    def kept(self) -> int:
        return sum(one.kept for one in self.files)

    @property
    def bad(self) -> int:
        return len(self.bad_lines)

    def lacks(self) -> list[str]:
        """What the eras met cannot tell, each with what fills it."""
        return [f"GH Archive {era} {LACKS[era]}; 'sprint sync' fills them in" for era in ERAS if self.eras[era]]

    def problems(self) -> Iterator[str]:
        """A sentence for each thing that went wrong, the first of many."""
        for one in self.files:
            if one.error:
                yield f"{one.name}: {one.error}; the {one.events - one.bad:,} events before that are read"
        yield from (f"{name} does not exist in the archive" for name in self.missing)
        yield from (line.sentence() for line in self.bad_lines[:_MOST_NAMED])
        if self.bad > _MOST_NAMED:
            yield f"and {self.bad - _MOST_NAMED:,} more bad lines"

    def as_dict(self) -> dict[str, Any]:
        """For JSON; `events`, `kept` and `bad` are counts of lines."""
        return {
            "events": self.events,
            "kept": self.kept,
            "bad": self.bad,
            "other_repositories": sum(one.other for one in self.files),
            "without_facts": dict(self.without_facts.most_common()),
            "eras": {era: self.eras[era] for era in ERAS if self.eras[era]},
            "lacks": self.lacks(),
            "files": [vars(one) for one in self.files],
            "bad_lines": [line._asdict() for line in self.bad_lines],
            "missing": self.missing,
            "seconds": round(self.seconds, 3),
        }
