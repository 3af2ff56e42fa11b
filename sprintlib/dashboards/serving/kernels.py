"""How many kernels there are: one for each open page, and none for long that no browser is connected to."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets import Float

MAX_OPEN_PAGES = 12


class TooManyPagesError(Exception):
    """As many pages are open, or being opened, as may be."""


class PageKernels(AsyncMappingKernelManager):
    """Kernels that live as long as somebody looks at them.

    Jupyter asks when a kernel last said something. Those of our pages say something every few seconds, to show that
    they are alive, so here it is asked how long no browser has been connected.
    """

    longest_run = Float(600, config=True, help="Seconds that a page may take to be worked out, with nobody connected.")

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)  # type: ignore[no-untyped-call]
        self._alone_since: dict[str, float] = {}
        self._opening = 0

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel that has been without a browser for `cull_idle_timeout`. Never called for one kept in reserve.

        One that still works gets `longest_run`: its visitor is connected when the page is there.
        """
        for left in [known for known in self._alone_since if known not in self or self._kernel_connections.get(known)]:
            del self._alone_since[left]
        if self._kernel_connections.get(kernel_id):
            return
        alone = monotonic() - self._alone_since.setdefault(kernel_id, monotonic())
        state = getattr(self._kernels[kernel_id], "execution_state", None)
        if state == "dead" or alone >= (self.longest_run if state == "busy" else self.cull_idle_timeout):
            self.log.info("No browser is connected to kernel %s any more: it ends.", kernel_id)
            await ensure_async(self.shutdown_kernel(kernel_id, now=True))  # type: ignore[no-untyped-call]

    @contextmanager
    def opening(self) -> Iterator["Opening"]:
        """A page that counts before it has a kernel. Raises TooManyPagesError at the limit."""
        if self.open_pages() >= MAX_OPEN_PAGES:
            raise TooManyPagesError
        page = Opening(self)
        try:
            yield page
        finally:
            page.has_kernel()

    def open_pages(self) -> int:
        """How many pages are open or being opened."""
        return len(self) - self._in_reserve() + self._opening

    def _in_reserve(self) -> int:
        """Kernels that were started ahead and wait for a visitor."""
        pools: dict[str, list[Any]] = getattr(self, "_pools", {})  # of the class that Voilà makes of this one
        return sum(started.done() and not started.exception() for pool in pools.values() for started in pool)


class Opening:
    """The place of one page, until its kernel takes it."""

    def __init__(self, kernels: PageKernels) -> None:
        self._kernels: PageKernels | None = kernels
        kernels._opening += 1

    def has_kernel(self) -> None:
        """The kernel counts from now on; more than once is the same."""
        if self._kernels is not None:
            self._kernels._opening -= 1
            self._kernels = None
