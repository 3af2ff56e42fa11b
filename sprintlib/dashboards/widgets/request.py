"""What the visitor asked for: page, milestone, day and everything else that the address of a page says."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Self
from urllib.parse import parse_qsl, urlencode

_ARRIVED = "SERVER_SOFTWARE"  # Voilà sets it with the rest of the request
_PATH, _QUERY = "SCRIPT_NAME", "QUERY_STRING"
_FIRST_PAGE = "overview"
_NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_MOST_PARAMETERS = 1_000


@dataclass(frozen=True)
class Request:
    """The address of a page. None or empty where it says nothing.

    milestone: key or title. as_of: a date, ISO. page: name of its notebook. project: its name. options: everything
    else, such as the changes of a what-if, in the order of the address.
    """

    milestone: str | None = None
    as_of: str | None = None
    page: str = _FIRST_PAGE
    project: str | None = None
    options: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)

    def option(self, name: str) -> str:
        """The last value of an option, without blanks around it; "" without one."""
        return self.options.get(name, ("",))[-1].strip()

    def on(self, page: str, milestone: str | None = None, **options: str | tuple[str, ...]) -> Self:
        """The same project, day and milestone (or another one) on a page, with these options and no others."""
        given = {name: (value,) if isinstance(value, str) else value for name, value in options.items() if value}
        return replace(self, page=page, milestone=milestone or self.milestone, options=given)

    @property
    def address(self) -> str:
        """`milestone.ipynb?milestone=812345-7&as_of=2026-11-18`: relative to the folder of the pages."""
        named = [("project", self.project), ("milestone", self.milestone), ("as_of", self.as_of)]
        pairs = [(name, value) for name, value in named if value]
        pairs += [(name, value) for name, values in self.options.items() for value in values]
        return f"{self.page}.ipynb{'?' if pairs else ''}{urlencode(pairs)}"


def is_ahead() -> bool:
    """Whether this kernel was started ahead of time, for whoever comes."""
    return os.environ.get("VOILA_PREHEAT") == "True"


def wait_for_request() -> Request:
    """The request of this page. In a kernel that was started ahead of time, wait until there is one.

    Everything before this call is done for nobody in particular and may be hours old when the page is opened, so
    facts are read after it. Voilà's own wait gives up when its connection breaks (a laptop that slept); this one
    does not.
    """
    if is_ahead():
        from voila.utils import wait_for_request as wait_once

        while _ARRIVED not in os.environ:
            wait_once()
            if _ARRIVED not in os.environ:
                time.sleep(1)
    return parse_request(os.environ.get(_QUERY, ""), os.environ.get(_PATH, ""))


def parse_request(query: str, path: str = "") -> Request:
    """`milestone=812345-7&as_of=2026-11-18`, asked of `/voila/render/actions.ipynb`, as a Request."""
    try:
        pairs = parse_qsl(query, max_num_fields=_MOST_PARAMETERS)
    except ValueError:  # more of them than any page of ours has
        pairs = []
    options: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        options[name] = (*options.get(name, ()), value)
    # of these the first counts
    milestone, as_of, project = (options.pop(name, (None,))[0] for name in ("milestone", "as_of", "project"))
    page = PurePosixPath(path).name.removesuffix(".ipynb") if path.endswith(".ipynb") else _FIRST_PAGE
    return Request(milestone, as_of, page, project, options)
