"""A project with a dated report, and a dashboard server over it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from sprintlib.reports import ReportFiles, write_report
from sprintlib.settings import load
from tests.dashboards.project import Served, dashboards, write_project

AS_OF = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def report(home: Path) -> ReportFiles:
    """The report of Sprint 2 as of Friday 20 March 2026, noon."""
    return write_report(load(home), "Sprint 2", AS_OF)


@pytest.fixture(scope="session")
def served(home: Path, report: ReportFiles) -> Iterator[Served]:
    with dashboards(home) as running:
        yield running


class Visit:
    """One open page. asked_elsewhere: requests to other machines, all of them blocked. errors: of scripts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked_elsewhere: list[str] = []
        self.errors: list[str] = []


Open = Callable[..., Visit]


def visited(browser: Browser, served: Served, path: str = "", **context: Any) -> Visit:
    """Open a path of a server in a browser that has been nowhere before, and note what it should not do."""
    page = browser.new_context(**{"viewport": {"width": 1280, "height": 800}} | context).new_page()
    found = Visit(page)

    def only_here(route: Route) -> None:
        if urlsplit(route.request.url).hostname in ("127.0.0.1", None):
            route.continue_()
        else:
            found.asked_elsewhere.append(route.request.url)
            route.abort()

    page.route("**/*", only_here)
    page.on("pageerror", lambda error: found.errors.append(str(error)))
    page.on("console", lambda said: found.errors.append(said.text) if said.type == "error" else None)
    page.goto(served.url + path, wait_until="commit", timeout=60_000)
    return found


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Open]:
    """Open a path of the dashboards; the kernel behind it is gone at the end."""
    opened: list[Page] = []

    def open_path(path: str = "", **context: Any) -> Visit:
        found = visited(browser, served, path, **context)
        opened.append(found.page)
        return found

    yield open_path
    for page in opened:
        page.close(run_before_unload=True)
        page.context.close()
