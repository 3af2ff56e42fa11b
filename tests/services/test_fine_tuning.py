"""What a team answered, as chats in the format of the trainers."""

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from sprintlib.analysis import analyze
from sprintlib.cli.main import sprint
from sprintlib.errors import AnalysisError
from sprintlib.project import ProjectHandle
from sprintlib.results import store_analysis
from sprintlib.services import open_recommendations, record_feedback
from sprintlib.services.fine_tuning import SYSTEM, ChatExport, export_chats
from tests.world import World, at

NOW = at("03-20 12:00")
# TRL, "Dataset formats and types": conversational language modeling is a column `messages`, a list of role and content
SCHEMA = {
    "type": "object",
    "required": ["messages"],
    "additionalProperties": False,
    "properties": {
        "messages": {
            "type": "array",
            "prefixItems": [{"properties": {"role": {"const": role}}} for role in ("system", "user", "assistant")],
            "minItems": 3,
            "maxItems": 3,
            "items": {
                "type": "object",
                "required": ["role", "content"],
                "additionalProperties": False,
                "properties": {
                    "role": {"enum": ["system", "user", "assistant"]},
                    "content": {"type": "string", "minLength": 1},
                },
            },
        }
    },
}


def handle(world: World) -> ProjectHandle:
    return ProjectHandle(world.settings, world.engine, lambda: NOW)


@pytest.fixture
def answered(team: World) -> World:
    """One action of Sprint 2 accepted, one dismissed with a token in its reason, one put off."""
    team.pull(20, created="03-16 12:00", body="Closes #14")
    team.event(20, "review_requested", "03-17 12:00", subject="bob")
    team.event(15, "blocked_by_added", "03-17 12:00", subject="acme/api#16")
    team.flush()
    store_analysis(team.engine, analyze(team.engine, team.settings, NOW))
    first, second, *_ = open_recommendations(handle(team))
    record_feedback(handle(team), first.short, "accept", NOW)
    reason = f'needs "all" of it\nsee ghp_{"a1B2" * 9}'
    record_feedback(handle(team), second.short, "dismiss", at("03-20 13:00"), reason)
    return team


def lines(file: Path) -> list[dict[str, list[dict[str, str]]]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_each_answer_is_a_chat_in_the_trainers_format(answered: World, tmp_path: Path) -> None:
    file = tmp_path / "chat.jsonl"
    assert export_chats(handle(answered), file, at("03-20 14:00")) == ChatExport(1, 1, 0)
    found = lines(file)
    for chat in found:
        jsonschema.validate(chat, SCHEMA, jsonschema.Draft202012Validator)
    told = analyze(answered.engine, answered.settings, NOW).milestones[0]
    accepted, dismissed = ([message["content"] for message in chat["messages"]] for chat in found)
    assert (accepted[0], accepted[2]) == (SYSTEM, "Accept.")
    assert accepted[1].startswith(f"{told.summary}\nRisks:\n- {told.risks[0].statement}\n")
    assert told.recommendations[0].action in accepted[1].splitlines()[-1]
    assert dismissed[2].startswith('Dismiss: needs "all" of it\nsee ')
    assert "ghp_a1B2" not in file.read_text(encoding="utf-8")


def test_as_of_a_moment_only_what_was_said_by_then(answered: World, tmp_path: Path) -> None:
    file = tmp_path / "chat.jsonl"
    assert export_chats(handle(answered), file, at("03-20 12:30")) == ChatExport(1, 0, 0)
    with pytest.raises(AnalysisError, match="There is nothing to export yet: no recommendation was accepted"):
        export_chats(handle(answered), tmp_path / "none.jsonl", at("03-20 11:00"))
    assert not (tmp_path / "none.jsonl").exists()


def test_the_trainers_own_loader_reads_it(answered: World, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="the loader of the trainers is not installed here")
    file = tmp_path / "chat.jsonl"
    export_chats(handle(answered), file, at("03-20 14:00"))
    found = datasets.load_dataset("json", data_files=str(file), split="train", cache_dir=str(tmp_path / "cache"))
    assert found.column_names == ["messages"]
    assert [message["role"] for message in found[0]["messages"]] == ["system", "user", "assistant"]
    assert [dict(row) for row in found] == lines(file)


def test_the_command(answered: World, tmp_path: Path) -> None:
    settings = f'[project]\nname = "acme"\nrepositories = ["acme/api"]\n[store]\nurl = "{answered.engine.url}"\n'
    (tmp_path / "sprint.toml").write_text(settings, encoding="utf-8")
    file = tmp_path / "chat.jsonl"
    result = CliRunner().invoke(sprint, ["--home", str(tmp_path), "feedback", "export", "--chat", str(file)])
    assert result.output == f"2 chats written to {file}: 1 accepted, 1 dismissed.\n"
    assert len(lines(file)) == 2
