"""`make docs` builds a site that opens from disk: complete, searchable, and asking no other host for anything."""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytest.importorskip("sphinx", reason="the packages of the extra 'docs' are not installed here")
pytestmark = pytest.mark.slow

DOCS = ROOT / "docs"


def build(source: Path, target: Path) -> list[str]:
    """Build a site and give back the warnings, but for those about the form of a docstring."""
    warnings = target.parent / "warnings.txt"
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-b", "html", "-w", warnings, source, target],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
        cwd=source,
    )
    assert done.returncode == 0, done.stderr
    return [line for line in warnings.read_text().splitlines() if line.strip() and "docstring of" not in line]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "html"
    assert build(DOCS, folder) == []
    return folder


class Loaded(HTMLParser):
    """Addresses that a page loads by itself; links that a reader may follow are none."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag != "a":
            self.addresses += [values[name] for name in ("src", "href", "srcset", "data", "poster") if values.get(name)]


def test_every_page_is_there(site):
    pages = {page.relative_to(DOCS).with_suffix("") for page in DOCS.rglob("*.md") if "_build" not in page.parts}
    built = {page.relative_to(site).with_suffix("") for page in site.rglob("*.html")}
    assert pages - built == {Path("README")}  # the front page, index
    assert Path("index") in built


def test_no_page_loads_anything_from_elsewhere(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > 50
    for page in pages:
        parser = Loaded()
        parser.feed(page.read_text(encoding="utf-8"))
        foreign = [address for address in parser.addresses if re.match(r"(?:[a-z]+:)?//", address)]
        assert foreign == [], page.name
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(?:@import|url\()\s*['\"]?(?:https?:)?//", sheet.read_text(encoding="utf-8")), sheet.name
    assert not [font for kind in ("woff", "woff2", "ttf") for font in site.rglob(f"*.{kind}")]


@pytest.mark.browser
def test_it_opens_from_disk_is_searchable_and_asks_no_host(site, browser):
    asked: list[str] = []
    errors: list[str] = []
    page = browser.new_page()
    page.route(re.compile(r"^(?!file:)"), lambda route: route.abort())
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((site / "index.html").as_uri())
    page.get_by_role("link", name="What does 20 % mean?").first.click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("What does 20 % mean?")
    page.locator("input.sidebar-search").fill("Depends-On")
    page.keyboard.press("Enter")
    page.locator("#search-results li", has_text="Dependencies").first.wait_for(timeout=20_000)
    assert [address for address in asked if not address.startswith("file://")] == []
    assert errors == []
    page.close()


def test_what_a_module_lists_is_documented(tmp_path, monkeypatch):
    source = tmp_path / "docs"
    source.mkdir()
    shutil.copy(DOCS / "conf.py", source)
    shutil.copytree(DOCS / "_static", source / "_static")
    (tmp_path / "shown.py").write_text(
        '__all__ = ["Greeting", "greet"]\n'
        "def greet(name: str) -> str:\n"
        '    """Say hello to `name`."""\n'
        "class Greeting:\n"
        '    """What was said."""\n'
        "    def loud(self) -> str:\n"
        '        """In capitals."""\n'
        'def hidden() -> None:\n    """Not for others."""\n'
    )
    (tmp_path / "empty.py").write_text("__all__ = []\n")
    (source / "index.md").write_text(
        "# API\n\n```{eval-rst}\n.. public-names:: shown\n```\n\n## None\n\n"
        "```{eval-rst}\n.. public-names:: empty\n```\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert build(source, tmp_path / "html") == []
    text = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    assert all(sentence in text for sentence in ("Say hello to", "What was said.", "In capitals."))
    assert "Not for others" not in text
    assert "This version has no public names yet." in text
