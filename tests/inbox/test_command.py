"""`sprint inbox`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sprintlib import inbox
from sprintlib.cli.main import sprint
from sprintlib.doctor.checks import examine
from sprintlib.settings import load
from sprintlib.store import open_store


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/shop"]\n', encoding="utf-8")
    engine = open_store(load(tmp_path).database_url)
    inbox.receive(engine, "g-1", "issues", {"content-type": "application/json"}, b'{"a": "\x1b[31mred"}')
    inbox.receive(engine, "g-2", "star", {}, b"{}")
    inbox.receive(engine, "g-3", "star", {}, b"{}")
    me = inbox.worker_name()
    one, other = inbox.claim(engine, me)
    inbox.fail(engine, one, me, "it is not JSON", again=False)
    inbox.finish(engine, [other.id], me, "ignored", {other.id: "it is about no repository"})
    engine.dispose()
    return tmp_path


def run(home: Path, *arguments: str) -> str:
    result = CliRunner().invoke(sprint, ["--home", str(home), "inbox", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_list_says_what_became_of_each(home: Path) -> None:
    lines = run(home, "list").splitlines()
    assert lines[0].endswith("ignored, came 2 times: it is about no repository")
    assert lines[1].endswith("aside: it is not JSON")
    assert lines[2] == "0 waiting, 0 done, 1 ignored, 1 set aside; 1 came again; 0 items to ask GitHub about"
    assert len(run(home, "list", "--state", "aside").splitlines()) == 2


def test_the_list_as_json(home: Path) -> None:
    told = json.loads(run(home, "list", "--json"))
    assert told["counts"]["aside"] == 1
    assert told["to_refresh"] == 0
    assert [one["guid"] for one in told["deliveries"]] == ["g-2", "g-1"]


def test_one_is_shown_whole_and_harmless(home: Path) -> None:
    shown = run(home, "show", "g-1")
    assert "content-type: application/json" in shown
    assert "red" in shown
    assert "\x1b" not in shown
    assert json.loads(run(home, "show", "1", "--json"))["body"] == '{"a": "\x1b[31mred"}'


def test_what_is_set_aside_is_tried_again(home: Path) -> None:
    assert run(home, "retry").strip() == "1 delivery waits to be worked on again."
    assert json.loads(run(home, "retry", "--json")) == {"retried": 0}
    assert json.loads(run(home, "retry", "g-2", "--json")) == {"retried": 1}


def test_a_name_that_is_none(home: Path) -> None:
    result = CliRunner().invoke(sprint, ["--home", str(home), "inbox", "show", "g-9"], standalone_mode=False)
    assert "There is no delivery 'g-9'" in str(result.exception)


def test_the_doctor_counts_it(home: Path) -> None:
    (check,) = [one for one in examine(load(home)) if one.name == "inbox"]
    assert check.state == "warn"
    assert check.message == "2 deliveries, 0 waiting, 1 ignored, 1 set aside"
