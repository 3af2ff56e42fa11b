"""Every page of projects that strain it: forty milestones with one of 300 items, harmful texts, and nothing at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from sprintlib.store import open_store
from tests.dashboards.accessibility import PHONE, troubles
from tests.dashboards.conftest import Visit, visited
from tests.dashboards.project import AS_OF, SETTINGS, Served, dashboards
from tests.dashboards.test_accessibility import PAGES, through_all_pages
from tests.samples import HOSTILE
from tests.sprints import put, two_sprints
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]  # forty milestones, seven pages
LONG = "Verantwortlichkeitsübertragung" * 8


def many(world: World) -> None:
    """Sprint 2 as ever, and forty milestones beside it: one of 300 items, the others of two."""
    two_sprints(world)
    number = 1_000
    for milestone in range(10, 50):
        title = f"Release {milestone}"
        world.milestone(milestone, title, created="03-02", due=f"04-{1 + milestone % 28:02}")
        for _ in range(300 if milestone == 10 else 2):
            put(world, number, title, "03-16 09:00", milestone=milestone)
            number += 1


def hostile(world: World) -> None:
    """Titles, bodies and comments with markup, orders, direction marks and words without end."""
    two_sprints(world)
    texts = (HOSTILE, LONG, "\u202eesrever", "=HYPERLINK(1)", "</script><script>window.pwned=1</script>", "<img src=x>")
    for number, text in enumerate(texts, start=200):
        world.issue(number, created="03-16 09:00", milestone=2, title=text, body=f"{text}\nblocked by #{number - 1}")
        world.event(number, "milestoned", "03-16 09:00", subject="Sprint 2")
        world.comment(number, text, "03-17 09:00", author="ben")
    world.pull(300, created="03-17 12:00", milestone=2, title=HOSTILE)


def nothing(world: World) -> None:
    """Collected, and empty."""


@contextmanager
def project(home: Path, fill: Callable[[World], object]) -> Iterator[Served]:
    """A server over a project of its own."""
    (home / "sprint.toml").write_text(SETTINGS, encoding="utf-8")
    world = World(open_store(f"sqlite:///{home / 'data' / 'sprint.db'}"), home)
    fill(world)
    world.flush()
    world.engine.dispose()
    with dashboards(home) as running:
        yield running


@pytest.fixture(params=[many, hostile, nothing], ids=lambda fill: fill.__name__)
def strained(request: pytest.FixtureRequest, tmp_path: Path, browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Opens the portfolio of one of the projects."""
    with project(tmp_path, request.param) as served:

        def open_portfolio(**context: Any) -> Visit:
            return visited(browser, served, f"voila/render/overview.ipynb?as_of={AS_OF}", **context)

        yield open_portfolio


def test_every_page_stands_what_is_put_into_it(strained: Callable[..., Visit]):
    opened = strained(viewport=PHONE)
    page = opened.page
    found = {}
    for name in through_all_pages(page):
        found[name] = troubles(page)
        assert page.evaluate("window.pwned") is None
        assert page.locator("main img").count() == 0
    assert found == {name: [] for name in PAGES}
    assert opened.errors == []
    assert opened.asked_elsewhere == []
    page.close(run_before_unload=True)
