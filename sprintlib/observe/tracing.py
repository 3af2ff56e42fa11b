"""Spans of what this program does, for OpenTelemetry, where `[telemetry] otlp_url` asks for it; else nothing happens.

Nothing of OpenTelemetry is imported here: `begin` does, with sprintlib.observe.otlp. No secret and no text of GitHub
gets into a span: its attributes are numbers and words of a fixed list of names, and what holds a blank, or looks like a
secret, is left out.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from sprintlib.errors import SettingsError
from sprintlib.masking import mask

if TYPE_CHECKING:
    from sprintlib.observe.otlp import Exporter

Name = Literal["request", "event to analysis", "sync", "report"]
Value = str | int | float | bool
# name of a metric's attribute -> its value: of the figures at this moment
Gauge = Callable[[], Iterable[tuple[str, float]]]
_ATTRIBUTES = frozenset(
    {
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "error.type",
        "sprint.event",
        "sprint.kind",
        "sprint.requests",
        "sprint.repositories",
        "sprint.rows",
        "sprint.trigger",
    }
)
_WORD = re.compile(r"[A-Za-z0-9_./{}:-]{1,100}")
_exporter: "Exporter | None" = None


class Span:
    """What is noted about one piece of work until it ends."""

    def __init__(self) -> None:
        self.noted: dict[str, Value] = {}

    def note(self, about: Mapping[str, Value]) -> None:
        """Note attributes; what must not leave this machine is left out."""
        self.noted.update({name: value for name, value in about.items() if _may_leave(name, value)})


def begin(url: str | None, command: str) -> None:
    """From now on send spans and figures to an address (OTLP over HTTP), in the background; None sends nothing.

    command: which command this is, by which its spans are told from others'. Raises SettingsError where OpenTelemetry
    is not installed.
    """
    global _exporter
    if url is None or _exporter is not None:
        return
    try:
        from sprintlib.observe.otlp import Exporter
    except ImportError:
        raise SettingsError(
            "telemetry.otlp_url: OpenTelemetry is not installed: pip install 'sprintlib[otel]', or leave it out."
        ) from None
    _exporter = Exporter(url, command)


def end() -> None:
    """Send what has not been sent, for a few seconds at most, and nothing from then on."""
    global _exporter
    exporter, _exporter = _exporter, None
    if exporter is not None:
        exporter.end()


@contextmanager
def span(name: Name, about: Mapping[str, Value] | None = None) -> Iterator[Span]:
    """Tell of the work in the block: its name, how long it took, whether it failed, and what is noted."""
    told = Span()
    told.note(about or {})
    if _exporter is None:
        yield told
        return
    with _exporter.span(name, told):
        yield told


def record(name: Name, began: datetime, ended: datetime, about: Mapping[str, Value]) -> None:
    """Tell of work that is over."""
    if _exporter is not None:
        told = Span()
        told.note(about)
        _exporter.record(name, began, ended, told)


def watch(name: str, told: str, gauge: Gauge) -> None:
    """Have values asked for once a minute and sent, if anything is sent. told: what they are, in a sentence."""
    if _exporter is not None:
        _exporter.watch(name, told, gauge)


def _may_leave(name: str, value: Value) -> bool:
    if name not in _ATTRIBUTES:
        return False
    return not isinstance(value, str) or (bool(_WORD.fullmatch(value)) and mask(value) == value)
