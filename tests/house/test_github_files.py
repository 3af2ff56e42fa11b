"""Workflow and templates on GitHub: well formed, and what they call exists."""

import re

import click
import yaml

from sprintlib.cli.main import sprint
from tests.conftest import ROOT

GITHUB = ROOT / ".github"


def test_the_workflow_tests_every_python_that_is_supported_on_both_systems() -> None:
    jobs = yaml.safe_load((GITHUB / "workflows" / "test.yml").read_text())["jobs"]
    matrix = jobs["test"]["strategy"]["matrix"]
    assert matrix == {"os": ["ubuntu-latest", "macos-latest"], "python": ["3.11", "3.12", "3.13"]}


def test_what_the_workflow_runs_is_there() -> None:
    jobs = yaml.safe_load((GITHUB / "workflows" / "test.yml").read_text())["jobs"].values()
    commands = [step["run"] for job in jobs for step in job["steps"] if "run" in step]
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert commands
    for command in commands:
        name, *rest = command.split()
        assert rest[0] in targets if name == "make" else (ROOT / name).is_file(), command


def test_issue_templates_are_forms() -> None:
    for name in ("bug", "idea"):
        form = yaml.safe_load((GITHUB / "ISSUE_TEMPLATE" / f"{name}.yml").read_text())
        assert {"name", "description", "body"} <= set(form)
        assert len({field["id"] for field in form["body"]}) == len(form["body"])


def test_the_weekly_workflow_of_the_docs_calls_what_there_is() -> None:
    workflow = yaml.safe_load((ROOT / "docs" / "examples" / "weekly-report.yml").read_text())
    assert workflow[True]["schedule"] == [{"cron": "30 6 * * 1"}]  # YAML reads the key "on" as true
    assert set(workflow["permissions"].values()) == {"read"}
    lines = [step["run"].split() for step in workflow["jobs"]["report"]["steps"] if "run" in step]
    calls = [words[1:] for words in lines if words[0] == "sprint"]
    assert [words[0] for words in calls] == ["sync", "report", "digest"]
    for name, *rest in calls:
        command = sprint.get_command(click.Context(sprint), name)
        assert command is not None
        options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert {word for word in rest if word.startswith("--")} <= options
