"""What texts that are written for a language model ask for: the patterns of `injection.toml`, which says what they are.

The kinds that other modules tell apart have names here.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

IGNORE = "ignore earlier instructions"
SECRETS = "reveal secrets or its own instructions"
KEEP = "keep something from its readers"
_WORD = re.compile(r"\{([A-Z_]+)\}")


class Ask(NamedTuple):
    """One thing that is asked for, as `injection.toml` describes it. needs: alternatives, one of each group."""

    id: str
    asks: str
    needs: tuple[tuple[str, ...], ...]
    written: str
    example: str

    @property
    def pattern(self) -> re.Pattern[str]:
        return _compiled(self.written)

    def search(self, text: str, lower: str) -> re.Match[str] | None:
        """Where it is asked for, or None. lower: the same text in lower case."""
        if all(any(piece in lower for piece in group) for group in self.needs):
            return self.pattern.search(text)
        return None


@cache
def asks() -> tuple[Ask, ...]:
    """All of them, in the order of the file. Each alone is enough."""
    content = tomllib.loads(files("sprintlib.knowledge").joinpath("injection.toml").read_text(encoding="utf-8"))
    words: dict[str, str] = {}
    for name, value in content["words"].items():
        words[name] = _written(value, words)
    return tuple(
        Ask(
            id=entry["id"],
            asks=entry["asks"],
            needs=tuple(map(tuple, entry["needs"])),
            written=_written(entry["pattern"], words),
            example=entry["example"],
        )
        for entry in content["ask"]
    )


def _written(value: str | list[str], words: dict[str, str]) -> str:
    """One expression, with the words that it names in their places."""
    return _WORD.sub(lambda found: words[found[1]], "".join(value))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when a text has what it needs: all of them would take a sixth of the time of every start."""
    return re.compile(pattern, re.I)
