"""Following docs/extending.md word for word, in a copy of the project, gives something that works."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "extending.md"
_BLOCK = re.compile(
    r"^\*\*`(?P<path>[^`]+)`\*\*(?:, (?P<how>above|instead of) `(?P<line>[^\n]+)`)?:\n\n```\w*\n(?P<text>.*?)^```$",
    re.M | re.S,
)
_COMMAND = re.compile(r"^```bash\npython (?P<arguments>.+)\n```$", re.M)
_FOLDERS = ("sprintlib", "sprintsim", "dashboards", "docs", "notebooks", "tests")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "_build", ".ipynb_checkpoints", "img", "dated")


class Block(NamedTuple):
    """A block of the page. line, how: the line of the file that it stands above, or replaces; None: a new file."""

    section: str
    path: str
    how: str | None
    line: str | None
    text: str


def blocks() -> list[Block]:
    text = PAGE.read_text(encoding="utf-8")
    found = list(_BLOCK.finditer(text))
    headings = [
        heading
        for heading in re.finditer(r"^## (.+)$", text, re.M)
        if not any(block.start() < heading.start() < block.end() for block in found)
    ]
    return [
        Block(
            next(heading[1] for heading in reversed(headings) if heading.start() < block.start()),
            *block.group("path", "how", "line", "text"),
        )
        for block in found
    ]


def put(block: Block, root: Path) -> None:
    """Write a block where the page says that it belongs."""
    path = root / block.path
    if block.line is None:
        assert not path.exists(), f"{block.path} is there already"
        path.write_text(block.text, encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    line = block.line + "\n"
    assert ("\n" + text).count("\n" + line) == 1, f"{block.path} has no such line, or several: {block.line}"
    path.write_text(
        text.replace(line, block.text + (_gap(block) + line if block.how == "above" else "")), encoding="utf-8"
    )


def _gap(block: Block) -> str:
    """Empty lines after a block, which a formatter takes from its end."""
    if not block.path.endswith(".py") or block.text.startswith((" ", "from ", "import ")):
        return ""
    return "\n\n" if block.text.startswith(("def ", "class ", "@")) else "\n"


def run(copy: Path, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=copy,
        env={"PYTHONPATH": str(copy), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The project with everything that the page adds."""
    root = tmp_path_factory.mktemp("project")
    for folder in _FOLDERS:
        shutil.copytree(ROOT / folder, root / folder, ignore=_LEFT_OUT)
    for file in ("pyproject.toml", "README.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / file, root)
    for block in blocks():
        put(block, root)
    for command in _COMMAND.finditer(PAGE.read_text(encoding="utf-8")):
        run(root, *command["arguments"].split())
    yield root
    shutil.rmtree(root)


def test_each_block_finds_its_line(tmp_path: Path) -> None:
    for path in {block.path for block in blocks() if block.line}:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    for block in blocks():
        (tmp_path / block.path).parent.mkdir(parents=True, exist_ok=True)
        put(block, tmp_path)


def test_each_section_touches_as_many_files_as_the_page_says() -> None:
    rows = re.findall(r"^\| \[[^]]+\]\(#([a-z-]+)\) \| (\d)", PAGE.read_text(encoding="utf-8"), flags=re.M)
    touched: dict[str, set[str]] = {}
    for block in blocks():
        touched.setdefault(block.section.lower().replace(" ", "-"), set()).add(block.path)
    assert {name: len(paths) for name, paths in touched.items()} == {name: int(number) for name, number in rows}
    assert len(touched) >= 2


@pytest.mark.slow
@pytest.mark.timeout(900)  # it runs whole test files of other rooms
def test_the_tests_that_the_page_brings_pass(copy: Path) -> None:
    tests = sorted({block.path for block in blocks() if block.path.startswith("tests/")})
    contracts = [
        "tests/api/test_matrix.py",
        "tests/risks/test_rules.py",
        "tests/features/test_pages.py",
        "tests/features/test_measuring.py",
        "tests/forecast/items",
        "tests/cli/test_open.py",
        "tests/store/test_store.py",
    ]
    run(copy, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *tests, *contracts)


@pytest.mark.slow
def test_what_the_page_brings_is_formatted_and_imports_downwards_only(copy: Path) -> None:
    files = sorted({block.path for block in blocks() if block.path.endswith(".py")})
    for command in (("check",), ("format", "--check", "--diff")):
        run(copy, "-m", "ruff", *command, "--no-cache", *files)
    run(
        copy,
        "-m",
        "mypy",
        "--cache-dir",
        str(copy / ".mypy"),
        *[file for file in files if file.startswith("sprintlib")],
    )
    run(copy, "-c", "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])")
