"""What the rooms above have to know of a table of facts, said once where the table is."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Table

_KEY = "nature"


@dataclass(frozen=True)
class Nature:
    """How a table of facts is written, made again and brought forward.

    about: what a row tells of, as kind and column of its key (item | milestone | run | commit, or the name of a table
    that is `listed`); None where no loaded state is made from it. newest_by: columns that order the versions of a row;
    empty where rows are appended and stay. keep_known: columns that only some of GitHub's answers about a thing say.
    times: columns whose time may lie after the moment of a state. made_from: `payloads` that were kept, from which the
    rows are made again, or something `else` (names in the settings, pictures of a day, what git says, how far the
    collection has come), which a replay carries over. listed: things of a repository that belong to no item and that
    GitHub lists by id; they are read again together.
    """

    about: tuple[str, str] | None = None
    newest_by: tuple[str, ...] = ()
    keep_known: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    made_from: Literal["payloads", "else"] | None = None
    listed: bool = False

    @property
    def told_by(self) -> tuple[str, ...]:
        """How what a webhook or an archive of events tells is ordered.

        It says what was so at the thing's own time, and may arrive late: what GitHub answered when it was asked stays
        against either about the same second, whichever came last.
        """
        return self.newest_by[:1]


def of_facts(**said: Any) -> dict[str, Nature]:
    """For `info` of a table; see Nature."""
    return {_KEY: Nature(**said)}


def listed(name: str, *times: str) -> dict[str, Nature]:
    """For `info` of a table of things that GitHub lists by id and that belong to no item, such as releases.

    times: columns by which one of them may happen after the moment of a state.
    """
    return of_facts(
        about=(name, "id"), newest_by=("observed_at",), times=(*times, "gone_at"), made_from="payloads", listed=True
    )


def nature(table: Table) -> Nature:
    """What was said of a table; nothing where it holds no facts."""
    found: Nature = table.info.get(_KEY, Nature())
    return found
