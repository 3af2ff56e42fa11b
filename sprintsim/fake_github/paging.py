"""Pages of a list and the Link header that leads through them, as GitHub gives them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

T = TypeVar("T")

DEFAULT_PER_PAGE = 30
MAX_PER_PAGE = 100


@dataclass(frozen=True)
class Page:
    """Which part of a list is asked for. Pages count from 1."""

    number: int
    size: int

    def of(self, entries: Sequence[T]) -> Sequence[T]:
        """The entries of this page; empty past the end."""
        start = (self.number - 1) * self.size
        return entries[start : start + self.size]

    def last(self, total: int) -> int:
        """The number of the last page of a list of `total` entries."""
        return max(1, -(-total // self.size))


def page_of(query: Mapping[str, str]) -> Page:
    """The page a query asks for; GitHub takes nonsense for the default and large sizes for the largest."""
    size = _positive(query.get("per_page"), DEFAULT_PER_PAGE)
    return Page(_positive(query.get("page"), 1), min(size, MAX_PER_PAGE))


def _positive(text: str | None, default: int) -> int:
    try:
        return max(1, int(text)) if text else default
    except ValueError:
        return default


def link_header(url: str, query: Mapping[str, str], page: Page, total: int) -> str | None:
    """`<...>; rel="prev", <...>; rel="next", ...`; None when everything fits on this page."""
    last = page.last(total)
    targets = {}
    if page.number > 1:
        targets["prev"] = min(page.number - 1, last)
    if page.number < last:
        targets |= {"next": page.number + 1, "last": last}
    if page.number > 1:
        targets["first"] = 1
    links = [f'<{url}?{urlencode({**query, "page": number})}>; rel="{rel}"' for rel, number in targets.items()]
    return ", ".join(links) or None
