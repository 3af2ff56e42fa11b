"""Who may open a page, and what is served."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from sprintlib import resources
from sprintlib.dashboards.serving.pages import PageNotebook, is_shipped, pages, served_folder
from sprintlib.dashboards.serving.policy import CONTENT_SECURITY_POLICY, FROZEN_REPORT_POLICY, is_loopback, opens_a_page
from tests.dashboards.project import write_notebook


@pytest.mark.parametrize(
    ("headers", "opens"),
    [
        ({}, True),  # curl, old browsers
        ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, True),
        ({"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, False),
        ({"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, False),
        ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Purpose": "prefetch;prerender"}, False),
        ({"Purpose": "prefetch"}, False),
    ],
)
def test_only_somebody_opening_a_page_starts_a_kernel(headers, opens):
    assert opens_a_page(headers) is opens


@pytest.mark.parametrize("ip", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_loopback(ip):
    assert is_loopback(ip)


@pytest.mark.parametrize("ip", ["0.0.0.0", "192.168.1.4", "::", "", "example.org", "127.example.org"])
def test_not_loopback(ip):
    assert not is_loopback(ip)


@pytest.mark.parametrize("policy", [CONTENT_SECURITY_POLICY, FROZEN_REPORT_POLICY])
def test_no_policy_names_another_host(policy):
    assert "http" not in policy
    assert "*" not in policy


def test_no_inline_script_runs_in_a_dashboard():
    assert "'unsafe-inline'" not in CONTENT_SECURITY_POLICY.split("script-src")[1].split(";")[0]


def test_a_frozen_report_has_no_origin():
    assert "allow-same-origin" not in FROZEN_REPORT_POLICY
    assert FROZEN_REPORT_POLICY.startswith("sandbox ")


def test_pages_come_in_their_order_with_their_titles(tmp_path: Path):
    for name, metadata in {
        "zebra": {"title": "First", "sprint": {"order": 1}},
        "apple": {"title": "Second", "sprint": {"order": 2}},
        "later": {},
    }.items():
        (tmp_path / f"{name}.ipynb").write_text(json.dumps({"metadata": metadata, "cells": []}))
    assert pages(tmp_path) == [
        PageNotebook("zebra.ipynb", "First"),
        PageNotebook("apple.ipynb", "Second"),
        PageNotebook("later.ipynb", "Later"),
    ]


def test_the_shipped_pages():
    assert [(page.name, page.title) for page in pages(resources.folder("dashboards"))][:2] == [
        ("overview", "Portfolio"),
        ("milestone", "Milestone"),
    ]


def test_dashboards_and_reports_are_served_and_nothing_else(tmp_path: Path):
    dashboards, reports = tmp_path / "dashboards", tmp_path / "papermill_runs"
    write_notebook(dashboards / "overview.ipynb")
    (dashboards / "voila.json").write_text("{}")
    write_notebook(reports / "2026-03-20" / "acme" / "report.ipynb")
    with served_folder(dashboards, reports) as folder:
        assert sorted(path.name for path in folder.iterdir()) == ["overview.ipynb", "reports"]
        assert (folder / "reports" / "2026-03-20" / "acme" / "report.ipynb").is_file()
    assert not folder.exists()
    assert (dashboards / "overview.ipynb").is_file()
    assert (reports / "2026-03-20").is_dir()


def test_dashboard_notebooks_are_thin():
    for path in resources.folder("dashboards").glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert sum(len(cell["source"]) for cell in cells) <= 10, path.name
        assert all(not cell["outputs"] for cell in cells if cell["cell_type"] == "code"), path.name


def test_the_template_names_no_other_host():
    files = [path for path in (resources.folder("dashboards") / "voila").rglob("*") if path.is_file()]
    assert len(files) >= 5
    for path in files:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text, path.name
        assert "https://" not in text, path.name


def dated(path: Path, *injected: str, **changes: Any) -> Path:
    """The shipped report with its injected parameters, as papermill writes it. changes: of the notebook."""
    notebook = nbformat.read(resources.folder("notebooks") / "sprint_analysis.ipynb", as_version=4)
    for source in injected:
        cell = nbformat.v4.new_code_cell(source, metadata={"tags": ["injected-parameters"]})
        notebook.cells.insert(1, cell)
    path.write_text(json.dumps({**notebook, **changes}))
    return path


@pytest.mark.parametrize(
    "injected",
    [
        "home = '/srv/acme'\nmilestone = None\nas_of = '2026-03-20'",
        '# Parameters\nhome = "a\'b\\n\\"; import os"',
        "milestone: str | None = 'Sprint 9'",
        "",
    ],
)
def test_a_dated_notebook_with_values_for_its_parameters_is_ours(tmp_path: Path, injected: str):
    assert is_shipped(dated(tmp_path / "report.ipynb", injected))


@pytest.mark.parametrize(
    "injected",
    [
        "home = __import__('os').getcwd()",
        "home = f'{print()}'",
        "home: print('x') = None",
        "import os",
        "home = None; os.system('x')",
        "sprintlib = None",
        "home.path = None",
        "%run other.py",
        "home = [open('x') for _ in 'y']",
    ],
)
def test_a_dated_notebook_with_code_among_its_parameters_is_not(tmp_path: Path, injected: str):
    assert not is_shipped(dated(tmp_path / "report.ipynb", injected))


def test_a_dated_notebook_with_other_code_is_not_ours(tmp_path: Path):
    path = tmp_path / "report.ipynb"
    shipped = json.loads(dated(path).read_text())
    assert is_shipped(path)
    added = nbformat.v4.new_code_cell("1")
    assert not is_shipped(dated(path, cells=[*shipped["cells"], added]))
    assert not is_shipped(dated(path, cells=shipped["cells"][:-1]))
    assert not is_shipped(dated(path, nbformat=3, worksheets=[{"cells": [added]}]))
    assert not is_shipped(dated(path, metadata={"kernelspec": {"name": "bash"}}))
    for text in ("", "{", "[]", "null", '{"nbformat": 4, "cells": 1}'):
        path.write_text(text)
        assert not is_shipped(path)
    assert not is_shipped(tmp_path / "nothing.ipynb")
