"""Taking the names of repositories that somebody may not see out of what they are told."""

import re
from collections.abc import Iterable
from typing import TypeVar

from pydantic import BaseModel

from sprintlib.project import ProjectHandle

Model = TypeVar("Model", bound=BaseModel)
NOT_SHOWN = "[not shown]"


def redacted(project: ProjectHandle, found: Model) -> Model:
    """The same without references to repositories that are left out: others' texts may name them.

    Facts of them are not among what is analysed to begin with.
    """
    if not project.withheld:
        return found
    return type(found).model_validate_json(_pattern(project.withheld).sub(NOT_SHOWN, found.model_dump_json()))


def redacted_all(project: ProjectHandle, found: Iterable[Model]) -> list[Model]:
    """The same for each."""
    return [redacted(project, one) for one in found]


def _pattern(repositories: Iterable[str]) -> re.Pattern[str]:
    """Addresses below a repository, its whole name, and its short name before the number of an item."""
    parts = []
    for full_name in repositories:
        whole, short = re.escape(full_name), re.escape(full_name.rpartition("/")[2])
        parts += [
            rf'https?://[^\s"\\<>)\]]*{whole}(?![\w.-])[^\s"\\<>)\]]*',
            rf"(?<![\w.-]){whole}(?![\w-])(?:[#@]\w+)?",
            rf"(?<![\w./-]){short}#\d+",
        ]
    return re.compile("|".join(parts), re.IGNORECASE)
