"""What the visitor asked for: the query string of the page's address."""

import os
import time
from dataclasses import dataclass
from urllib.parse import parse_qs

_ARRIVED = "SERVER_SOFTWARE"  # Voilà sets it with the rest of the request


@dataclass(frozen=True)
class Request:
    """milestone: title to open with. as_of: a date, ISO. None where the address says nothing."""

    milestone: str | None = None
    as_of: str | None = None


def wait_for_request() -> Request:
    """The request of this page. In a kernel that was started ahead of time, wait until there is one.

    Everything before this call is done for nobody in particular and may be hours old when the page is opened, so
    facts are read after it. Voilà's own wait gives up when its connection breaks (a laptop that slept); this one
    does not.
    """
    if os.environ.get("VOILA_PREHEAT") == "True":
        from voila.utils import wait_for_request as wait_once

        while _ARRIVED not in os.environ:
            wait_once()
            if _ARRIVED not in os.environ:
                time.sleep(1)
    return parse_request(os.environ.get("QUERY_STRING", ""))


def parse_request(query: str) -> Request:
    """`milestone=Sprint%209&as_of=2026-11-18` as a Request; anything else is left out."""
    values = parse_qs(query)
    return Request(milestone=values.get("milestone", [None])[0], as_of=values.get("as_of", [None])[0])
