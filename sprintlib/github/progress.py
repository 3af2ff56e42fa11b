"""Progress of a collection: a bar on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

# (what is being collected, how many so far, of how many or None)
OnProgress = Callable[[str, int, int | None], None]
_SECONDS_BETWEEN_LINES = 5.0


def silent(_what: str, _done: int, _total: int | None) -> None:
    """Shows nothing."""


@contextmanager
def shown() -> Iterator[OnProgress]:
    """Progress on stderr, in the form that suits where it goes."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain_lines()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        tasks = {}

        def show(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            finished = total is not None and done >= total
            bar.update(tasks[what], completed=done, total=total, visible=not finished)

        yield show


def _plain_lines() -> OnProgress:
    last_shown: dict[str, float] = {}

    def show(what: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        finished = total is not None and done >= total
        if finished or now - last_shown.get(what, now - _SECONDS_BETWEEN_LINES) >= _SECONDS_BETWEEN_LINES:
            last_shown[what] = now
            print(f"{what}: {done:,}" + (f" of {total:,}" if total else ""), file=sys.stderr, flush=True)  # noqa: T201

    return show
