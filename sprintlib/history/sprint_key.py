"""What identifies a sprint: GitHub's ids of its oldest milestone, never a title, which people change."""

import re
from typing import NamedTuple

_WRITTEN = re.compile(r"(\d+)-(\d+)")


class SprintKey(NamedTuple):
    """Repository id and number of a sprint's oldest milestone; written `812345-7` in URLs, JSON and the store.

    A milestone that joins the sprint later in another repository is younger, and changes no key.
    """

    repository_id: int
    number: int

    def __str__(self) -> str:
        return f"{self.repository_id}-{self.number}"

    @classmethod
    def parse(cls, text: str) -> "SprintKey | None":
        """The key that `text` writes; None where it writes none."""
        match = _WRITTEN.fullmatch(text.strip())
        return cls(int(match[1]), int(match[2])) if match else None
