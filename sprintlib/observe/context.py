"""What caused the work at hand: ids that every line of the log carries, through threads that were given a copy."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

Ids = Mapping[str, object]
_ids: ContextVar[Ids] = ContextVar("ids", default={})  # noqa: B039 - it is replaced, never changed


@contextmanager
def bound(**more: object) -> Iterator[None]:
    """Have every line that is logged meanwhile carry these, such as `request` or `delivery`; None leaves one out."""
    token = _ids.set({**_ids.get(), **{name: value for name, value in more.items() if value is not None}})
    try:
        yield
    finally:
        _ids.reset(token)


def ids() -> Ids:
    """What lines carry now."""
    return _ids.get()
