"""The top level is as the user asked for it, and what is documented exists."""

import ast
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from sprintlib import resources
from sprintlib.cli.main import COMMANDS, sprint
from tests.conftest import ROOT


def test_top_level_is_as_asked_for() -> None:
    expected = {"notebooks", "sprintlib", "dashboards", "data", "papermill_runs", "tests", "benchmarks", "docs"}
    assert expected <= {path.name for path in ROOT.iterdir() if path.is_dir()}
    files = {"environment.yml", "README.md", "pyproject.toml", "Makefile"}
    assert files <= {path.name for path in ROOT.iterdir() if path.is_file()}
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o100


def test_a_public_class_name_stands_in_one_module() -> None:
    places = defaultdict(list)
    for path in (ROOT / "sprintlib").rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(ROOT)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", ["notebooks", "dashboards"])
def test_resources_are_found(name: str) -> None:
    assert list(resources.folder(name).glob("*.ipynb"))  # type: ignore[arg-type]


def test_the_pages_on_metrics_are_found() -> None:
    assert resources.folder("metrics") == ROOT / "docs" / "metrics"


@pytest.mark.parametrize("verb", COMMANDS)
def test_every_command_explains_itself(verb: str) -> None:
    result = CliRunner().invoke(sprint, [verb, "--help"])
    assert result.exit_code == 0, result.output
    assert len(result.output.splitlines()) > 4


@pytest.mark.parametrize("verb", ["", *COMMANDS])
def test_no_line_of_a_list_of_commands_is_cut_or_wrapped(verb: str) -> None:
    listed = CliRunner().invoke(sprint, [*verb.split(), "--help"]).output.partition("Commands:\n")[2]
    for line in listed.partition("\n\n")[0].splitlines():
        assert not line.endswith("..."), line
        assert not line.startswith("    "), line


def test_a_misspelt_command_is_guessed() -> None:
    result = CliRunner().invoke(sprint, ["analyse"])
    assert result.exit_code == 2
    assert "There is no command 'analyse'. Did you mean 'analyze'?" in result.output
    assert "There is no command 'x'.\n" in CliRunner().invoke(sprint, ["x"]).output


@pytest.mark.parametrize("verb", COMMANDS)
def test_every_command_is_documented(verb: str) -> None:
    text = (ROOT / "README.md").read_text() + "".join(page.read_text() for page in (ROOT / "docs").glob("*.md"))
    assert f"sprint {verb}" in text


WRITTEN = re.compile(r"(?:^|[\s`'\"(/])sprint ((?:--home \S+ )?)([a-z][a-z-]*)([^`\n#|'\"]*)")


def written_commands() -> Iterator[tuple[str, str, str]]:
    """Page, verb and the rest of every `sprint VERB ...` in code of the README and the docs."""
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        text = page.read_text()
        code = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text)
        for found in WRITTEN.finditer("\n".join(code)):
            yield page.name, found[2], found[3]


def test_commands_in_the_docs_are_written_as_they_are() -> None:
    wrong = []
    for page, verb, rest in written_commands():
        command = sprint.get_command(click.Context(sprint), verb)
        if command is None:
            wrong.append(f"{page}: sprint {verb}")
            continue
        words = rest.split()
        if isinstance(command, click.Group) and words and words[0] in command.commands:
            command = command.commands[words[0]]
        known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {
            "--",
            "--help",
        }
        wrong += [
            f"{page}: sprint {verb}{rest}"
            for word in words[: words.index("--") if "--" in words else None]
            if re.match(r"--[a-z]", word) and word.partition("=")[0].rstrip(",.;:)") not in known
        ]
    assert wrong == []
    assert len(list(written_commands())) > 60


def test_committed_notebooks_hold_no_output() -> None:
    notebooks = subprocess.run(
        ["git", "ls-files", "*.ipynb"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert notebooks
    stripped = subprocess.run(
        [ROOT / ".venv/bin/nbstripout", "--verify", "--keep-id", *notebooks], cwd=ROOT, capture_output=True, text=True
    )
    assert stripped.returncode == 0, stripped.stdout + stripped.stderr


def test_start_up_imports_nothing_heavy() -> None:
    heavy = ("polars", "altair", "sqlalchemy", "github", "pydantic")
    code = f"import sys, sprintlib.cli; print([name for name in {heavy} if name in sys.modules])"
    result = subprocess.run([ROOT / ".venv/bin/python", "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
