"""From deliveries and polls to stored analyses: facts written, what they touch recomputed, what changed kept."""

from typing import TYPE_CHECKING

from sprintlib.imports import lazy_exports

if TYPE_CHECKING:
    from sprintlib.worker.loop import Worker
    from sprintlib.worker.polling import Pace, Watch
    from sprintlib.worker.refreshing import RefreshThread

__all__ = ["Pace", "RefreshThread", "Watch", "Worker"]

__getattr__ = lazy_exports(
    __name__, {"loop": ("Worker",), "polling": ("Pace", "Watch"), "refreshing": ("RefreshThread",)}
)
