"""A record of the log as a line of JSON, by structlog: time, level, what happened, its ids, and never a secret."""

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from structlog.typing import EventDict

from sprintlib.masking import MASK, mask
from sprintlib.observe.context import ids

_SECRET_NAME = re.compile(
    "secret|token(?!s|_)|password|passwd|authorization|cookie|api_?key|private_?key|signature", re.IGNORECASE
)
_NOT_SAID = ("kept_only", "color_message")


def redacted(_logger: object, _name: str, event: EventDict) -> EventDict:
    """The event without secrets: what has the name of one, and what looks like one inside any text."""
    return {name: MASK if _SECRET_NAME.search(name) else _masked(value) for name, value in event.items()}


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): MASK if _SECRET_NAME.search(str(name)) else _masked(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float) else mask(str(value))


def _described(_logger: object, _name: str, event: EventDict) -> EventDict:
    """Time, level and event first, so that a person finds them too; then what caused it, and what it says."""
    record: logging.LogRecord = event["_record"]
    first = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "event": event.pop("event"),
        "logger": record.name,
        "process": record.process,
    }
    more = {name: value for name, value in event.items() if name not in _NOT_SAID}
    return {**first, **ids(), **more}


_FORMATTER = structlog.stdlib.ProcessorFormatter(
    foreign_pre_chain=[structlog.stdlib.ExtraAdder(), structlog.processors.format_exc_info, _described],
    processors=[
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        redacted,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ],
)


def json_line(record: logging.LogRecord) -> str:
    """One line of JSON, without its end."""
    return _FORMATTER.format(record)
