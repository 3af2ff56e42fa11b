"""Running coroutines in tests."""

from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import anyio

T = TypeVar("T")


def run(ask: Callable[..., Coroutine[Any, Any, T]], *given: Any) -> T:
    """In a thread of its own: that of the tests has a loop running once a browser has been started in it."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(anyio.run, ask, *given).result()
