import json
from pathlib import Path

import pytest

from tests.golden.commands import COMMANDS, FOLDER, differences, file_of, run, steady


@pytest.mark.parametrize("name", COMMANDS)
def test_the_output_is_the_one_that_is_kept(name: str, startup: Path, tmp_path: Path) -> None:
    kept = json.loads(file_of(name).read_text(encoding="utf-8"))
    found = sorted(differences(kept, run(name, startup, tmp_path)))
    shown = "\n".join(found[:25])
    assert not found, f"{len(found)} values differ; if they should: python -m tests.golden\n{shown}"


def test_every_file_belongs_to_a_command() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(COMMANDS)


def test_what_is_kept_answers() -> None:
    analysis = json.loads(file_of("analyze").read_text(encoding="utf-8"))
    assert [one["title"] for one in analysis["milestones"]] == ["2.4 Checkout"]
    assert 0 < analysis["milestones"][0]["probability"] < 1
    assert json.loads(file_of("ask-blocked").read_text(encoding="utf-8"))["outcome"] == "answered"


def test_a_difference_is_found_wherever_it_is() -> None:
    kept = {"a": [1, {"b": 0.25}], "timings": {"load": 1}}
    assert list(differences(steady(kept), {"a": [1, {"b": 0.25 + 1e-14}]})) == []
    assert list(differences(steady(kept), {"a": [1, {"b": 0.26}]})) == ["a[1].b: 0.25 -> 0.26"]
    assert list(differences({"a": [1]}, {"a": [1, 2]})) == ["a: [1] -> [1, 2]"]
    assert list(differences({"a": 1}, {})) == ["a: 1 -> null"]
