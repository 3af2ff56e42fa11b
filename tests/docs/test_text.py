"""The pages say what is there: links lead somewhere; every risk, setting and page of the dashboards is explained."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sprintlib.risks import rules
from sprintlib.settings import RiskSettings
from tests.conftest import ROOT

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(page for page in DOCS.rglob("*.md") if "_build" not in page.parts)]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def anchors(page: Path) -> set[str]:
    """What `#...` may name on a page, by GitHub's rule."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def broken_links(page: Path) -> Iterator[str]:
    for target in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            yield target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    assert list(broken_links(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_line_begins_with_what_the_site_leaves_out(page):
    """A line that begins with % is a comment to MyST: a wrapped "95 %" would vanish from the site."""
    assert re.findall(r"^\s*%.*", CODE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE) == []


def test_pages_that_the_code_names_exist():
    sources = [
        *(ROOT / "sprintlib").rglob("*.py"),
        *(ROOT / "sprintsim").rglob("*.py"),
        *(ROOT / "training").rglob("*.py"),
        *(ROOT / "tests").rglob("*.py"),
        *(ROOT / "benchmarks").rglob("*.py"),
        *(ROOT / "notebooks").glob("*.ipynb"),
        *(ROOT / "dashboards").glob("*.ipynb"),
    ]
    named = {
        (name, str(source.relative_to(ROOT)))
        for source in sources
        for name in re.findall(r"\bdocs/[\w/.-]+\.md\b", source.read_text(encoding="utf-8"))
    }
    invented = {"docs/runbook.md"}  # a file of the simulated startup
    assert {(name, where) for name, where in named if not (ROOT / name).is_file() and name not in invented} == set()
    assert len(named) > 30


def test_what_the_examples_import_exists():
    examples = [
        line.strip()
        for page in PAGES
        if page.name != "extending.md"  # what that adds is imported where it is followed: tests/house/test_extending.py
        for block in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        for line in block.splitlines()
        if re.match(r"\s*(?:from|import) ", line)
    ]
    assert len(examples) > 5
    for line in examples:
        exec(line, {})


def test_the_readme_lists_the_layers_that_are_enforced():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    paragraph = PAGES[0].read_text(encoding="utf-8").partition("Layers, top to bottom")[2].partition(". Beside")[0]
    assert re.findall(r"`([^`]+)`", " ".join(paragraph.split())) == [layer for layer in layers if layer != "__main__"]


def test_every_risk_says_how_to_improve_it():
    sections = re.split(r"^## ", (DOCS / "risks.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    kinds = {rule.KIND for rule in rules()} | {"cross_repository_block", "instructions_in_text"}
    for kind in kinds:
        explained = [section for section in sections if f"\n\n`{kind}`. " in section]
        assert len(explained) == 1, kind
        assert "**How to improve:**" in explained[0], kind


def test_every_threshold_stands_beside_its_risk_with_its_default():
    page = (DOCS / "risks.md").read_text(encoding="utf-8")
    table = page.partition("## At a glance")[2].partition("\n## ")[0]
    shown = dict(re.findall(r"`(\w+)` = ([\d.]+)", table))
    assert {name: float(value) for name, value in shown.items()} == {
        name: float(field.default) for name, field in RiskSettings.model_fields.items()
    }


def test_every_page_of_the_dashboards_is_explained():
    text = (DOCS / "dashboards.md").read_text(encoding="utf-8")
    for notebook in (ROOT / "dashboards").glob("*.ipynb"):
        title = json.loads(notebook.read_text(encoding="utf-8"))["metadata"]["title"]
        assert f"\n## {title}\n" in text, title


def test_every_notebook_is_explained():
    text = (DOCS / "notebooks.md").read_text(encoding="utf-8")
    assert [book.stem for book in (ROOT / "notebooks").glob("*.ipynb") if f"| `{book.stem}` |" not in text] == []


@pytest.mark.parametrize("page", sorted((DOCS / "metrics").glob("[a-z]*.md")), ids=lambda page: page.stem)
def test_what_a_metric_means_is_plain_text(page):
    """The dashboards show these answers as they are."""
    assert LINK.findall(page.read_text(encoding="utf-8")) == []


def test_every_metric_is_listed():
    text = (DOCS / "metrics" / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in (DOCS / "metrics").glob("[a-z]*.md") if f"]({page.name})" not in text] == []
