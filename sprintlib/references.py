"""References to issues and pull requests in text: `#12`, `repo#12`, `owner/repo#12`, `GH-12`, URLs."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

_OWNER = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})"
_NAME = r"[A-Za-z0-9_.-]{1,100}"
_REFERENCE = re.compile(
    rf"https?://(?P<host>[A-Za-z0-9.:-]+)/(?P<url_repo>{_OWNER}/{_NAME})/(?:issues|pull)/(?P<url_number>\d{{1,9}})"
    rf"(?P<place>[#?/][^\s)\]]*)?"
    rf"|(?<![\w/.#&-])(?P<repo>(?:{_OWNER}/)?{_NAME})?#(?P<number>\d{{1,9}})(?!\w)"
    rf"|(?<![\w/-])GH-(?P<gh_number>\d{{1,9}})(?!\w)"
)


class Reference(NamedTuple):
    """One mention of an item in a text: `ref` is owner/repo#number, the span is where it stands.

    in_passing: the link leads to a comment or a commit of the item, not to the item.
    """

    ref: str
    start: int
    end: int
    in_passing: bool = False


@dataclass(frozen=True)
class Resolver:
    """Reads references as GitHub does inside one of the project's repositories.

    repositories: owner/name of the project. hosts: where their pages are, such as github.com.
    former: names that repositories had before, in lower case -> owner/name of today.
    """

    repositories: tuple[str, ...]
    hosts: Collection[str]
    former: Mapping[str, str] = field(default_factory=dict, hash=False)  # a dict, which has no hash

    def references(self, text: str, repo: str) -> Iterator[Reference]:
        """References in a text of repository `repo`, in order. A bare `name#1` must name one of the project's."""
        for match in _REFERENCE.finditer(text):
            where = self._repository(match, repo)
            number = match["url_number"] or match["number"] or match["gh_number"]
            if where is not None and int(number) > 0:
                yield Reference(f"{where}#{int(number)}", match.start(), match.end(), match["place"] not in (None, "/"))

    def _repository(self, match: re.Match[str], repo: str) -> str | None:
        if match["host"]:
            return self._spelled(match["url_repo"]) if match["host"].lower() in self.hosts else None
        named = match["repo"]
        if not named:
            return repo
        if "/" in named:
            return self._spelled(named)
        by_name = [one for one in self.repositories if one.partition("/")[2].lower() == named.lower()]
        if not by_name:
            before = {today for old, today in self.former.items() if old.partition("/")[2] == named.lower()}
            by_name = [one for one in self.repositories if one in before]
        return by_name[0] if len(by_name) == 1 else None

    def _spelled(self, full_name: str) -> str:
        """By its name of today, as the project spells it; names are not case-sensitive."""
        today = self.former.get(full_name.lower(), full_name)
        return next((one for one in self.repositories if one.lower() == today.lower()), today)
