"""How many kernels there may be, and how long one lives that nobody looks at."""

import asyncio
from types import SimpleNamespace

import pytest

from sprintlib.dashboards.serving import kernels
from sprintlib.dashboards.serving.kernels import MAX_OPEN_PAGES, PageKernels, TooManyPagesError


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(kernels, "monotonic", clock)
    return clock


class Counted(PageKernels):
    """Kernels without processes."""

    def add(self, name: str, state: str = "idle", browsers: int = 0) -> None:
        self._kernels[name] = SimpleNamespace(execution_state=state)
        self._kernel_connections[name] = browsers

    async def shutdown_kernel(self, kernel_id: str, now: bool = False, restart: bool = False) -> None:
        del self._kernels[kernel_id]

    def after(self, clock: Clock, seconds: float) -> list[str]:
        """The kernels that are left after so many seconds with a look at them every half minute."""

        async def look() -> None:
            for name in list(self._kernels):
                await self.cull_kernel_if_idle(name)

        asyncio.run(look())
        end = clock.now + seconds
        while clock.now < end:
            clock.now += 30
            asyncio.run(look())
        return sorted(self._kernels)


def test_a_kernel_ends_two_minutes_after_its_last_browser(clock: Clock) -> None:
    running = Counted(cull_idle_timeout=120)
    running.add("left")
    running.add("watched", browsers=1)
    assert running.after(clock, 90) == ["left", "watched"]
    assert running.after(clock, 30) == ["watched"]
    running.notify_disconnect("watched")
    assert running.after(clock, 90) == ["watched"]
    running.notify_connect("watched")
    assert running.after(clock, 60) == ["watched"]
    running.notify_disconnect("watched")
    assert running.after(clock, 90) == ["watched"]
    assert running.after(clock, 30) == []


def test_a_page_that_is_still_worked_out_has_ten_minutes(clock: Clock) -> None:
    running = Counted(cull_idle_timeout=120)
    running.add("busy", state="busy")
    running.add("dead", state="dead")
    assert running.after(clock, 570) == ["busy"]
    assert running.after(clock, 30) == []


def test_a_page_counts_before_it_has_a_kernel() -> None:
    running = Counted()
    places = [running.opening() for _ in range(MAX_OPEN_PAGES)]
    pages = [place.__enter__() for place in places]
    with pytest.raises(TooManyPagesError), running.opening():
        pass
    running.add("first")
    pages[0].has_kernel()
    with pytest.raises(TooManyPagesError), running.opening():
        pass
    for place in places:
        place.__exit__(None, None, None)
    for number in range(MAX_OPEN_PAGES - 2):
        running.add(str(number))
    with running.opening(), pytest.raises(TooManyPagesError), running.opening():
        pass
